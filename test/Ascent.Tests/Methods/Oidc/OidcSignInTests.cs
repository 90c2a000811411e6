using System.Net;
using System.Text.Json.Nodes;
using Ascent.Tests.Flows;
using Shouldly;

namespace Ascent.Tests.Methods.Oidc;

public sealed class OidcSignInTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Somebody_signs_up_once_and_signs_in_from_then_on(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine);
        var first = host.Browser();
        (await host.GoAsync(first, "registration")).ShouldBe((HttpStatusCode.SeeOther, "http://127.0.0.1:4455/"));
        var me = (await host.WhoamiAsync(first)).ShouldNotBeNull();
        SocialHost.MethodsOf(me).ShouldBe(["oidc"]);
        me.GetProperty("identity").GetProperty("verifiable_addresses")[0].GetProperty("verified").GetBoolean().ShouldBeTrue();

        // Whichever button they press.
        foreach (var kind in (string[])["login", "registration"])
        {
            var again = host.Browser();
            (await host.GoAsync(again, kind)).Location.ShouldBe("http://127.0.0.1:4455/");
            SocialHost.IdOf((await host.WhoamiAsync(again)).ShouldNotBeNull()).ShouldBe(SocialHost.IdOf(me));
        }
        (await host.CountAsync()).ShouldBe(1);
        host.Provider.Discoveries.ShouldBe(1);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Whoever_is_unknown_at_a_login_is_signed_up_by_it(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine);
        var browser = host.Browser();
        (await host.GoAsync(browser)).Location.ShouldBe("http://127.0.0.1:4455/");
        (await host.WhoamiAsync(browser)).ShouldNotBeNull().GetProperty("identity").GetProperty("traits").GetProperty("email").GetString().ShouldBe("ada@example.org");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_provider_s_tokens_are_shown_to_administrators_and_sealed_in_the_database(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine);
        var browser = host.Browser();
        await host.GoAsync(browser, "registration");
        var id = SocialHost.IdOf((await host.WhoamiAsync(browser)).ShouldNotBeNull());
        var link = (await host.IdentityAsync(id)).GetProperty("credentials").GetProperty("oidc").GetProperty("config").GetProperty("providers")[0];
        link.GetProperty("subject").GetString().ShouldBe("subject-1");
        var refresh = link.GetProperty("initial_refresh_token").GetString()!;
        refresh.ShouldStartWith("refresh-");
        var stored = await host.Server.Workshop.Database.Db.ReadAsync(new Ascent.Storage.Sql("select config from credential where type = 'oidc'"), r => r.Text(0), CancellationToken.None);
        stored.ShouldHaveSingleItem().ShouldSatisfyAllConditions(s => s.ShouldContain("subject-1"), s => s.ShouldNotContain(refresh), s => s.ShouldNotContain(refresh["refresh-".Length..]));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task What_the_form_says_wins_over_the_provider_and_what_is_missing_is_asked_for(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine, mapper: """
            local claims = std.extVar('claims');
            { identity: { traits: { note: claims.nickname, age: claims.raw_claims.years, [if 'email' in claims then 'email']: claims.email } } }
            """);
        host.Provider.User = new JsonObject { ["sub"] = "s", ["nickname"] = "Countess", ["years"] = 36.2 };
        var browser = host.Browser();
        var (status, location) = await host.GoAsync(browser, "registration");
        status.ShouldBe(HttpStatusCode.Found);
        var form = await browser.FetchAsync("registration", location);
        SignIn.Messages(form).ShouldBe([4000022]);
        Flows.Registration.Registering.Node(form, "traits.note").GetProperty("value").GetString().ShouldBe("Countess");
        (await host.WhoamiAsync(browser)).ShouldBeNull();

        var back = host.Provider.Visit(await host.PressAsync(browser, form, ("provider", "acme"), ("traits.age", "36.5"), ("traits.email", "ada@example.org")));
        (await browser.SendAsync("GET", back)).Status.ShouldBe(HttpStatusCode.SeeOther);
        var traits = (await host.WhoamiAsync(browser)).ShouldNotBeNull().GetProperty("identity").GetProperty("traits");
        (traits.GetProperty("age").GetDouble(), traits.GetProperty("note").GetString()).ShouldBe((36.5, "Countess"));
    }

    [Theory]
    [InlineData("{ identity: { traits: 'none' } }")]
    [InlineData("error 'no'")]
    [InlineData("{}")]
    [InlineData("error 'cancel'")]
    [InlineData("{ identity: { traits: { email: 'ada@example.org' }, metadata_public: 'text' } }")]
    [InlineData("{ identity: { traits: { email: 'ada@example.org' }, metadata_admin: [1] } }")]
    [InlineData("{ identity: ")]
    public async Task A_mapper_that_fails_signs_nobody_up(string mapper)
    {
        await using var host = await SocialHost.StartAsync("sqlite", mapper: mapper);
        var browser = host.Browser();
        var (_, location) = await host.GoAsync(browser, "registration");
        (await host.ErrorAsync(location)).GetProperty("code").GetInt32().ShouldBe(500);
        (await host.CountAsync()).ShouldBe(0);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Traits_follow_the_provider_at_each_login_where_that_is_wanted(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine, "update_identity_on_login: automatic");
        var id = SocialHost.IdOf((await SignedInAsync(host)).ShouldNotBeNull());
        await SignIn.PersonAsync(host.Server, "taken@example.org");
        host.Provider.User["nickname"] = "Countess";
        host.Provider.User["email"] = "lovelace@example.org";
        host.Provider.User.Remove("email_verified");
        var me = (await SignedInAsync(host)).ShouldNotBeNull().GetProperty("identity");
        me.GetProperty("id").GetString().ShouldBe(id);
        (me.GetProperty("traits").GetProperty("email").GetString(), me.GetProperty("traits").GetProperty("note").GetString()).ShouldBe(("lovelace@example.org", "Countess"));
        me.GetProperty("verifiable_addresses")[0].GetProperty("status").GetString().ShouldBe("pending");

        // Somebody else's address is not taken away, and the login goes on as before.
        host.Provider.User["email"] = "taken@example.org";
        (await SignedInAsync(host)).ShouldNotBeNull().GetProperty("identity").GetProperty("traits").GetProperty("email").GetString().ShouldBe("lovelace@example.org");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Confirming_oneself_asks_the_provider_anew_and_opens_a_session_of_its_own(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine);
        var browser = host.Browser();
        await host.GoAsync(browser);
        var before = (await host.WhoamiAsync(browser)).ShouldNotBeNull();
        var (_, page) = await browser.SendAsync("GET", "/self-service/login/browser?refresh=true");
        var flow = await browser.FetchAsync("login", page);
        await browser.SendAsync("GET", host.Provider.Visit(await host.PressAsync(browser, flow, ("provider", "acme"), ("upstream_parameters.prompt", "none"))));
        ((string?)host.Provider.Authorizations.Last()["prompt"]).ShouldBe("login");
        var after = (await host.WhoamiAsync(browser)).ShouldNotBeNull();
        after.GetProperty("id").GetString().ShouldNotBe(before.GetProperty("id").GetString());
        SocialHost.IdOf(after).ShouldBe(SocialHost.IdOf(before));

        // Somebody unknown confirms nobody.
        host.Provider.User["sub"] = "a stranger";
        (_, page) = await browser.SendAsync("GET", "/self-service/login/browser?refresh=true");
        flow = await browser.FetchAsync("login", page);
        var (_, location) = await browser.SendAsync("GET", host.Provider.Visit(await host.PressAsync(browser, flow, ("provider", "acme"))));
        SignIn.Messages(await browser.FetchAsync("login", location)).ShouldContain(4000001);
        (await host.CountAsync()).ShouldBe(1);
    }

    [Theory]
    [InlineData("acr", "urn:gold", "aal2")]
    [InlineData("acr", "urn:silver", "aal1")]
    [InlineData("amr", "hwk", "aal2")]
    [InlineData("amr", "pwd", "aal1")]
    public async Task The_provider_s_own_assurance_counts_as_configured(string claim, string value, string aal)
    {
        await using var host = await SocialHost.StartAsync("sqlite", "aal2_acr_values: [ \"urn:gold\" ], aal2_amr_values: [ hwk ]");
        host.Provider.User[claim] = claim == "amr" ? new JsonArray(value) : value;
        (await SignedInAsync(host)).ShouldNotBeNull().GetProperty("authenticator_assurance_level").GetString().ShouldBe(aal);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task An_inactive_identity_does_not_get_in(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine);
        var id = SocialHost.IdOf((await SignedInAsync(host)).ShouldNotBeNull());
        await host.Server.AdminAsync("PATCH", $"/admin/identities/{id}", """[{"op":"replace","path":"/state","value":"inactive"}]""");
        var browser = host.Browser();
        var (_, location) = await host.GoAsync(browser);
        SignIn.Messages(await browser.FetchAsync("login", location)).ShouldContain(4010011);
        (await host.WhoamiAsync(browser)).ShouldBeNull();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Many_who_are_one_person_become_one_identity(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine);
        var browsers = Enumerable.Range(0, 10).Select(_ => host.Browser()).ToList();
        var backs = new List<string>();
        foreach (var browser in browsers) backs.Add(host.Provider.Visit(await host.LeaveAsync(browser, "registration")));
        var ends = await Task.WhenAll(browsers.Zip(backs, (b, back) => b.SendAsync("GET", back)));
        ends.ShouldAllBe(e => e.Status == HttpStatusCode.SeeOther && e.Location == "http://127.0.0.1:4455/");
        (await host.CountAsync()).ShouldBe(1);
    }

    private static async Task<System.Text.Json.JsonElement?> SignedInAsync(SocialHost host)
    {
        var browser = host.Browser();
        await host.GoAsync(browser);
        return await host.WhoamiAsync(browser);
    }
}

using System.Net;
using System.Text.Json;
using Ascent.Tests.Flows;
using Ascent.Tests.Flows.Registration;
using Ascent.Tests.Flows.Settings;
using Shouldly;

namespace Ascent.Tests.Methods.Oidc;

public sealed class OidcLinkTests
{
    private const string Ada = "ada@example.org", Bea = "bea@example.org";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task An_account_is_linked_used_and_unlinked(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine, more: SocialHost.Entry("globex"));
        var id = await SignIn.PersonAsync(host.Server, Ada);
        var browser = await SignedInAsync(host, Ada);
        host.Provider.User["email"] = "ada@elsewhere.example";
        var (status, location) = await LinkAsync(host, browser);
        (status, location.StartsWith("http://127.0.0.1:4455/settings?flow=", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.SeeOther, true));
        var me = (await host.WhoamiAsync(browser)).ShouldNotBeNull();
        SocialHost.MethodsOf(me).ShouldBe(["password", "oidc"]);
        me.GetProperty("identity").GetProperty("traits").GetProperty("email").GetString().ShouldBe(Ada);

        var other = host.Browser();
        await host.GoAsync(other);
        SocialHost.IdOf((await host.WhoamiAsync(other)).ShouldNotBeNull()).ShouldBe(id);

        var flow = await browser.SettingsAsync();
        Registering.Names(flow).ShouldContain("unlink=acme");
        (await SubmitAsync(browser, flow, ("unlink", "acme"))).Location.ShouldContain("/settings?flow=");
        (await host.IdentityAsync(id)).GetProperty("credentials").GetProperty("oidc").GetProperty("identifiers").GetArrayLength().ShouldBe(0);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Somebody_else_s_account_is_not_linked_and_proves_nothing(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine);
        await host.GoAsync(host.Browser());
        var bea = await SignIn.PersonAsync(host.Server, Bea);
        var browser = await SignedInAsync(host, Bea);
        var (_, location) = await LinkAsync(host, browser);
        SignIn.Messages(await browser.FetchAsync("settings", location)).ShouldBe([4000007]);
        SocialHost.MethodsOf((await host.WhoamiAsync(browser)).ShouldNotBeNull()).ShouldBe(["password"]);
        (await host.IdentityAsync(bea)).GetProperty("credentials").TryGetProperty("oidc", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_link_ends_in_the_session_that_began_it()
    {
        await using var host = await SocialHost.StartAsync("sqlite");
        await SignIn.PersonAsync(host.Server, Ada);
        var bea = await SignIn.PersonAsync(host.Server, Bea);
        var browser = await SignedInAsync(host, Ada);
        var back = host.Provider.Visit(await host.PressAsync(browser, await browser.SettingsAsync(), ("link", "acme")));
        // The same browser, signed in as somebody else meanwhile.
        var other = await SignedInAsync(host, Bea);
        foreach (var (name, value) in other.Jar.Where(c => c.Key.Contains("session", StringComparison.Ordinal))) browser.Jar[name] = value;
        var (_, location) = await browser.SendAsync("GET", back);
        (await host.ErrorAsync(location)).GetProperty("id").GetString().ShouldBe("security_identity_mismatch");
        (await host.IdentityAsync(bea)).GetProperty("credentials").TryGetProperty("oidc", out _).ShouldBeFalse();
        host.Provider.TokenRequests.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task The_last_way_to_sign_in_stays_however_many_try_at_once(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine, more: SocialHost.Entry("globex"));
        var browser = host.Browser();
        await host.GoAsync(browser);
        var id = SocialHost.IdOf((await host.WhoamiAsync(browser)).ShouldNotBeNull());
        var flow = await browser.SettingsAsync();
        Registering.Names(flow).ShouldNotContain("unlink=acme");
        var (_, location) = await SubmitAsync(browser, flow, ("unlink", "acme"));
        SignIn.Messages(await browser.FetchAsync("settings", location)).ShouldBe([4000001]);

        await browser.SendAsync("GET", host.Provider.Visit(await host.PressAsync(browser, flow, ("link", "globex"))));
        flow = await browser.SettingsAsync();
        Registering.Names(flow).ShouldContain("unlink=globex");
        await Task.WhenAll(Enumerable.Range(0, 6).Select(i => host.JsonAsync("POST", Flows.Browser.ActionOf(flow), browser,
            JsonSerializer.Serialize(new { csrf_token = Flows.Browser.CsrfOf(flow), unlink = i % 2 == 0 ? "acme" : "globex" }))));
        (await host.IdentityAsync(id)).GetProperty("credentials").GetProperty("oidc").GetProperty("identifiers").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task What_cannot_be_linked_or_unlinked_is_said()
    {
        await using var host = await SocialHost.StartAsync("sqlite");
        await SignIn.PersonAsync(host.Server, Ada);
        var browser = await SignedInAsync(host, Ada);
        var flow = await browser.SettingsAsync();
        async Task<(HttpStatusCode Status, JsonElement Body)> Send(object values)
        {
            var body = JsonSerializer.SerializeToNode(values)!.AsObject();
            body["csrf_token"] = Flows.Browser.CsrfOf(flow);
            return await host.JsonAsync("POST", Flows.Browser.ActionOf(flow), browser, body.ToJsonString());
        }
        (await Send(new { unlink = "acme" })).Status.ShouldBe(HttpStatusCode.NotFound);
        SignIn.Messages((await Send(new { link = "nobody" })).Body).ShouldBe([4000001]);
        SignIn.Messages((await Send(new { link = "acme", unlink = "acme" })).Body).ShouldBe([4000001]);
        SignIn.Messages((await Send(new { method = "oidc" })).Body).ShouldBe([4010004]);
        (await Send(new { link = "acme" })).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Who_owns_the_address_signs_in_once_and_the_account_is_linked(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine, more: SocialHost.Entry("globex"));
        var id = await SignIn.PersonAsync(host.Server, Ada);
        await SignIn.PersonAsync(host.Server, Bea);
        var browser = host.Browser();
        var (_, location) = await host.GoAsync(browser, "registration");
        location.ShouldEndWith("&no_org_ui=true");
        var flow = await ConflictAsync(browser, location);
        SignIn.Messages(flow).ShouldBe([1010016]);
        Registering.Names(flow).ShouldContain("provider=globex");
        Registering.Names(flow).ShouldNotContain("provider=acme");
        (await host.IdentityAsync(id)).GetProperty("credentials").TryGetProperty("oidc", out _).ShouldBeFalse();

        // Another account's password, right as it is, does not link it there.
        (_, location) = await SubmitAsync(browser, flow, ("method", "password"), ("identifier", Bea), ("password", SignIn.Password));
        SignIn.Messages(await browser.FetchAsync("login", location)).ShouldBe([4010009]);
        (await host.WhoamiAsync(browser)).ShouldBeNull();

        (await SubmitAsync(browser, flow, ("method", "password"), ("identifier", Ada), ("password", SignIn.Password))).Location.ShouldBe("http://127.0.0.1:4455/");
        var me = (await host.WhoamiAsync(browser)).ShouldNotBeNull();
        SocialHost.MethodsOf(me).ShouldBe(["password", "oidc"]);
        SocialHost.IdOf(me).ShouldBe(id);
        var other = host.Browser();
        await host.GoAsync(other);
        SocialHost.IdOf((await host.WhoamiAsync(other)).ShouldNotBeNull()).ShouldBe(id);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Another_social_account_confirms_only_where_it_is_the_owner_s(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine, more: SocialHost.Entry("globex"));
        await host.GoAsync(host.Browser(), "registration", "globex");
        var browser = host.Browser();
        var (_, location) = await host.GoAsync(browser, "registration");
        var flow = await ConflictAsync(browser, location);

        host.Provider.User["sub"] = "a stranger";
        host.Provider.User["email"] = "stranger@example.org";
        (_, location) = await browser.SendAsync("GET", host.Provider.Visit(await host.PressAsync(browser, flow, ("provider", "globex"))));
        flow = await browser.FetchAsync("login", location);
        SignIn.Messages(flow).ShouldBe([4010009]);
        (await host.CountAsync()).ShouldBe(1);

        host.Provider.User["sub"] = "subject-1";
        (await browser.SendAsync("GET", host.Provider.Visit(await host.PressAsync(browser, flow, ("provider", "globex"))))).Location.ShouldBe("http://127.0.0.1:4455/");
        var me = (await host.WhoamiAsync(browser)).ShouldNotBeNull();
        me.GetProperty("authentication_methods").EnumerateArray().Select(m => m.GetProperty("provider").GetString()).ShouldBe(["globex", "acme"]);
        (await host.IdentityAsync(SocialHost.IdOf(me))).GetProperty("credentials").GetProperty("oidc").GetProperty("identifiers").GetArrayLength().ShouldBe(2);
    }

    private static Task<JsonElement> ConflictAsync(FormBrowser browser, string location) => browser.FetchAsync("login", location.Replace("&no_org_ui=true", "", StringComparison.Ordinal));

    private static async Task<FormBrowser> SignedInAsync(SocialHost host, string email)
    {
        var browser = host.Browser();
        await browser.SignInAsync(email);
        return browser;
    }

    private static async Task<(HttpStatusCode Status, string Location)> LinkAsync(SocialHost host, FormBrowser browser) =>
        await browser.SendAsync("GET", host.Provider.Visit(await host.PressAsync(browser, await browser.SettingsAsync(), ("link", "acme"))));

    private static Task<(HttpStatusCode Status, string Location)> SubmitAsync(FormBrowser browser, JsonElement flow, params (string, string)[] form) =>
        browser.SendAsync("POST", Flows.Browser.ActionOf(flow), [("csrf_token", Flows.Browser.CsrfOf(flow)), .. form]);
}

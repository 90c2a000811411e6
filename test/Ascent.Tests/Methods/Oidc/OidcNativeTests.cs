using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;
using Ascent.Tests.Flows;
using Shouldly;

namespace Ascent.Tests.Methods.Oidc;

/// <summary>Native apps: by a browser and two codes, or by an id token of the provider's own library.</summary>
public sealed class OidcNativeTests
{
    private const string Ask = "?return_session_token_exchange_code=true&return_to=myapp%3A%2F%2Fcallback";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Both_codes_open_the_session_once(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine);
        foreach (var kind in (string[])["registration", "login", "registration"])
        {
            var (init, action) = await BeginAsync(host, kind);
            var browser = host.Browser();
            var (status, location) = await browser.SendAsync("GET", host.Provider.Visit(await LeaveAsync(host, action)));
            status.ShouldBe(HttpStatusCode.SeeOther);
            location.ShouldStartWith("myapp://callback?code=");
            var code = CodeOf(location);
            (await host.WhoamiAsync(browser)).ShouldBeNull();

            foreach (var (a, b) in ((string, string)[])[(init, "wrong"), ("wrong", code), (code, init)]) (await ExchangeAsync(host, a, b)).Status.ShouldBe(HttpStatusCode.NotFound);
            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ExchangeAsync(host, init, code)));
            answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
            answers.Count(a => a.Status == HttpStatusCode.NotFound).ShouldBe(9);
            var token = answers.Single(a => a.Status == HttpStatusCode.OK).Body.GetProperty("session_token").GetString()!;
            (await SignIn.WhoamiAsync(host.Server, token)).Status.ShouldBe(HttpStatusCode.OK);
        }
        (await host.CountAsync()).ShouldBe(1);
        var kept = await host.Server.Workshop.Database.Db.ReadAsync(new Ascent.Storage.Sql("select count(*) from session_exchange"), r => r.Int(0), CancellationToken.None);
        kept.ShouldBe([0]);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_way_that_ends_without_a_session_leads_the_app_to_the_form(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine);
        host.Provider.Deny = "access_denied";
        var (init, action) = await BeginAsync(host, "login");
        var (_, location) = await host.Browser().SendAsync("GET", host.Provider.Visit(await LeaveAsync(host, action)));
        location.ShouldStartWith("myapp://callback?code=");
        location.ShouldContain("&flow=");
        var (status, flow) = await ExchangeAsync(host, init, CodeOf(location));
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        SignIn.Messages(flow).ShouldBe([4000001]);

        // The same flow goes on, with other codes.
        host.Provider.Deny = null;
        var (_, second) = await host.Browser().SendAsync("GET", host.Provider.Visit(await LeaveAsync(host, action)));
        (await ExchangeAsync(host, init, CodeOf(location))).Status.ShouldBe(HttpStatusCode.NotFound);
        (await ExchangeAsync(host, init, CodeOf(second))).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Codes_are_good_for_minutes(string engine)
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using var host = await SocialHost.StartAsync(engine, time: time);
        var (init, action) = await BeginAsync(host, "login");
        var (_, location) = await host.Browser().SendAsync("GET", host.Provider.Visit(await LeaveAsync(host, action)));
        time.Advance(TimeSpan.FromMinutes(6));
        (await ExchangeAsync(host, init, CodeOf(location))).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Without_a_code_of_the_app_s_the_browser_ends_at_the_error_page()
    {
        await using var host = await SocialHost.StartAsync("sqlite");
        var action = await SignIn.BeginAsync(host.Server);
        var (_, location) = await host.Browser().SendAsync("GET", host.Provider.Visit(await LeaveAsync(host, action)));
        (await host.ErrorAsync(location)).GetProperty("code").GetInt32().ShouldBe(400);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task An_address_that_is_taken_leads_the_app_to_a_login_that_links(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine);
        var id = await SignIn.PersonAsync(host.Server, "ada@example.org");
        var (_, action) = await BeginAsync(host, "registration");
        var (_, location) = await host.Browser().SendAsync("GET", host.Provider.Visit(await LeaveAsync(host, action)));
        location.ShouldStartWith("myapp://callback?flow=");
        location.ShouldEndWith("&no_org_ui=true");
        var flow = HttpUtility.ParseQueryString(location.Split('?')[1])["flow"];
        var (status, body, _) = await SignIn.SubmitAsync(host.Server, $"/self-service/login?flow={flow}", new { method = "password", identifier = "ada@example.org", password = SignIn.Password });
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        SocialHost.MethodsOf(body.GetProperty("session")).ShouldBe(["password", "oidc"]);
        (await host.IdentityAsync(id)).GetProperty("credentials").GetProperty("oidc").GetProperty("identifiers")[0].GetString().ShouldBe("acme:subject-1");
    }

    [Theory]
    [InlineData("google")]
    [InlineData("microsoft")]
    [InlineData("apple")]
    public async Task An_id_token_signs_up_and_in(string kind)
    {
        await using var host = await StartAsync(kind);
        var user = new JsonObject { ["sub"] = "native-1", ["email"] = "ada@example.org", ["email_verified"] = "true" };
        foreach (var flow in (string[])["login", "registration", "login"])
        {
            var (status, body) = await HandInAsync(host, flow, host.Provider.IdToken(user, "n-1", "the-app"), "n-1");
            status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
            body.GetProperty("session_token").GetString()!.ShouldStartWith("ory_st_");
        }
        (await host.CountAsync()).ShouldBe(1);
        // As Apple's libraries do, the nonce itself stays with the app.
        var hashed = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("n-2")));
        (await HandInAsync(host, "login", host.Provider.IdToken(user, hashed), "n-2")).Status.ShouldBe(kind == "apple" ? HttpStatusCode.OK : HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task An_id_token_for_others_with_another_nonce_or_of_a_provider_that_takes_none_is_refused()
    {
        await using var host = await StartAsync("apple");
        var user = new JsonObject { ["sub"] = "native-1", ["email"] = "ada@example.org" };
        foreach (var (token, nonce) in ((string, string?)[])[
            (host.Provider.IdToken(user, "n-1", "another-app"), "n-1"), (host.Provider.IdToken(user, "n-1"), "n-2"), (host.Provider.IdToken(user, "n-1"), null), (host.Provider.IdToken(user, null), "n-1"),
            (host.Provider.IdToken(user, null), null), ("not.a.token", "n-1"), ("", "n-1")])
        {
            var (status, body) = await HandInAsync(host, "login", token, nonce);
            if (token.Length == 0) status.ShouldBe(HttpStatusCode.UnprocessableEntity);
            else SignIn.Messages(body).ShouldBe([4000001]);
        }
        (await host.CountAsync()).ShouldBe(0);
        var (refused, error) = await HandInAsync(host, "login", host.Provider.IdToken(user, "n-1"), "n-1", "acme");
        (refused, error.GetProperty("error").GetProperty("id").GetString()).ShouldBe((HttpStatusCode.BadGateway, "upstream_error"));
    }

    [Fact]
    public async Task An_address_that_is_taken_answers_an_id_token_by_the_login_that_links()
    {
        await using var host = await StartAsync("google");
        await SignIn.PersonAsync(host.Server, "ada@example.org");
        var (status, flow) = await HandInAsync(host, "registration", host.Provider.IdToken(new JsonObject { ["sub"] = "g", ["email"] = "ada@example.org" }, "n"), "n");
        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(flow).ShouldBe([1010016]);
        var (done, _, _) = await SignIn.SubmitAsync(host.Server, Flows.Browser.ActionOf(flow), new { method = "password", identifier = "ada@example.org", password = SignIn.Password });
        done.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<SocialHost> StartAsync(string kind)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var more = "additional_id_token_audiences: [ the-app ]" + kind switch
        {
            "microsoft" => ", microsoft_tenant: common",
            "apple" => $", apple_team_id: TEAM, apple_private_key_id: KEY, apple_private_key: \"{key.ExportPkcs8PrivateKeyPem().ReplaceLineEndings("\\n")}\"",
            _ => "",
        };
        return await SocialHost.StartAsync("sqlite", more: SocialHost.Entry("phone", more, kind));
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> HandInAsync(SocialHost host, string kind, string token, string? nonce, string provider = "phone")
    {
        var (status, body, response) = await SignIn.SubmitAsync(host.Server, await SignIn.BeginAsync(host.Server, kind), new { method = "oidc", provider, id_token = token, id_token_nonce = nonce });
        response.Dispose();
        return (status, body);
    }

    private static async Task<(string Init, string Action)> BeginAsync(SocialHost host, string kind)
    {
        var (status, flow) = await host.JsonAsync("GET", $"/self-service/{kind}/api{Ask}");
        status.ShouldBe(HttpStatusCode.OK, flow.GetRawText());
        return (flow.GetProperty("session_token_exchange_code").GetString()!, Flows.Browser.ActionOf(flow));
    }

    private static async Task<string> LeaveAsync(SocialHost host, string action)
    {
        var (status, body, response) = await SignIn.SubmitAsync(host.Server, action, new { method = "oidc", provider = "acme" });
        response.Dispose();
        status.ShouldBe(HttpStatusCode.UnprocessableEntity, body.GetRawText());
        return body.GetProperty("redirect_browser_to").GetString()!;
    }

    private static string CodeOf(string location) => HttpUtility.ParseQueryString(location.Split('?')[1])["code"]!;

    private static Task<(HttpStatusCode Status, JsonElement Body)> ExchangeAsync(SocialHost host, string init, string back) =>
        host.JsonAsync("GET", $"/sessions/token-exchange?init_code={init}&return_to_code={back}");
}

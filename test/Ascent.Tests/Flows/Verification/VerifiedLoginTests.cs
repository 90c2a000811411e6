using System.Net;
using System.Text.Json;
using Ascent.Tests.Flows.Settings;
using Shouldly;
using static Ascent.Tests.Flows.Verification.Verifying;

namespace Ascent.Tests.Flows.Verification;

/// <summary>Logins that demand a verified address, or write to one.</summary>
public sealed class VerifiedLoginTests
{
    private const string Demand = "login: { ui_url: \"http://127.0.0.1:4455/login\", after: { password: { hooks: [ { hook: require_verified_address } ] } } }";

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Nobody_gets_in_before_an_address_is_verified(string engine)
    {
        await using var server = await ServerAsync(engine, Demand, more: "security: { throttle: { identifier: { max_failures: 2 } } }");
        var id = await SignIn.PersonAsync(server, Ada);
        var action = await SignIn.BeginAsync(server);
        // The proof is right each time: it does not count as a guess.
        for (var i = 0; i < 3; i++)
        {
            var (status, body, _) = await SignIn.SubmitAsync(server, action, new { method = "password", identifier = Ada, password = SignIn.Password });
            status.ShouldBe(HttpStatusCode.Forbidden, body.GetRawText());
            body.GetProperty("error").GetProperty("id").GetString().ShouldBe("session_verified_address_required");
            var shown = ShowVerification(body.GetProperty("error").GetProperty("details"));
            shown.GetProperty("verifiable_address").GetString().ShouldBe(Ada);
            shown.GetProperty("url").GetString().ShouldBe($"http://127.0.0.1:4455/verification?flow={shown.GetProperty("id").GetString()}");
        }
        (await AddressesAsync(server, id)).ShouldBe([(Ada, false, "sent")]);
        (await MailsAsync(server)).Count.ShouldBe(3);
        var (wrong, told, _) = await SignIn.SubmitAsync(server, action, new { method = "password", identifier = Ada, password = "wrong-horse-battery-1" });
        wrong.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(told).ShouldBe([4000006]);
        (await MailsAsync(server)).Count.ShouldBe(3);

        var mail = (await MailsAsync(server))[0];
        (await SubmitAsync(server, SubmitPath(mail.FlowId), new { method = "code", code = mail.Code })).Status.ShouldBe(HttpStatusCode.OK);
        await SignIn.NativelyAsync(server, Ada);
    }

    [Fact]
    public async Task A_browser_is_sent_to_the_verification_and_later_on_to_where_it_wanted()
    {
        await using var server = await ServerAsync("sqlite", Demand);
        await SignIn.PersonAsync(server, Ada);
        var browser = new FormBrowser(server);
        var (_, page) = await browser.SendAsync("GET", "/self-service/login/browser?return_to=http://127.0.0.1:4455/welcome");
        var login = await browser.FetchAsync("login", page);
        var (status, location) = await browser.SendAsync("POST", Browser.ActionOf(login), ("csrf_token", Browser.CsrfOf(login)), ("method", "password"), ("identifier", Ada), ("password", SignIn.Password));
        (status, location.Split('=')[0]).ShouldBe((HttpStatusCode.SeeOther, "http://127.0.0.1:4455/verification?flow"));
        browser.Jar.Keys.ShouldNotContain("ory_kratos_session");
        var flow = await browser.FetchAsync("verification", location);
        await browser.SendAsync("POST", Browser.ActionOf(flow), ("csrf_token", Browser.CsrfOf(flow)), ("method", "code"), ("code", (await LastMailAsync(server, Ada)).Code!));
        (await browser.FetchAsync("verification", location)).GetProperty("ui").GetProperty("action").GetString().ShouldBe("http://127.0.0.1:4455/welcome");
        await browser.SignInAsync(Ada);
    }

    [Theory]
    [InlineData("enabled: true", "feature_flags: { legacy_require_verified_login_error: true }")]
    [InlineData("enabled: false", "")]
    public async Task Where_it_is_a_message_or_nothing_can_be_sent_the_form_says_so(string verification, string more)
    {
        await using var server = await ServerAsync("sqlite", Demand, verification, more: more);
        await SignIn.PersonAsync(server, Ada);
        var (status, body, _) = await SignIn.SubmitAsync(server, await SignIn.BeginAsync(server), new { method = "password", identifier = Ada, password = SignIn.Password });
        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(body).ShouldBe([4000010]);
        (await MailsAsync(server)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_any_address_it_is_the_configuration_that_is_wrong()
    {
        await using var server = await ServerAsync("sqlite", Demand);
        await server.CreateAsync(JsonSerializer.Serialize(new { schema_id = "default", traits = new { username = "adalove" }, credentials = new { password = new { config = new { password = SignIn.Password } } } }));
        var (status, body, _) = await SignIn.SubmitAsync(server, await SignIn.BeginAsync(server), new { method = "password", identifier = "adalove", password = SignIn.Password });
        status.ShouldBe(HttpStatusCode.InternalServerError);
        body.GetProperty("error").GetProperty("id").GetString().ShouldBe("invalid_configuration");
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_hook_writes_to_an_unverified_address_of_who_signs_in(string engine)
    {
        await using var server = await ServerAsync(engine, "login: { ui_url: \"http://127.0.0.1:4455/login\", after: { hooks: [ { hook: verification }, { hook: show_verification_ui } ] } }");
        await SignIn.PersonAsync(server, Ada);
        var (_, native, _) = await SignIn.SubmitAsync(server, await SignIn.BeginAsync(server), new { method = "password", identifier = Ada, password = SignIn.Password });
        native.GetProperty("session_token").GetString().ShouldNotBeNullOrEmpty();
        ShowVerification(native).GetProperty("verifiable_address").GetString().ShouldBe(Ada);

        var browser = new Browser(server);
        var login = await browser.BeginAsync();
        var (status, body) = await browser.SendAsync("POST", Browser.ActionOf(login), new { method = "password", identifier = Ada, password = SignIn.Password, csrf_token = Browser.CsrfOf(login) });
        status.ShouldBe(HttpStatusCode.OK);
        body.GetProperty("continue_with").EnumerateArray().Select(c => c.GetProperty("action").GetString()).ShouldBe(["redirect_browser_to", "show_verification_ui"]);
        (await browser.SendAsync("GET", $"/self-service/verification/flows?id={ShowVerification(body).GetProperty("id").GetString()}")).Status.ShouldBe(HttpStatusCode.OK);
        (await MailsAsync(server)).Count.ShouldBe(2);
        var mail = await LastMailAsync(server, Ada);
        await SubmitAsync(server, SubmitPath(mail.FlowId), new { method = "code", code = mail.Code });
        (await SignIn.SubmitAsync(server, await SignIn.BeginAsync(server), new { method = "password", identifier = Ada, password = SignIn.Password })).Body.GetProperty("continue_with").ValueKind.ShouldBe(JsonValueKind.Null);
        (await MailsAsync(server)).Count.ShouldBe(2);
    }
}

using System.Net;
using System.Text.Json;
using Ascent.Storage;
using Ascent.Tests.Flows.Settings;
using Shouldly;

namespace Ascent.Tests.Flows.OAuth2;

public sealed class OAuth2RegistrationTests
{
    private const string Ada = "ada@example.org", Start = "/self-service/registration/browser?login_challenge=";
    private const string OneStep = "flows: { registration: { ui_url: \"http://127.0.0.1:4455/registration\", style: unified, after: { password: { hooks: [ { hook: session } ] } } } }";
    private const string WithoutSession = "flows: { registration: { ui_url: \"http://127.0.0.1:4455/registration\", style: unified } }";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Who_signs_up_goes_on_at_the_provider(string engine)
    {
        await using var provider = await ProviderStandIn.StartAsync(engine, selfService: OneStep);
        var browser = new FormBrowser(provider.Server);

        var flow = await OAuth2Flows.BeginAsync(browser, "registration", "wish");
        flow.GetProperty("oauth2_login_request").GetProperty("client").GetProperty("client_id").GetString().ShouldBe("shop");
        flow.GetProperty("request_url").GetString()!.ShouldEndWith("?login_challenge=wish");
        (await SendAsync(browser, flow, Ada)).ShouldBe((HttpStatusCode.SeeOther, ProviderStandIn.To("wish")));

        var session = await browser.ReadAsync("/sessions/whoami");
        var accepted = provider.Acceptances.ShouldHaveSingleItem();
        accepted.GetProperty("identity_provider_session_id").GetString().ShouldBe(session.GetProperty("id").GetString());
        accepted.GetProperty("subject").GetString().ShouldBe(session.GetProperty("identity").GetProperty("id").GetString());

        var page = new Browser(provider.Server);
        var (status, body) = await SubmitAsync(page, await page.BeginAsync("registration", "?login_challenge=skip"), "bea@example.org");
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        body.GetProperty("continue_with").GetRawText().ShouldBe($$"""[{"action":"redirect_browser_to","redirect_browser_to":"{{ProviderStandIn.To("skip")}}"}]""");
        provider.Acceptances.Count.ShouldBe(2);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_registration_that_signs_nobody_in_leads_to_a_login_for_the_client(string engine)
    {
        await using var provider = await ProviderStandIn.StartAsync(engine, selfService: WithoutSession);
        const string login = "http://127.0.0.1:4433/self-service/login/browser?login_challenge=wish";
        var browser = new FormBrowser(provider.Server);
        var page = new Browser(provider.Server);

        (await SendAsync(browser, await OAuth2Flows.BeginAsync(browser, "registration", "wish"), Ada)).ShouldBe((HttpStatusCode.SeeOther, login));
        var (_, body) = await SubmitAsync(page, await page.BeginAsync("registration", "?login_challenge=wish"), "bea@example.org");

        body.GetProperty("continue_with")[0].GetProperty("redirect_browser_to").GetString().ShouldBe(login);
        provider.Acceptances.ShouldBeEmpty();
        (await OAuth2Flows.SendAsync(browser, await OAuth2Flows.BeginAsync(browser, "login", "wish"), SignIn.Password)).Location.ShouldBe(ProviderStandIn.To("wish"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Who_is_signed_in_already_signs_in_for_the_client_instead(string engine)
    {
        await using var provider = await ProviderStandIn.StartAsync(engine, selfService: OneStep);
        await SignIn.PersonAsync(provider.Server, Ada);
        var browser = new FormBrowser(provider.Server);
        await browser.SignInAsync(Ada);

        (await browser.SendAsync("GET", Start + "wish&x=a%20b")).ShouldBe((HttpStatusCode.Found, "http://127.0.0.1:4433/self-service/login/browser?login_challenge=wish&x=a+b"));
        provider.Acceptances.ShouldBeEmpty();
        (await browser.SendAsync("GET", Start + "skip")).ShouldBe((HttpStatusCode.SeeOther, ProviderStandIn.To("skip")));
        provider.Acceptances.ShouldHaveSingleItem();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_registration_that_is_not_accepted_stays_one(string engine)
    {
        await using var provider = await ProviderStandIn.StartAsync(engine, selfService: OneStep);
        provider.Accepted = (410, "{}");
        var page = new Browser(provider.Server);

        var (status, body) = await SubmitAsync(page, await page.BeginAsync("registration", "?login_challenge=wish"), Ada);

        status.ShouldBe(HttpStatusCode.InternalServerError);
        body.GetProperty("error").GetProperty("details").GetProperty("status_code").GetInt32().ShouldBe(410);
        (await page.SendAsync("GET", "/sessions/whoami")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_verification_that_is_shown_first_leads_back_to_the_client(string engine)
    {
        await using var provider = await ProviderStandIn.StartAsync(engine, more: "courier: { smtp: { connection_uri: \"smtp://127.0.0.1:1/\" } }", selfService: """
            flows: {
                registration: { ui_url: "http://127.0.0.1:4455/registration", style: unified, after: { password: { hooks: [ { hook: session }, { hook: show_verification_ui } ] } } },
                verification: { enabled: true, ui_url: "http://127.0.0.1:4455/verification" } }
            """);
        var browser = new FormBrowser(provider.Server);
        var page = new Browser(provider.Server);

        var (_, location) = await SendAsync(browser, await OAuth2Flows.BeginAsync(browser, "registration", "wish"), Ada);
        location.ShouldStartWith("http://127.0.0.1:4455/verification?flow=");
        provider.Acceptances.ShouldBeEmpty();
        (await ReturnAddressesAsync(provider)).ShouldBe(["http://127.0.0.1:4433/self-service/login/browser?login_challenge=wish"]);

        var (_, body) = await SubmitAsync(page, await page.BeginAsync("registration", "?login_challenge=skip"), "bea@example.org");
        body.GetProperty("continue_with").EnumerateArray().Select(n => n.GetProperty("action").GetString()).ShouldBe(["redirect_browser_to", "show_verification_ui"]);
        body.GetProperty("continue_with")[0].GetProperty("redirect_browser_to").GetString().ShouldBe(ProviderStandIn.To("skip"));
        provider.Acceptances.ShouldHaveSingleItem();
        (await ReturnAddressesAsync(provider)).Count.ShouldBe(1);
    }

    private static Task<List<string>> ReturnAddressesAsync(ProviderStandIn provider) => provider.Server.Workshop.Database.Db.ReadAsync(
        new Sql("select return_to from flow where kind = 'verification' and return_to is not null"), r => r.Text(0), CancellationToken.None);

    private static Task<(HttpStatusCode Status, string Location)> SendAsync(FormBrowser browser, JsonElement flow, string email) =>
        browser.SendAsync("POST", Browser.ActionOf(flow), ("csrf_token", Browser.CsrfOf(flow)), ("method", "password"), ("traits.email", email), ("password", SignIn.Password));

    private static Task<(HttpStatusCode Status, JsonElement Body)> SubmitAsync(Browser page, JsonElement flow, string email) =>
        page.SendAsync("POST", Browser.ActionOf(flow), new { csrf_token = Browser.CsrfOf(flow), method = "password", traits = new { email }, password = SignIn.Password });
}

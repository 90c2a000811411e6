using System.Net;
using System.Text.Json;
using Ascent.Tests.Flows.Settings;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Flows.OAuth2;

public sealed class OAuth2LoginTests
{
    private const string Ada = "ada@example.org", Start = "/self-service/login/browser?login_challenge=";

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_browser_ends_at_the_provider_which_hears_who_it_is(string engine)
    {
        await using var provider = await ProviderStandIn.StartAsync(engine);
        var id = await SignIn.PersonAsync(provider.Server, Ada);
        var browser = new FormBrowser(provider.Server);

        var flow = await BeginAsync(browser, "wish");

        flow.GetProperty("oauth2_login_challenge").GetString().ShouldBe("wish");
        var request = flow.GetProperty("oauth2_login_request");
        request.GetProperty("requested_scope")[0].GetString().ShouldBe("openid");
        request.GetProperty("client").GetProperty("client_id").GetString().ShouldBe("shop");
        request.GetRawText().ShouldNotContain("for-the-shop");
        flow.GetProperty("request_url").GetString()!.ShouldEndWith("/self-service/login/browser?login_challenge=wish&refresh=true");
        flow.GetProperty("refresh").GetBoolean().ShouldBeFalse();

        (await SendAsync(browser, flow, "wrong")).Location.ShouldContain("/login?flow=");
        provider.Acceptances.ShouldBeEmpty();

        (await SendAsync(browser, flow)).ShouldBe((HttpStatusCode.SeeOther, ProviderStandIn.To("wish")));
        var accepted = provider.Acceptances.ShouldHaveSingleItem();
        var session = await WhoamiAsync(browser);
        accepted.GetProperty("subject").GetString().ShouldBe(id);
        accepted.GetProperty("identity_provider_session_id").GetString().ShouldBe(session.GetProperty("id").GetString());
        accepted.GetProperty("amr").EnumerateArray().Select(m => m.GetString()).ShouldBe(["password"]);
        accepted.GetProperty("remember").GetBoolean().ShouldBeTrue();
        accepted.GetProperty("remember_for").GetInt64().ShouldBe(86400);
        provider.Calls.ShouldAllBe(c => c.Headers["Authorization"] == "Bearer provider-secret" && c.Headers["X-Tenant"] == "acme");
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Who_is_signed_in_confirms_unless_the_provider_lets_them_skip(string engine)
    {
        await using var provider = await ProviderStandIn.StartAsync(engine);
        provider.Requests["again"] = provider.Requests["wish"];
        await SignIn.PersonAsync(provider.Server, Ada);
        var browser = new FormBrowser(provider.Server);
        await browser.SignInAsync(Ada);
        var before = (await WhoamiAsync(browser)).GetProperty("id").GetString();

        var flow = await BeginAsync(browser, "wish");
        flow.GetProperty("refresh").GetBoolean().ShouldBeTrue();
        SignIn.Messages(flow).ShouldBe([1010003]);
        (await SendAsync(browser, flow)).Location.ShouldBe(ProviderStandIn.To("wish"));
        (await browser.SendAsync("GET", Start + "skip")).ShouldBe((HttpStatusCode.SeeOther, ProviderStandIn.To("skip")));

        provider.Acceptances.Count.ShouldBe(2);
        foreach (var accepted in provider.Acceptances)
        {
            accepted.GetProperty("identity_provider_session_id").GetString().ShouldBe(before);
            accepted.GetProperty("amr").GetRawText().ShouldBe("""["password","password"]""");
        }
        // A proof is asked for all the same where the query wants one.
        (await browser.SendAsync("GET", Start + "skip&refresh=true")).Location.ShouldContain("/login?flow=");
        provider.Acceptances.Count.ShouldBe(2);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_page_with_script_is_told_where_to_go(string engine)
    {
        await using var provider = await ProviderStandIn.StartAsync(engine, selfService: "allowed_return_urls: [ \"http://127.0.0.1:4455\" ]");
        await SignIn.PersonAsync(provider.Server, Ada);
        var page = new Browser(provider.Server);

        var flow = await page.BeginAsync(query: "?return_to=/a%20b&login_challenge=wish");
        flow.GetProperty("request_url").GetString()!.ShouldEndWith("?login_challenge=wish&refresh=true&return_to=%2Fa+b");
        flow.GetProperty("oauth2_login_request").GetProperty("challenge").GetString().ShouldBe("wish");
        var (status, body) = await SubmitAsync(page, flow);

        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        body.GetProperty("error").GetProperty("id").GetString().ShouldBe("browser_location_change_required");
        body.GetProperty("redirect_browser_to").GetString().ShouldBe(ProviderStandIn.To("wish"));
        (await page.SendAsync("GET", "/sessions/whoami")).Status.ShouldBe(HttpStatusCode.OK);

        (status, body) = await page.SendAsync("GET", Start + "skip");
        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("error").GetProperty("id").GetString().ShouldBe("session_already_available");
        body.GetProperty("redirect_browser_to").GetString().ShouldBe(ProviderStandIn.To("skip"));
        provider.Acceptances.Count.ShouldBe(2);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_session_that_is_too_weak_is_stepped_up_before_the_provider_hears_of_it(string engine)
    {
        await using var provider = await ProviderStandIn.StartAsync(engine);
        await provider.Server.CreateAsync(JsonSerializer.Serialize(new
        {
            schema_id = "default", traits = new { email = Ada },
            credentials = new { password = new { config = new { password = SignIn.Password } }, lookup_secret = new { config = new { codes = new[] { new { code = "aaaa1111" } } } } },
        }));
        var page = new Browser(provider.Server);

        var (status, body) = await SubmitAsync(page, await page.BeginAsync(query: "?login_challenge=wish&return_to=http://127.0.0.1:4433/self-service/settings/browser"));
        status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        const string stepUp = "http://127.0.0.1:4433/self-service/login/browser?aal=aal2&login_challenge=wish";
        body.GetProperty("redirect_browser_to").GetString().ShouldBe(stepUp + "&return_to=" + Uri.EscapeDataString("http://127.0.0.1:4433/self-service/settings/browser"));
        // Nor does skipping the first factor skip the second one.
        (status, body) = await page.SendAsync("GET", Start + "skip");
        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("redirect_browser_to").GetString().ShouldBe(stepUp.Replace("=wish", "=skip"));
        provider.Acceptances.ShouldBeEmpty();

        var flow = await page.BeginAsync(query: "?aal=aal2&login_challenge=wish");
        (flow.GetProperty("requested_aal").GetString(), flow.GetProperty("refresh").GetBoolean()).ShouldBe(("aal2", true));
        (status, body) = await page.SendAsync("POST", Browser.ActionOf(flow), new { csrf_token = Browser.CsrfOf(flow), method = "lookup_secret", lookup_secret = "aaaa1111" });

        status.ShouldBe(HttpStatusCode.UnprocessableEntity, body.GetRawText());
        body.GetProperty("redirect_browser_to").GetString().ShouldBe(ProviderStandIn.To("wish"));
        provider.Acceptances.ShouldHaveSingleItem().GetProperty("amr").GetRawText().ShouldBe("""["password","lookup_secret"]""");
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_native_flow_names_its_challenge_and_ends_as_always(string engine)
    {
        await using var provider = await ProviderStandIn.StartAsync(engine);
        await SignIn.PersonAsync(provider.Server, Ada);
        using var begun = await RunningServer.SendAsync(provider.Server.Public, "GET", "/self-service/login/api?login_challenge=wish");
        var flow = JsonElement.Parse(await begun.Content.ReadAsStringAsync());
        flow.GetProperty("oauth2_login_challenge").GetString().ShouldBe("wish");
        flow.TryGetProperty("oauth2_login_request", out _).ShouldBeFalse();

        using var read = await RunningServer.SendAsync(provider.Server.Public, "GET", $"/self-service/login/flows?id={flow.GetProperty("id").GetString()}");
        JsonElement.Parse(await read.Content.ReadAsStringAsync()).GetProperty("oauth2_login_request").GetProperty("challenge").GetString().ShouldBe("wish");

        var (status, body, _) = await SignIn.SubmitAsync(provider.Server, Browser.ActionOf(flow), new { method = "password", identifier = Ada, password = SignIn.Password });
        status.ShouldBe(HttpStatusCode.OK);
        body.TryGetProperty("session_token", out _).ShouldBeTrue();
        provider.Acceptances.ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_flow_in_place_of_an_expired_one_is_for_the_same_client(string engine)
    {
        var time = new ManualTime();
        await using var provider = await ProviderStandIn.StartAsync(engine, time: time);
        await SignIn.PersonAsync(provider.Server, Ada);
        var browser = new FormBrowser(provider.Server);
        var flow = await BeginAsync(browser, "wish");
        time.Advance(TimeSpan.FromHours(2));

        var (_, page) = await SendAsync(browser, flow);
        var renewed = await browser.FetchAsync("login", page);

        SignIn.Messages(renewed).ShouldBe([4010001]);
        renewed.GetProperty("oauth2_login_challenge").GetString().ShouldBe("wish");
        (await SendAsync(browser, renewed)).Location.ShouldBe(ProviderStandIn.To("wish"));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task The_clients_own_beginning_can_be_the_return_address(string engine)
    {
        await using var provider = await ProviderStandIn.StartAsync(engine, provider: ", override_return_to: true", selfService: "allowed_return_urls: [ \"https://provider.example.org/oauth2/\" ]");
        provider.Requests["elsewhere"] = """{"request_url":"https://evil.example.org/"}""";
        var page = new Browser(provider.Server);

        var flow = await page.BeginAsync(query: "?login_challenge=wish&return_to=http://127.0.0.1:4455/x");
        flow.GetProperty("return_to").GetString().ShouldBe("https://provider.example.org/oauth2/auth?client_id=shop");
        flow.GetProperty("request_url").GetString()!.ShouldEndWith("&return_to=https%3A%2F%2Fprovider.example.org%2Foauth2%2Fauth%3Fclient_id%3Dshop");

        var (status, body) = await page.SendAsync("GET", Start + "elsewhere");
        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("error").GetProperty("id").GetString().ShouldBe("self_service_flow_return_to_forbidden");
    }

    private static Task<JsonElement> BeginAsync(FormBrowser browser, string challenge) => OAuth2Flows.BeginAsync(browser, "login", challenge);

    private static Task<(HttpStatusCode Status, string Location)> SendAsync(FormBrowser browser, JsonElement flow, string password = SignIn.Password) => OAuth2Flows.SendAsync(browser, flow, password);

    private static Task<(HttpStatusCode Status, JsonElement Body)> SubmitAsync(Browser page, JsonElement flow) => OAuth2Flows.SubmitAsync(page, flow);

    private static Task<JsonElement> WhoamiAsync(FormBrowser browser) => browser.ReadAsync("/sessions/whoami");
}

/// <summary>What browsers do in these tests.</summary>
internal static class OAuth2Flows
{
    public static async Task<JsonElement> BeginAsync(FormBrowser browser, string kind, string challenge)
    {
        var (status, page) = await browser.SendAsync("GET", $"/self-service/{kind}/browser?login_challenge={challenge}");
        status.ShouldBe(HttpStatusCode.SeeOther);
        return await browser.FetchAsync(kind, page);
    }

    public static Task<(HttpStatusCode Status, string Location)> SendAsync(FormBrowser browser, JsonElement flow, string password) =>
        browser.SendAsync("POST", Browser.ActionOf(flow), ("csrf_token", Browser.CsrfOf(flow)), ("method", "password"), ("identifier", "ada@example.org"), ("password", password));

    public static Task<(HttpStatusCode Status, JsonElement Body)> SubmitAsync(Browser page, JsonElement flow) =>
        page.SendAsync("POST", Browser.ActionOf(flow), new { csrf_token = Browser.CsrfOf(flow), method = "password", identifier = "ada@example.org", password = SignIn.Password });
}

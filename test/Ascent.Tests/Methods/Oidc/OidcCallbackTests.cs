using System.Net;
using System.Text.Json.Nodes;
using Ascent.Tests.Flows;
using Ascent.Tests.Jose;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Ascent.Tests.Methods.Oidc;

/// <summary>Coming back from a provider with what was not asked for, not given, or used before.</summary>
public sealed class OidcCallbackTests
{
    private const string Callback = "/self-service/methods/oidc/callback/acme";

    [Theory]
    [InlineData("")]
    [InlineData("?code=abc")]
    [InlineData("?code=abc&state=")]
    [InlineData("?code=abc&state=invented")]
    [InlineData("?code=abc&state=AAAA.BBBB")]
    public async Task A_state_that_is_not_ours_is_refused(string query)
    {
        await using var host = await SocialHost.StartAsync("sqlite");
        var browser = host.Browser();
        var (status, location) = await browser.SendAsync("GET", Callback + query);
        status.ShouldBe(HttpStatusCode.SeeOther);
        (await host.ErrorAsync(location)).GetProperty("code").GetInt32().ShouldBe(400);
        (await host.JsonAsync("GET", Callback + query)).Status.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_state_is_good_for_its_browser_and_provider_once(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine, more: SocialHost.Entry("globex"));
        var (browser, other) = (host.Browser(), host.Browser());
        var back = host.Provider.Visit(await host.LeaveAsync(browser));

        await RefusedAsync(host, other, back);
        // A browser that is under way itself has a cookie, but not this one's.
        await host.LeaveAsync(other);
        await RefusedAsync(host, other, back);
        await RefusedAsync(host, browser, back.Replace("acme", "globex", StringComparison.Ordinal));
        (await browser.SendAsync("GET", back)).Location.ShouldBe("http://127.0.0.1:4455/");
        // Once more: whoever is signed in is sent home, whoever is not is told.
        (await browser.SendAsync("GET", back)).Location.ShouldBe("http://127.0.0.1:4455/");
        foreach (var cookie in browser.Jar.Keys.Where(k => k.Contains("session", StringComparison.Ordinal)).ToArray()) browser.Jar.Remove(cookie);
        await RefusedAsync(host, browser, back);
        host.Provider.TokenRequests.Count.ShouldBe(1);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Of_twenty_callbacks_with_one_state_exactly_one_gets_through(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine);
        var browser = host.Browser();
        var back = host.Provider.Visit(await host.LeaveAsync(browser));
        var cookies = string.Join("; ", browser.Jar.Select(c => $"{c.Key}={c.Value}"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, back) { Headers = { { "Accept", "text/html" }, { "Cookie", cookies } } };
            using var response = await host.Server.Public.SendAsync(request);
            return (response.StatusCode, Location: response.Headers.Location?.OriginalString ?? "");
        }));
        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.SeeOther);
        answers.Count(a => a.Location == "http://127.0.0.1:4455/").ShouldBe(1);
        answers.Count(a => a.Location.StartsWith("http://127.0.0.1:4455/error?id=", StringComparison.Ordinal)).ShouldBe(19);
        host.Provider.TokenRequests.Count.ShouldBe(1);
        (await Flows.Registration.Registering.CountAsync(host.Server, "sessions")).ShouldBe(1);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Who_is_away_too_long_begins_anew(string engine)
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using var host = await SocialHost.StartAsync(engine, time: time);
        var browser = host.Browser();
        var back = host.Provider.Visit(await host.LeaveAsync(browser));
        time.Advance(TimeSpan.FromHours(2));
        // The flow is over, and perhaps swept away already.
        var (_, location) = await browser.SendAsync("GET", back);
        (await host.ErrorAsync(location)).GetProperty("code").GetInt32().ShouldBeOneOf(400, 404);
        host.Provider.TokenRequests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("login")]
    [InlineData("registration")]
    public async Task The_button_asks_for_the_form_s_token(string kind)
    {
        await using var host = await SocialHost.StartAsync("sqlite");
        var browser = host.Browser();
        var (_, page) = await browser.SendAsync("GET", $"/self-service/{kind}/browser");
        var action = Flows.Browser.ActionOf(await browser.FetchAsync(kind, page));
        foreach (var form in ((string, string)[][])[[("provider", "acme")], [("provider", "acme"), ("csrf_token", "bm90IG91cnM=")]])
        {
            var (_, location) = await browser.SendAsync("POST", action, form);
            (await host.ErrorAsync(location)).GetProperty("id").GetString().ShouldBe("security_csrf_violation");
        }
        // Nor does a link press it.
        (await browser.SendAsync("GET", action + "&provider=acme")).Location.ShouldNotStartWith(host.Provider.Url);
    }

    [Fact]
    public async Task What_the_provider_says_no_to_is_told_on_the_form()
    {
        await using var host = await SocialHost.StartAsync("sqlite");
        host.Provider.Deny = "access_denied";
        var browser = host.Browser();
        var (_, location) = await host.GoAsync(browser);
        SignIn.Messages(await browser.FetchAsync("login", location)).ShouldBe([4000001]);
        (_, location) = await host.GoAsync(browser, "registration");
        var form = await browser.FetchAsync("registration", location);
        Flows.Registration.Registering.Names(form).ShouldBe(["provider=acme", "csrf_token"]);
        form.TryGetProperty("active", out _).ShouldBeFalse();
    }

    public static TheoryData<string> BadTokens => new(
        "another key", "no signature", "shared secret", "issuer", "audience", "no audience", "other party", "expired", "no end", "not yet", "future", "nonce", "no nonce", "no subject", "access token",
        "duplicate claims", "crit", "number as time");

    [Theory, MemberData(nameof(BadTokens))]
    public async Task An_id_token_that_is_not_what_it_should_be_signs_nobody_in(string what)
    {
        await using var host = await SocialHost.StartAsync("sqlite");
        var idp = host.Provider;
        var kid = (string)idp.Key["kid"]!;
        Action<JsonObject> none = _ => { };
        (idp.Bend, idp.Sign) = what switch
        {
            "another key" => (none, (Func<JsonObject, string>?)(c => TestProvider.SignedBy(Keys.New("ES256"), c))),
            "no signature" => (none, c => TestProvider.Raw("""{"alg":"none","typ":"JWT"}""", c)),
            "shared secret" => (none, c => TestProvider.Raw($$"""{"alg":"HS256","kid":"{{kid}}"}""", c, "c2lnbmF0dXJl")),
            "crit" => (none, c => TestProvider.Raw($$"""{"alg":"ES256","kid":"{{kid}}","crit":["exp"],"exp":1}""", c, "c2lnbmF0dXJl")),
            "access token" => (none, c => TestProvider.SignedBy(idp.Key, c, "at+jwt")),
            "duplicate claims" => (none, c => Ascent.Jose.Jws.Sign(Keys.Parsed(idp.Key), System.Text.Encoding.UTF8.GetBytes(c.ToJsonString()[..^1] + ",\"sub\":\"somebody else\"}"))),
            "issuer" => (c => c["iss"] = "https://elsewhere.example.org", null),
            "audience" => (c => c["aud"] = "somebody-else", null),
            "no audience" => (c => c.Remove("aud"), null),
            "other party" => (c => { c["aud"] = new JsonArray(TestProvider.ClientId, "somebody-else"); c["azp"] = "somebody-else"; }, null),
            "expired" => (c => c["exp"] = TimeProvider.System.GetUtcNow().AddMinutes(-10).ToUnixTimeSeconds(), null),
            "no end" => (c => c.Remove("exp"), null),
            "not yet" => (c => c["nbf"] = TimeProvider.System.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds(), null),
            "future" => (c => c["iat"] = TimeProvider.System.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds(), null),
            "nonce" => (c => c["nonce"] = "another", null),
            "no nonce" => (c => c.Remove("nonce"), null),
            "no subject" => (c => c["sub"] = "", null),
            "number as time" => (c => c["exp"] = "tomorrow", null),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
        var browser = host.Browser();
        var (status, location) = await host.GoAsync(browser);
        (status, location.StartsWith("http://127.0.0.1:4455/login?flow=", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.SeeOther, true), location);
        SignIn.Messages(await browser.FetchAsync("login", location)).ShouldBe([4000001]);
        (await host.WhoamiAsync(browser)).ShouldBeNull();
        (await host.CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_key_that_the_provider_changed_is_fetched()
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using var host = await SocialHost.StartAsync("sqlite", time: time);
        (await host.GoAsync(host.Browser())).Location.ShouldBe("http://127.0.0.1:4455/");
        host.Provider.Key = Keys.New("RS256", "k2");
        // Not at every stranger's word: the set was fetched only now.
        (await host.GoAsync(host.Browser())).Location.ShouldContain("/login?flow=");
        time.Advance(TimeSpan.FromSeconds(20));
        (await host.GoAsync(host.Browser())).Location.ShouldBe("http://127.0.0.1:4455/");
    }

    [Fact]
    public async Task A_token_endpoint_that_refuses_or_answers_nonsense_is_an_error_page_s()
    {
        await using var host = await SocialHost.StartAsync("sqlite");
        foreach (var answer in (IResult[])[
            Results.Text("""{"error":"invalid_grant"}""", "application/json", statusCode: 400), Results.StatusCode(500), Results.Text("<html>", "text/html"), Results.Text("{}", "application/json"),
            Results.Text("""{"error":"bad_verification_code"}""", "application/json"), Results.Redirect("http://127.0.0.1:1/"), Results.Bytes(new byte[2 * 1024 * 1024])])
        {
            host.Provider.TokenAnswer = answer;
            var (_, location) = await host.GoAsync(host.Browser());
            (await host.ErrorAsync(location)).GetProperty("id").GetString().ShouldBe("upstream_error");
        }
    }

    [Fact]
    public async Task Userinfo_about_somebody_else_does_not_count()
    {
        await using var host = await SocialHost.StartAsync("sqlite", "claims_source: userinfo");
        host.Provider.Userinfo = new JsonObject { ["sub"] = "somebody else", ["email"] = "other@example.org" };
        var browser = host.Browser();
        var (_, location) = await host.GoAsync(browser);
        SignIn.Messages(await browser.FetchAsync("login", location)).ShouldBe([4000001]);
        host.Provider.Userinfo = new JsonObject { ["sub"] = "subject-1", ["email"] = "from-userinfo@example.org" };
        await host.GoAsync(browser);
        (await host.WhoamiAsync(browser)).ShouldNotBeNull().GetProperty("identity").GetProperty("traits").GetProperty("email").GetString().ShouldBe("from-userinfo@example.org");
    }

    [Fact]
    public async Task A_provider_that_is_down_or_another_is_told_at_once()
    {
        await using var host = await SocialHost.StartAsync("sqlite", more: $"{SocialHost.Entry("down", issuer: "http://127.0.0.1:1")}, {SocialHost.Entry("liar", issuer: "{url}/other")}");
        foreach (var id in (string[])["down", "liar"])
        {
            var browser = host.Browser();
            var (_, page) = await browser.SendAsync("GET", "/self-service/login/browser");
            var flow = await browser.FetchAsync("login", page);
            var (_, location) = await browser.SendAsync("POST", Flows.Browser.ActionOf(flow), ("csrf_token", Flows.Browser.CsrfOf(flow)), ("provider", id));
            (await host.ErrorAsync(location)).GetProperty("code").GetInt32().ShouldBe(502);
        }
    }

    [Theory]
    [InlineData("auto", true, true)]
    [InlineData("auto", false, false)]
    [InlineData("never", true, false)]
    [InlineData("force", false, true)]
    public async Task Proof_keys_are_used_as_configured(string mode, bool supported, bool used)
    {
        await using var host = await SocialHost.StartAsync("sqlite", $"pkce: {mode}");
        host.Provider.Pkce = supported;
        (await host.GoAsync(host.Browser())).Location.ShouldBe("http://127.0.0.1:4455/");
        var asked = host.Provider.Authorizations.ShouldHaveSingleItem();
        asked.ContainsKey("code_challenge").ShouldBe(used);
        host.Provider.TokenRequests.ShouldHaveSingleItem().Form.ContainsKey("code_verifier").ShouldBe(used);
        ((string)asked["redirect_uri"]!).ShouldBe("http://127.0.0.1:4433/self-service/methods/oidc/callback" + (mode == "force" ? "" : "/acme"));
    }

    private static async Task RefusedAsync(SocialHost host, Flows.Settings.FormBrowser browser, string back)
    {
        var (status, location) = await browser.SendAsync("GET", back);
        status.ShouldBe(HttpStatusCode.SeeOther);
        (await host.ErrorAsync(location)).GetProperty("code").GetInt32().ShouldBe(400);
    }
}

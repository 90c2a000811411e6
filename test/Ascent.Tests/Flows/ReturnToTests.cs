using Ascent.Config;
using Ascent.Flows;
using Shouldly;

namespace Ascent.Tests.Flows;

public sealed class ReturnToTests
{
    private static AscentConfig Config(params string[] allowed) => new()
    {
        Serve = new ServeConfig { Public = new PublicConfig { BaseUrl = "https://id.example.org/auth/" } },
        SelfService = new SelfServiceConfig { DefaultBrowserReturnUrl = "http://localhost:4455/", AllowedReturnUrls = allowed },
    };

    private static readonly AscentConfig Usual = Config("http://localhost:4455", "https://app.example.org/callback", "https://*.tenants.example.org", "myapp://done");

    private static string? Checked(string returnTo, AscentConfig? config = null) =>
        ReturnTo.Check(config ?? Usual, returnTo) is ReturnToResult.Allowed allowed ? allowed.Url : null;

    [Theory]
    [InlineData("http://localhost:4455/", "http://localhost:4455/")]
    [InlineData("http://localhost:4455", "http://localhost:4455")]
    [InlineData("HTTP://LOCALHOST:4455/x", "http://LOCALHOST:4455/x")]
    [InlineData("http://localhost:4455/deep/page?a=1&b=2#end", "http://localhost:4455/deep/page?a=1&b=2#end")]
    [InlineData("https://app.example.org/callback/done", "https://app.example.org/callback/done")]
    [InlineData("https://app.example.org/callback-of-another", "https://app.example.org/callback-of-another")]
    [InlineData("https://acme.tenants.example.org/home", "https://acme.tenants.example.org/home")]
    [InlineData("https://a.b.tenants.example.org/home", "https://a.b.tenants.example.org/home")]
    [InlineData("https://id.example.org/auth/self-service/login/browser?aal=aal2", "https://id.example.org/auth/self-service/login/browser?aal=aal2")]
    [InlineData("myapp://done/now", "myapp://done/now")]
    [InlineData("/relative/page", "http://localhost:4455/relative/page")]
    [InlineData("?page=2", "http://localhost:4455?page=2")]
    [InlineData("//localhost:4455/x", "http://localhost:4455/x")]
    [InlineData("/a b/ä\"<>?q=ö 1", "http://localhost:4455/a%20b/%C3%A4%22%3C%3E?q=%C3%B6%201")]
    [InlineData("/a%20b", "http://localhost:4455/a%20b")]
    [InlineData("https://app.example.org/callback/a/../b", "https://app.example.org/callback/a/../b")]
    public void An_allowed_address_is_given_back_whole(string returnTo, string expected) => Checked(returnTo).ShouldBe(expected);

    [Theory]
    [InlineData("https://evil.example.com/")]
    [InlineData("https://localhost:4455/")]
    [InlineData("http://localhost/")]
    [InlineData("http://localhost:44550/")]
    [InlineData("https://app.example.org/elsewhere")]
    [InlineData("https://app.example.org/")]
    [InlineData("https://tenants.example.org/")]
    [InlineData("https://eviltenants.example.org/")]
    [InlineData("https://tenants.example.org.evil.com/")]
    [InlineData("http://acme.tenants.example.org/")]
    [InlineData("https://id.example.org/auth/sessions/whoami")]
    [InlineData("https://id.example.org/self-service/login")]
    [InlineData("//evil.example.com/")]
    [InlineData("///evil.example.com/")]
    [InlineData("////evil.example.com/")]
    [InlineData("http:////evil.example.com/")]
    [InlineData("http://localhost:4455//evil.example.com")]
    [InlineData("\\\\evil.example.com")]
    [InlineData("/\\evil.example.com")]
    [InlineData("\\/evil.example.com")]
    [InlineData("/%5c%5cevil.example.com")]
    [InlineData("http:\\\\evil.example.com")]
    [InlineData("http://localhost:4455\\@evil.example.com")]
    [InlineData("https:evil.example.com")]
    [InlineData("http:/localhost:4455/")]
    [InlineData("http:///localhost:4455/")]
    [InlineData("http://")]
    [InlineData("javascript:alert(1)")]
    [InlineData("JaVaScRiPt://localhost:4455/%0aalert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("http://localhost:4455@evil.example.com/")]
    [InlineData("http://user:secret@localhost:4455/")]
    [InlineData("http://localhost:4455:80/")]
    [InlineData("http://localhost:4455x/")]
    [InlineData("http://evil.example.com#localhost:4455/")]
    [InlineData("http://evil.example.com?localhost:4455/")]
    [InlineData("http://ⅼocalhost:4455/")]
    [InlineData("https://acme。tenants.example.org/")]
    [InlineData("https://evil.com%2f.tenants.example.org/")]
    [InlineData("https://evil.com/.tenants.example.org/")]
    [InlineData("http://localhost:4455/\r\nSet-Cookie:x=1")]
    [InlineData("/a\tb")]
    [InlineData("\u0001http://localhost:4455/")]
    [InlineData(" http://localhost:4455/")]
    [InlineData("http://localhost:4455/ ")]
    [InlineData("/%0d%0aSet-Cookie:x=1")]
    [InlineData("/%zz")]
    [InlineData("/%2")]
    [InlineData("relative/page")]
    [InlineData("..")]
    [InlineData("https://app.example.org/callback/../admin")]
    [InlineData("https://app.example.org/callback/%2e%2e/admin")]
    [InlineData("https://app.example.org/callback/..")]
    [InlineData("https://[::1]:4455/")]
    [InlineData("https://*.tenants.example.org/")]
    public void Anything_else_is_refused(string returnTo)
    {
        var error = ReturnTo.Check(Usual, returnTo).ShouldBeOfType<ReturnToResult.Forbidden>().Error;
        (error.Code, error.Id).ShouldBe((400, NoAddress.Contains(returnTo) ? null : "self_service_flow_return_to_forbidden"));
    }

    /// <summary>What is no address to anybody is told without an id.</summary>
    private static readonly string[] NoAddress =
    [
        "http://localhost:4455x/", "https://evil.com%2f.tenants.example.org/", "http://localhost:4455/\r\nSet-Cookie:x=1", "/a\tb", "\u0001http://localhost:4455/", " http://localhost:4455/", "/%zz", "/%2",
    ];

    [Theory]
    [InlineData("https://*", "https://evil.example.com/")]
    [InlineData("https://*.com", "https://evil.com/")]
    [InlineData("https://*.com:8443", "https://evil.com:8443/")]
    [InlineData("https://*example.org", "https://evilexample.org/")]
    [InlineData("https://*.*.org", "https://evil.example.org/")]
    public void Wildcards_for_strangers_hosts_count_only_with_the_legacy_flag(string entry, string returnTo)
    {
        Checked(returnTo, Config(entry)).ShouldBeNull();
        var legacy = Config(entry) with { FeatureFlags = new FeatureFlagsConfig { LegacyAllowInsecureOrigins = true } };
        if (entry != "https://*.*.org") Checked(returnTo, legacy).ShouldBe(returnTo);
    }

    [Fact]
    public void Entries_that_are_no_whole_addresses_allow_nothing()
    {
        Checked("http://localhost:4455/welcome", Config("/welcome", "localhost:4455", "", "http:")).ShouldBeNull();
    }

    [Fact]
    public void In_the_end_the_flows_own_address_wins_then_its_requests_then_the_configurations()
    {
        string? Url(string? flow, string? request, string? after) => (ReturnTo.Complete(Usual, flow, request, after) as ReturnToResult.Allowed)?.Url;

        const string Request = "https://id.example.org/auth/self-service/login/browser?aal=&return_to=http%3A%2F%2Flocalhost%3A4455%2Ftwo%3Fa%3D1#x";
        Url("http://localhost:4455/one", Request, "http://localhost:4455/three").ShouldBe("http://localhost:4455/one");
        Url("", Request, "http://localhost:4455/three").ShouldBe("http://localhost:4455/two?a=1");
        Url(null, "https://id.example.org/auth/self-service/login/browser?return_to=", "https://elsewhere.example.net/three").ShouldBe("https://elsewhere.example.net/three");
        Url(null, null, "").ShouldBe("http://localhost:4455/");
        Url("/path", null, "https://app.example.org/callback").ShouldBeNull();
        Url("/callback", null, "https://app.example.org/callback").ShouldBe("https://app.example.org/callback");
        Url(null, "https://id.example.org/x?return_to=https://evil.example.com/", null).ShouldBeNull();
    }

    [Theory]
    [InlineData("/login?aal=aal2#top", "/x?a=1&b", "/login?aal=aal2&return_to=%2Fx%3Fa%3D1%26b#top")]
    [InlineData("/login?return_to=/old&aal=aal2", "/new", "/login?aal=aal2&return_to=%2Fnew")]
    [InlineData("/login", "/new", "/login?return_to=%2Fnew")]
    [InlineData("/login?return_to=/old", "", "/login?return_to=/old")]
    public void Return_to_is_carried_over_to_the_next_address(string to, string returnTo, string expected) =>
        ReturnTo.CarryOver(to, returnTo).ShouldBe(expected);

    [Fact]
    public void Recorded_addresses_are_answered_alike()
    {
        var recorded = Config("http://localhost:4455", "https://app.example.org/callback", "https://*.tenants.example.org");
        var seen = 0;
        foreach (var step in Goldens.Steps().Where(s => s.File == "login-return-to.json" && s.Path.Contains("return_to=", StringComparison.Ordinal)))
        {
            var refused = step.Label is "a foreign host" or "another scheme" or "another path on an allowed host" or "a foreign host, as JSON" or "a foreign host, API";
            (ReturnTo.Check(recorded, ReturnTo.FromUrl(step.Path)!) is ReturnToResult.Forbidden).ShouldBe(refused, step.ToString());
            seen++;
        }
        seen.ShouldBeGreaterThan(7);
    }
}

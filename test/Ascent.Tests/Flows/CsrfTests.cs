using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Ascent.Tests.Flows;

public sealed class CsrfTests
{
    private static readonly AscentConfig Production = new()
    {
        Serve = new ServeConfig { Public = new PublicConfig { BaseUrl = "https://id.example.org/" } },
        Cookies = new CookiesConfig { Domain = "example.org", Path = "/auth", SameSite = Ascent.Config.SameSiteMode.Strict },
    };

    private static readonly AscentConfig Development = new()
    {
        Dev = true,
        Serve = new ServeConfig { Public = new PublicConfig { BaseUrl = "http://127.0.0.1:4433/" } },
        Cookies = new CookiesConfig { SameSite = Ascent.Config.SameSiteMode.Strict },
    };

    private static DefaultHttpContext Request(string method = "GET", string path = "/self-service/login/browser", string? cookie = null)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        http.Request.Path = path;
        if (cookie is not null) http.Request.Headers.Cookie = cookie;
        return http;
    }

    /// <summary>A browser with its cookie: what to send back.</summary>
    private static string CookieOf(HttpContext http) => http.Response.Headers.SetCookie.ShouldHaveSingleItem()!.Split(';')[0];

    private static (string Cookie, string Token) Browser(AscentConfig config)
    {
        var http = Request();
        var token = Csrf.Token(http, config);
        return (CookieOf(http), token);
    }

    [Fact]
    public void The_cookie_is_named_after_the_public_address()
    {
        CsrfCookie.NameFor(Production).ShouldBe("csrf_token_" + Hash("https://id.example.org/"));
        CsrfCookie.NameFor(Development).ShouldBe("csrf_token_" + Hash("http://127.0.0.1:4433/"));

        static string Hash(string s) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(s)));
    }

    [Fact]
    public void The_cookie_has_the_configured_attributes()
    {
        var http = Request();
        CsrfCookie.Ensure(http, Production);
        var parts = http.Response.Headers.SetCookie.ShouldHaveSingleItem()!.Split("; ");
        parts[0].ShouldStartWith(CsrfCookie.NameFor(Production) + "=");
        Convert.FromBase64String(parts[0][(parts[0].IndexOf('=', StringComparison.Ordinal) + 1)..]).Length.ShouldBe(32);
        parts[1..].Order(StringComparer.Ordinal).ShouldBe(["domain=example.org", "httponly", "max-age=31536000", "path=/auth", "samesite=strict", "secure"]);
        http.Response.Headers.Vary.ToString().ShouldBe("Cookie");
    }

    [Fact]
    public void Without_https_the_cookie_is_lax_whatever_is_configured()
    {
        var http = Request();
        CsrfCookie.Ensure(http, Development);
        http.Response.Headers.SetCookie.ToString().Split("; ")[1..].Order(StringComparer.Ordinal).ShouldBe(["httponly", "max-age=31536000", "path=/", "samesite=lax"]);
    }

    [Fact]
    public void A_browser_keeps_its_cookie()
    {
        var (cookie, _) = Browser(Production);
        var http = Request(cookie: "a=b; " + cookie);
        CsrfCookie.Ensure(http, Production);
        Csrf.Token(http, Production);
        http.Response.Headers.SetCookie.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("short")]
    [InlineData("")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    public void A_cookie_that_is_none_is_replaced(string value)
    {
        var http = Request(cookie: $"{CsrfCookie.NameFor(Production)}={value}");
        CsrfCookie.Ensure(http, Production);
        http.Response.Headers.SetCookie.Count.ShouldBe(1);
    }

    [Fact]
    public void Every_rendering_has_another_token_and_all_are_good()
    {
        var (cookie, first) = Browser(Production);
        var second = Csrf.Token(Request(cookie: cookie), Production);
        second.ShouldNotBe(first);
        Convert.FromBase64String(second).Length.ShouldBe(64);
        foreach (var token in new[] { first, second })
            Csrf.Verify(Request("POST", cookie: cookie), Production, token).ShouldBeNull();
    }

    [Fact]
    public void Another_browsers_token_and_no_tokens_are_refused()
    {
        var (cookie, token) = Browser(Production);
        var (otherCookie, otherToken) = Browser(Production);
        Csrf.Verify(Request("POST", cookie: cookie), Production, otherToken).ShouldNotBeNull();
        Csrf.Verify(Request("POST", cookie: otherCookie), Production, token).ShouldNotBeNull();
        foreach (var bad in new[] { null, "", "AAAA", token[..^4], token + "AAAA", new string('A', 88), token.Replace(token[0], token[0] == 'A' ? 'B' : 'A') })
            Csrf.Verify(Request("POST", cookie: cookie), Production, bad).ShouldNotBeNull(bad);
    }

    /// <summary>A token without a cookie would otherwise be compared with one drawn for this answer.</summary>
    [Fact]
    public void A_token_alone_is_nothing()
    {
        var http = Request("POST");
        var token = Csrf.Token(http, Production);
        Csrf.Verify(http, Production, token).ShouldNotBeNull();
    }

    [Fact]
    public void After_a_rotation_former_tokens_are_void_and_the_answer_sets_one_cookie()
    {
        var (cookie, before) = Browser(Production);
        var http = Request("POST", cookie: cookie);
        http.Response.Headers.SetCookie = "session=1";
        CsrfCookie.Rotate(http, Production);
        CsrfCookie.Rotate(http, Production);
        http.Response.Headers.SetCookie.Count.ShouldBe(2);
        http.Response.Headers.SetCookie[0].ShouldBe("session=1");
        var after = Csrf.Token(http, Production);
        var renewed = http.Response.Headers.SetCookie[1]!.Split(';')[0];
        renewed.ShouldNotBe(cookie);
        Csrf.Verify(Request("POST", cookie: renewed), Production, after).ShouldBeNull();
        Csrf.Verify(Request("POST", cookie: renewed), Production, before).ShouldNotBeNull();
    }

    [Fact]
    public void A_stored_flow_is_shown_only_to_the_browser_that_started_it()
    {
        var http = Request();
        var owner = Csrf.OwnerOf(http, Production);
        var cookie = http.Response.Headers.SetCookie[0]!.Split(';')[0];
        Csrf.OwnedBy(Request(cookie: cookie), Production, owner).ShouldBeTrue();
        Csrf.OwnedBy(Request(cookie: Browser(Production).Cookie), Production, owner).ShouldBeFalse();
        Csrf.OwnedBy(Request(), Production, owner).ShouldBeFalse();
        Csrf.OwnedBy(Request(cookie: cookie), Production, null).ShouldBeFalse();
        owner.ShouldNotContain(cookie.Split('=')[1]);
    }

    [Theory]
    [InlineData("/sessions/whoami", false)]
    [InlineData("/sessions", false)]
    [InlineData("/sessions/token-exchange", false)]
    [InlineData("/schemas", true)]
    [InlineData("/schemas/default", false)]
    [InlineData("/schemas/a/b", true)]
    [InlineData("/health/alive", false)]
    [InlineData("/.well-known/change-password", false)]
    [InlineData("/admin/schemas/default", false)]
    [InlineData("/self-service/errors", true)]
    [InlineData("/self-service/login/api", false)]
    [InlineData("/self-service/settings/api", false)]
    [InlineData("/self-service/login/browser", true)]
    [InlineData("/self-service/settings/flows", true)]
    [InlineData("/self-service/login", false)]
    [InlineData("/self-service/verification", false)]
    [InlineData("/self-service/logout/browser", true)]
    [InlineData("/self-service/methods/oidc/callback/acme", false)]
    public void A_GET_sets_the_cookie_where_it_was_recorded(string path, bool sets)
    {
        var http = Request(path: path);
        CsrfCookie.Ensure(http, Production);
        http.Response.Headers.SetCookie.Count.ShouldBe(sets ? 1 : 0);
        var post = Request("POST", path);
        CsrfCookie.Ensure(post, Production);
        post.Response.Headers.SetCookie.ShouldBeEmpty();
    }

    /// <summary>The recorder's client sends Sec-Fetch-Mode: cors with everything.</summary>
    [Fact]
    public void The_refusal_tells_what_is_missing_in_the_recorded_shape()
    {
        var name = CsrfCookie.NameFor(Production);
        string[] Members(Action<HttpRequest> set, string? token = null)
        {
            var http = Request("POST");
            set(http.Request);
            var error = Csrf.Violation(http, Production, token);
            (error.Code, error.Id).ShouldBe((403, "security_csrf_violation"));
            return [.. error.Details!.Select(p => p.Key)];
        }

        Members(r => r.Headers.Cookie = $"{name}=x").ShouldBe(["docs", "hint"]);
        Members(r => { r.Headers.Cookie = $"{name}=x"; r.ContentType = "application/json"; }).ShouldBe(["docs", "hint", "reject_reason"]);
        Members(r => r.Headers.Cookie = $"{name}=x", "wrong").ShouldBe(["docs", "hint", "reject_reason"]);
        Members(r => r.Headers.Cookie = "a=b").ShouldBe(["docs", "hint", "reject_reason"]);
        Members(_ => { }).ShouldBe(["docs", "hint", "reject_reason"]);
    }

    [Fact]
    public void Scripts_get_another_hint_than_pages()
    {
        static string Hint(string? mode)
        {
            var http = Request("POST");
            if (mode is not null) http.Request.Headers["Sec-Fetch-Mode"] = mode;
            return Csrf.Violation(http, Production, null).Details!["hint"]!.GetValue<string>();
        }

        Hint("cors").ShouldBe(Hint("same-origin"));
        Hint("navigate").ShouldBe(Hint(null));
        Hint("cors").ShouldNotBe(Hint("navigate"));
    }

    [Fact]
    public void Recorded_refusals_have_the_members_that_ours_have()
    {
        var refusals = Goldens.Steps().Where(s => s.Body is JsonObject && Goldens.Objects(s.Body).Any(o => o["id"] is JsonValue v && v.TryGetValue<string>(out var id) && id == "security_csrf_violation")).ToList();
        refusals.Count.ShouldBeGreaterThan(15);
        foreach (var step in refusals)
        {
            var recorded = step.Body!["error"]!["details"]?.AsObject();
            if (recorded is null) continue;
            var http = Request(step.Method);
            var none = recorded["reject_reason"]?.GetValue<string>().Contains("empty", StringComparison.Ordinal) == true;
            if (!none) http.Request.Headers.Cookie = CsrfCookie.NameFor(Production) + "=x";
            if (recorded.ContainsKey("reject_reason")) http.Request.ContentType = "application/json";
            Csrf.Violation(http, Production, null).ToJson()["details"]!.AsObject().Select(p => p.Key).ShouldBe(recorded.Select(p => p.Key), customMessage: step.ToString());
        }
    }
}

using System.Net;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed class RoutingTests : IAsyncLifetime
{
    private const string Id = "2d8aee0c-6c1e-4d6c-a5c3-0f7b3b4c2f0d";
    private TestServer server = null!;

    public async ValueTask InitializeAsync() => server = await TestServer.StartAsync();
    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Theory]
    [InlineData("GET", "/nowhere", false)]
    [InlineData("GET", "/", false)]
    [InlineData("GET", "/health/alive/", false)]
    [InlineData("GET", "/HEALTH/alive", false)]
    [InlineData("GET", "/schemas/", false)]
    [InlineData("GET", "/version", false)]
    [InlineData("GET", "/metrics/prometheus", false)]
    [InlineData("GET", "/admin/health/alive", false)]
    [InlineData("GET", "/admin/sessions", false)]
    [InlineData("GET", "/self-service/nowhere/api", false)]
    [InlineData("GET", "/admin/nowhere", true)]
    [InlineData("GET", "/nowhere", true)]
    [InlineData("GET", "/", true)]
    [InlineData("GET", "/admin", true)]
    [InlineData("GET", "/admin/identities/", true)]
    [InlineData("GET", "/admin/admin/identities", true)]
    public async Task An_unknown_path_is_a_plain_404(string method, string path, bool admin)
    {
        using var answer = await server.SendAsync(method, path, admin);
        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
    }

    [Theory]
    [InlineData("DELETE", "/health/alive", false, "GET, HEAD")]
    [InlineData("PURGE", "/health/alive", false, "GET, HEAD")]
    [InlineData("POST", "/health/ready", false, "GET, HEAD")]
    [InlineData("OPTIONS", "/schemas", false, "GET, HEAD")]
    [InlineData("POST", "/self-service/login/api", false, "GET, HEAD")]
    [InlineData("OPTIONS", "/self-service/login", false, "GET, HEAD, POST")]
    [InlineData("PATCH", "/admin/identities", false, "GET, HEAD, POST")]
    [InlineData("PUT", "/admin/identities", true, "GET, HEAD, PATCH, POST")]
    [InlineData("POST", "/admin/identities/" + Id, true, "DELETE, GET, HEAD, PATCH, PUT")]
    [InlineData("OPTIONS", "/admin/identities", true, "GET, HEAD, PATCH, POST")]
    public async Task A_wrong_method_is_a_405_that_names_the_right_ones(string method, string path, bool admin, string allow)
    {
        using var answer = await server.SendAsync(method, path, admin);
        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        string.Join(", ", answer.Content.Headers.Allow.Order(StringComparer.Ordinal)).ShouldBe(allow);
    }

    [Theory]
    [InlineData("GET", "/identities", "/admin/identities")]
    [InlineData("GET", "/admin/identities?page_size=1", "/admin/identities?page_size=1")]
    [InlineData("GET", "/admin/identities/" + Id + "?include_credential=password", "/admin/identities/" + Id + "?include_credential=password")]
    [InlineData("POST", "/admin/identities", "/admin/identities")]
    [InlineData("PATCH", "/admin/identities/" + Id, "/admin/identities/" + Id)]
    [InlineData("DELETE", "/identities/" + Id, "/admin/identities/" + Id)]
    [InlineData("DELETE", "/identities/" + Id + "/credentials/totp", "/admin/identities/" + Id + "/credentials/totp")]
    [InlineData("GET", "/admin/courier/messages", "/admin/courier/messages")]
    public async Task Identity_calls_on_the_public_port_are_sent_to_the_admin_side(string method, string path, string target)
    {
        using var answer = await server.SendAsync(method, path);
        answer.StatusCode.ShouldBe(HttpStatusCode.TemporaryRedirect);
        answer.Headers.Location!.OriginalString.ShouldBe(TestServer.AdminBase.TrimEnd('/') + target);
        answer.Headers.Vary.ShouldContain("Cookie");
    }

    [Theory]
    [InlineData("GET", "/self-service/login/browser?refresh=true", "/self-service/login/browser?refresh=true")]
    [InlineData("GET", "/admin/self-service/login/api", "/self-service/login/api")]
    [InlineData("GET", "/self-service/login/flows?id=" + Id, "/self-service/login/flows?id=" + Id)]
    [InlineData("POST", "/self-service/login?flow=" + Id, "/self-service/login?flow=" + Id)]
    [InlineData("GET", "/sessions/whoami", "/sessions/whoami")]
    [InlineData("DELETE", "/admin/sessions", "/sessions")]
    [InlineData("GET", "/schemas", "/schemas")]
    [InlineData("GET", "/admin/schemas/default?x=1", "/schemas/default?x=1")]
    [InlineData("GET", "/self-service/errors?id=stub:500", "/self-service/errors?id=stub:500")]
    public async Task Public_calls_on_the_admin_port_are_sent_to_the_public_side(string method, string path, string target)
    {
        using var answer = await server.SendAsync(method, path, admin: true);
        answer.StatusCode.ShouldBe(HttpStatusCode.TemporaryRedirect);
        answer.Headers.Location!.OriginalString.ShouldBe(TestServer.Base.TrimEnd('/') + target);
    }

    [Theory]
    [InlineData("/recovery/code")]
    [InlineData("/recovery/link")]
    public async Task A_recovery_that_an_administrator_begins_on_the_public_port_is_sent_to_the_admin_side(string path)
    {
        using var answer = await server.SendAsync("POST", path);
        answer.StatusCode.ShouldBe(HttpStatusCode.TemporaryRedirect);
        answer.Headers.Location!.OriginalString.ShouldEndWith("/admin" + path);
    }

    [Fact]
    public async Task An_admin_form_on_the_public_port_is_taken_for_a_forgery()
    {
        using var answer = await server.SendAsync("POST", "/admin/recovery/code");
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        answer.Headers.GetValues("Ory-Error-Id").ShouldBe(["security_csrf_violation"]);
    }

    [Theory]
    [InlineData("//health/alive", "/health/alive")]
    [InlineData("/health//alive?x=1", "/health/alive?x=1")]
    [InlineData("//\\evil.example.net", "/%5Cevil.example.net")]
    [InlineData("////evil.example.net//", "/evil.example.net/")]
    public async Task Double_slashes_lead_to_the_clean_path_of_this_server(string target, string location)
    {
        var answer = await server.RawAsync($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 307 ");
        answer.ShouldContain($"\r\nLocation: {location}\r\n");
    }

    [Theory]
    [InlineData("/schemas/a%2Fb", "a/b")]
    [InlineData("/schemas/a%252Fb", "a%2Fb")]
    [InlineData("/schemas/%C3%BC", "ü")]
    [InlineData("/schemas/default", "default")]
    public async Task A_parameter_is_decoded_once(string path, string value)
    {
        var answer = await server.RawAsync($"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 200 ");
        answer.ShouldContain("\r\n" + value + "\r\n");
    }

    [Fact]
    public async Task The_admin_prefix_may_be_left_out_and_never_opens_admin_on_the_public_port()
    {
        (await server.Admin.GetStringAsync("/identities")).ShouldBe("identities");
        (await server.Admin.GetStringAsync("/admin/identities")).ShouldBe("identities");
        (await server.Admin.GetStringAsync("/identities/by/external/crm-1")).ShouldBe("external crm-1");
        foreach (var path in (string[])["/admin/identities", "/admin/%69dentities", "/%61dmin/identities", "/x/../admin/identities", "/admin/./identities"])
        {
            var answer = await server.RawAsync($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{server.Web.AdminAddress!.Port}\r\nX-Forwarded-Host: admin.example.org\r\nX-Forwarded-Port: 4434\r\nConnection: close\r\n\r\n");
            answer[9..12].ShouldBeOneOf("307", "404");
        }
    }

    [Fact]
    public async Task Whoami_answers_to_every_method()
    {
        foreach (var method in (string[])["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PURGE"])
        {
            using var answer = await server.SendAsync(method, "/sessions/whoami");
            answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized, method);
            answer.Headers.Vary.ShouldBe(["Cookie"]);
            (answer.Headers.CacheControl is not null).ShouldBe(method == "GET", method);
        }
    }

    [Theory]
    [InlineData("/schemas?x=%00")]
    [InlineData("/schemas?x=%zz")]
    [InlineData("/schemas?x=%ff")]
    [InlineData("/schemas?%00=1")]
    [InlineData("/schemas/%zz")]
    [InlineData("/schemas/%c3")]
    public async Task Text_that_is_none_in_path_or_query_is_refused(string target)
    {
        var answer = await server.RawAsync($"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 400 ");
        answer.ShouldContain("\"code\":400");
    }

    [Fact]
    public async Task Nothing_reaches_an_admin_route_past_the_gate_but_health()
    {
        var calls = 0;
        await using var gated = await TestServer.StartAsync(change: o => o with
        {
            AdminGate = http =>
            {
                calls++;
                return ValueTask.FromResult(http.Request.Headers.Authorization == "Bearer right" ? null : Ascent.Http.ApiError.Unauthorized("No token."));
            },
        });
        (await gated.SendAsync("GET", "/admin/identities", admin: true)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await gated.SendAsync("GET", "/version", admin: true)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await gated.SendAsync("GET", "/metrics/prometheus", admin: true)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await gated.SendAsync("GET", "/admin/identities", true, null, ("Authorization", "Bearer right"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        calls.ShouldBe(4);
        (await gated.SendAsync("GET", "/health/ready", admin: true)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await gated.SendAsync("GET", "/schemas")).StatusCode.ShouldBe(HttpStatusCode.OK);
        calls.ShouldBe(4);
    }
}

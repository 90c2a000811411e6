using Ascent.Config;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed class CorsTests
{
    private const string App = "https://app.example.org";

    private static readonly CorsConfig Some = new()
    {
        Enabled = true,
        AllowedOrigins = [App, "https://*.example.com"],
        AllowedMethods = ["GET", "POST", "DELETE"],
        AllowedHeaders = ["Authorization", "Content-Type", "X-Session-Token"],
        ExposedHeaders = ["Content-Type", "Set-Cookie"],
        MaxAge = 600,
    };

    private static Task<TestServer> StartAsync(CorsConfig cors) => TestServer.StartAsync(TestServer.Settings(p => p with { Cors = cors }));

    [Theory]
    [InlineData(App, "/sessions/whoami", 401, true)]
    [InlineData("https://shop.example.com", "/sessions/whoami", 401, true)]
    [InlineData("https://a.b.example.com", "/sessions/whoami", 401, true)]
    [InlineData("https://evil.example.net", "/sessions/whoami", 401, false)]
    [InlineData("http://app.example.org", "/sessions/whoami", 401, false)]
    [InlineData("https://APP.example.org", "/sessions/whoami", 401, false)]
    [InlineData("https://evil.net/.example.com", "/sessions/whoami", 401, false)]
    [InlineData("null", "/sessions/whoami", 401, false)]
    [InlineData(null, "/sessions/whoami", 401, false)]
    [InlineData(App, "/self-service/login/flows", 404, true)]
    [InlineData(App, "/nowhere", 404, true)]
    public async Task A_call_gets_its_headers_when_its_origin_may(string? origin, string path, int status, bool allowed)
    {
        await using var server = await StartAsync(Some);
        using var answer = await server.SendAsync("GET", path, false, null, origin is null ? [] : [("Origin", origin)]);
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Headers.Vary.ShouldContain("Origin");
        Header(answer, "Access-Control-Allow-Origin").ShouldBe(allowed ? origin : null);
        Header(answer, "Access-Control-Allow-Credentials").ShouldBe(allowed ? "true" : null);
        Header(answer, "Access-Control-Expose-Headers").ShouldBe(allowed ? "Content-Type, Set-Cookie" : null);
    }

    [Theory]
    [InlineData(App, "POST", "content-type", true)]
    [InlineData(App, "POST", "content-type,x-session-token", true)]
    [InlineData(App, "GET", null, true)]
    [InlineData("https://a.example.com", "GET", "X-Session-Token", true)]
    [InlineData(App, "POST", "x-colour", false)]
    [InlineData(App, "PUT", null, false)]
    [InlineData("https://evil.example.net", "POST", "content-type", false)]
    [InlineData(null, "POST", null, false)]
    public async Task A_preflight_is_a_204_that_says_yes_or_nothing(string? origin, string method, string? headers, bool allowed)
    {
        await using var server = await StartAsync(Some);
        List<(string, string)> sent = [("Access-Control-Request-Method", method)];
        if (origin is not null) sent.Add(("Origin", origin));
        if (headers is not null) sent.Add(("Access-Control-Request-Headers", headers));
        foreach (var path in (string[])["/self-service/login", "/nowhere"])
        {
            using var answer = await server.SendAsync("OPTIONS", path, false, null, [.. sent]);
            ((int)answer.StatusCode).ShouldBe(204);
            answer.Headers.Vary.ShouldBe(["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"]);
            Header(answer, "Access-Control-Allow-Origin").ShouldBe(allowed ? origin : null);
            Header(answer, "Access-Control-Allow-Methods").ShouldBe(allowed ? method : null);
            Header(answer, "Access-Control-Allow-Headers").ShouldBe(allowed ? headers : null);
            Header(answer, "Access-Control-Max-Age").ShouldBe(allowed ? "600" : null);
            Header(answer, "Access-Control-Expose-Headers").ShouldBeNull();
        }
    }

    [Fact]
    public async Task Options_without_a_wanted_method_is_no_preflight()
    {
        await using var server = await StartAsync(Some);
        using var answer = await server.SendAsync("OPTIONS", "/schemas", false, null, ("Origin", App));
        ((int)answer.StatusCode).ShouldBe(405);
        Header(answer, "Access-Control-Allow-Origin").ShouldBe(App);
    }

    [Fact]
    public async Task An_unforeseen_error_keeps_the_headers_so_that_the_page_can_read_it()
    {
        await using var server = await TestServer.StartAsync(TestServer.Settings(p => p with { Cors = Some }), r => ErrorTests.MapBoom(r));
        using var answer = await server.SendAsync("GET", "/boom", false, null, ("Origin", App));
        ((int)answer.StatusCode).ShouldBe(500);
        Header(answer, "Access-Control-Allow-Origin").ShouldBe(App);
        answer.Headers.Vary.ShouldBe(["Origin", "Cookie"]);
    }

    [Fact]
    public async Task The_default_echoes_any_origin_for_the_usual_methods()
    {
        await using var server = await StartAsync(new CorsConfig { Enabled = true });
        foreach (var origin in (string[])["https://anything.example", "null"])
        {
            using var answer = await server.SendAsync("GET", "/schemas", false, null, ("Origin", origin));
            Header(answer, "Access-Control-Allow-Origin").ShouldBe(origin);
        }
        using var head = await server.SendAsync("HEAD", "/schemas", false, null, ("Origin", App));
        Header(head, "Access-Control-Allow-Origin").ShouldBeNull();
    }

    [Fact]
    public async Task Switched_off_nothing_is_said()
    {
        await using var server = await TestServer.StartAsync();
        using var call = await server.SendAsync("GET", "/schemas/default", false, null, ("Origin", App));
        using var preflight = await server.SendAsync("OPTIONS", "/self-service/login", false, null, ("Origin", App), ("Access-Control-Request-Method", "POST"));
        call.Headers.Vary.ShouldBe(["Cookie"]);
        Header(call, "Access-Control-Allow-Origin").ShouldBeNull();
        ((int)preflight.StatusCode).ShouldBe(405);
        preflight.Headers.Vary.ShouldNotContain("Origin");
    }

    [Fact]
    public async Task A_new_configuration_is_in_force_with_the_next_request()
    {
        await using var server = await TestServer.StartAsync();
        server.Config.Replace(TestServer.Settings(p => p with { Cors = Some }));
        using var call = await server.SendAsync("GET", "/schemas", false, null, ("Origin", App));
        Header(call, "Access-Control-Allow-Origin").ShouldBe(App);
        using var admin = await server.SendAsync("OPTIONS", "/admin/identities", true, null, ("Origin", App), ("Access-Control-Request-Method", "POST"));
        ((int)admin.StatusCode).ShouldBe(405);
        admin.Headers.Vary.ShouldBeEmpty();
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}

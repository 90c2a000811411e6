using Ascent.Config;
using Shouldly;

namespace Ascent.Tests.Http;

/// <summary>What browsers are told with every answer of ours, whatever it is.</summary>
public sealed class SafetyHeadersTests
{
    [Theory]
    [InlineData("GET", "/schemas", 200), InlineData("GET", "/sessions/whoami", 401), InlineData("GET", "/nowhere", 404), InlineData("PUT", "/schemas", 405)]
    [InlineData("GET", "/schemas//x", 307), InlineData("GET", "/identities", 307), InlineData("GET", "/fails", 500), InlineData("GET", "/health/alive", 200), InlineData("POST", "/admin/recovery/code", 403)]
    public async Task Every_answer_has_them(string method, string path, int status)
    {
        await using var server = await TestServer.StartAsync(TestServer.Settings(p => p with { BaseUrl = "https://id.example.org/" }),
            r => Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions.MapGet(r, "/fails", string () => throw new InvalidOperationException("x")));
        using var answer = await server.SendAsync(method, path);
        ((int)answer.StatusCode).ShouldBe(status);
        Header(answer, "X-Content-Type-Options").ShouldBe("nosniff");
        Header(answer, "Referrer-Policy").ShouldBe("no-referrer");
        Header(answer, "Content-Security-Policy").ShouldBe("default-src 'none'; frame-ancestors 'none'");
        Header(answer, "X-Frame-Options").ShouldBe("DENY");
        Header(answer, "Strict-Transport-Security").ShouldBe("max-age=31536000");
    }

    [Theory]
    [InlineData("http://id.example.org/"), InlineData("https://localhost:4433/"), InlineData("https://127.0.0.1/"), InlineData("https://[::1]/")]
    public async Task Transport_security_is_for_names_that_are_served_by_https(string address)
    {
        await using var server = await TestServer.StartAsync(TestServer.Settings(p => p with { BaseUrl = address }));
        using var answer = await server.SendAsync("GET", "/schemas");
        Header(answer, "Strict-Transport-Security").ShouldBeNull();
        Header(answer, "X-Content-Type-Options").ShouldBe("nosniff");
    }

    [Fact]
    public async Task The_admin_port_has_them_without_transport_security()
    {
        await using var server = await TestServer.StartAsync(TestServer.Settings(p => p with { BaseUrl = "https://id.example.org/" }));
        using var answer = await server.SendAsync("GET", "/identities", admin: true);
        Header(answer, "X-Frame-Options").ShouldBe("DENY");
        Header(answer, "Strict-Transport-Security").ShouldBeNull();
    }

    [Fact]
    public async Task The_public_port_does_not_tell_the_admin_address_where_it_is_asked_to_be_strict()
    {
        await using var server = await TestServer.StartAsync(TestServer.Settings() with { Security = new SecurityConfig { StricterThanKratos = true } });
        foreach (var (method, path) in new[] { ("GET", "/identities"), ("GET", "/admin/identities"), ("GET", "/admin/courier/messages"), ("POST", "/recovery/code") })
        {
            using var answer = await server.SendAsync(method, path);
            ((int)answer.StatusCode).ShouldBe(404, path);
            answer.Headers.Location.ShouldBeNull();
        }
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}

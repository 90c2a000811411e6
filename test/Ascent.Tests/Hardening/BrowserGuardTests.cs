using System.Net;
using System.Text;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>A page that an operator has open reaches the loopback; without a token the admin API tells it from everybody else.</summary>
public sealed class BrowserGuardTests
{
    private const string Body = """{"schema_id":"default","traits":{"email":"ada@example.org"}}""";
    private const string Console = "https://console.example.org";

    [Theory]
    [InlineData("localhost", 200), InlineData("LOCALHOST:4434", 200), InlineData("127.0.0.1", 200), InlineData("127.8.8.8:1", 200), InlineData("[::1]:4434", 200)]
    [InlineData("admin.example.org", 200), InlineData("ADMIN.example.org:443", 200)]
    [InlineData("rebind.evil.example", 403), InlineData("127.0.0.1.evil.example", 403), InlineData("localhost.evil.example:4434", 403), InlineData("10.0.0.1", 403), InlineData("0.0.0.0", 403), InlineData("x", 403)]
    public async Task It_answers_by_its_own_names_alone(string host, int status)
    {
        await using var server = await StartAsync();
        (await AskAsync(server, "GET", "/admin/identities", ("Host", host))).ShouldBe(status);
        (await AskAsync(server, "GET", "/health/alive", ("Host", host))).ShouldBe(200);
        (await AskAsync(server, "GET", "/admin/health/config", ("Host", host))).ShouldBe(200);
    }

    [Theory]
    [InlineData(null, null, 200), InlineData(null, "none", 200), InlineData(null, "same-origin", 200)]
    [InlineData(null, "cross-site", 403), InlineData(null, "same-site", 403), InlineData(null, "odd", 403)]
    [InlineData("http://127.0.0.1:4434", "same-origin", 200), InlineData("https://admin.example.org", "same-origin", 200)]
    [InlineData(Console, "cross-site", 200), InlineData(Console, null, 200)]
    [InlineData("http://127.0.0.1:4433", "same-site", 403), InlineData("http://localhost:3000", null, 403), InlineData("https://evil.example", null, 403), InlineData("null", "cross-site", 403), InlineData("", "none", 403)]
    public async Task It_obeys_its_own_pages_and_those_that_the_configuration_names(string? origin, string? site, int status)
    {
        await using var server = await StartAsync($", cors: {{ enabled: true, allowed_origins: [ \"{Console}\" ] }}");
        (string, string)[] headers = [("Host", "127.0.0.1:4434"), .. origin is null ? [] : new[] { ("Origin", origin) }, .. site is null ? [] : new[] { ("Sec-Fetch-Site", site) }];
        (await AskAsync(server, "GET", "/admin/identities", headers)).ShouldBe(status);
        (await AskAsync(server, "DELETE", "/admin/sessions?identity_id=00000000-0000-0000-0000-00000000abcd", headers)).ShouldBe(status == 200 ? 404 : status);
    }

    [Theory]
    [InlineData("application/json", 201), InlineData("application/json; charset=utf-8", 201), InlineData("Application/JSON", 201), InlineData("application/vnd.ascent+json", 201)]
    [InlineData("text/plain", 415), InlineData("application/x-www-form-urlencoded", 415), InlineData("multipart/form-data; boundary=x", 415), InlineData(null, 415), InlineData("text/json", 415), InlineData("application/jsonx", 415)]
    public async Task What_it_reads_is_JSON_by_its_type(string? type, int status)
    {
        await using var server = await StartAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var answer = await server.Admin.PostAsync("/admin/identities", content);
        ((int)answer.StatusCode).ShouldBe(status);
        if (status == 415) (await answer.Content.ReadAsStringAsync()).ShouldContain("content-type: application/json");
        // Without a body there is no type to ask for.
        (await AskAsync(server, "DELETE", "/admin/identities/00000000-0000-0000-0000-00000000abcd")).ShouldBe(404);
    }

    /// <summary>A body in chunks has no length, and is one all the same.</summary>
    [Fact]
    public async Task A_body_in_chunks_is_a_body()
    {
        await using var server = await StartAsync();
        (await server.RawAsync($"POST /admin/identities HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n{Body.Length:x}\r\n{Body}\r\n0\r\n\r\n")).ShouldStartWith("HTTP/1.1 415");
        (await server.RawAsync("POST /admin/sessions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")).ShouldStartWith("HTTP/1.1 400");
    }

    [Fact]
    public async Task Who_holds_a_token_is_asked_for_nothing_of_this()
    {
        const string Token = "the-only-token-of-the-test-suite-000";
        await using var server = await StartAsync($", auth: {{ tokens: [ {{ name: ci, token: {Token} }} ] }}");
        (await AskAsync(server, "GET", "/admin/identities", ("Host", "anything.example"), ("Origin", "https://anything.example"), ("Authorization", $"Bearer {Token}"))).ShouldBe(200);
        (await AskAsync(server, "GET", "/admin/identities", ("Host", "localhost"))).ShouldBe(401);
    }

    /// <summary>The figures stand behind the same gate on their own port, unless the configuration says otherwise.</summary>
    [Theory]
    [InlineData("", 401), InlineData(", allow_unauthenticated_metrics: true", 200)]
    public async Task The_port_of_the_figures_has_the_same_gate(string more, int status)
    {
        const string Token = "the-only-token-of-the-test-suite-000";
        var port = Workshop.FreePort();
        await using var server = await StartAsync($", auth: {{ tokens: [ {{ name: ci, token: {Token} }} ] }}{more}", $"\nexpose-metrics-port: {port}");
        using var client = Workshop.Client(new Uri($"http://127.0.0.1:{port}"));
        ((int)(await client.GetAsync("/metrics/prometheus")).StatusCode).ShouldBe(status);
        using var known = await RunningServer.SendAsync(client, "GET", "/metrics/prometheus", null, ("Authorization", $"Bearer {Token}"));
        known.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await AskAsync(server, "GET", "/admin/metrics/prometheus")).ShouldBe(401);
    }

    private static Task<RunningServer> StartAsync(string admin = "", string top = "") => RunningServer.StartAsync("sqlite", config => config.Replace("""
          admin: { base_url: "http://127.0.0.1:4434/", host: 127.0.0.1, port: 0 }
        """, $$"""
          admin: { base_url: "https://admin.example.org/", host: 127.0.0.1, port: 0{{admin}} }
        """, StringComparison.Ordinal) + top);

    private static async Task<int> AskAsync(RunningServer server, string method, string path, params (string, string)[] headers)
    {
        using var answer = await RunningServer.SendAsync(server.Admin, method, path, null, headers);
        return (int)answer.StatusCode;
    }
}

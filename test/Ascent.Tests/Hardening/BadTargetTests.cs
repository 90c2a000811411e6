using System.Text;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>Paths, queries and headers that no honest client sends, as bytes on the wire.</summary>
public sealed class BadTargetTests
{
    private static readonly string[] AdminPaths =
    [
        "GET /admin/identities/*", "PUT /admin/identities/*", "PATCH /admin/identities/*", "DELETE /admin/identities/*", "GET /admin/identities/by/external/*", "DELETE /admin/identities/*/credentials/totp", "DELETE /admin/identities/{0}/credentials/*",
        "DELETE /admin/identities/{0}/credentials/oidc?identifier=*", "GET /admin/identities/*/sessions", "DELETE /admin/identities/*/sessions", "GET /admin/sessions/*", "DELETE /admin/sessions/*", "PATCH /admin/sessions/*/extend", "GET /*", "GET /admin/*", "GET /schemas/*",
        "GET /admin/identities?page_size=*", "GET /admin/identities?per_page=*", "GET /admin/identities?page=*", "GET /admin/identities?page=*&per_page=3", "GET /admin/identities?page_token=*", "GET /admin/identities?ids=*", "GET /admin/identities?organization_id=*",
        "GET /admin/identities?credentials_identifier=*", "GET /admin/identities?preview_credentials_identifier_similar=*", "GET /admin/identities?include_credential=*", "GET /admin/identities?consistency=*", "GET /admin/identities?*=1", "GET /admin/identities/{0}?include_credential=*", "GET /admin/identities?page_size=1&*",
        "GET /admin/sessions?page_size=*", "GET /admin/sessions?page_token=*", "GET /admin/sessions?active=*", "GET /admin/sessions?expand=*", "GET /admin/sessions?identity_id=*", "DELETE /admin/sessions?identity_id=*", "GET /admin/identities/{0}/sessions?page=*", "GET /admin/identities/{0}/sessions?per_page=*&page=*", "GET /admin/identities/{0}/sessions?page_token=*",
    ];

    private static readonly string[] PublicPaths =
    [
        "GET /*", "GET /schemas/*", "GET /schemas?page=*", "GET /schemas?per_page=*", "GET /schemas?page_size=*&page_token=*", "GET /sessions/whoami?*", "GET /sessions?page=*", "DELETE /sessions/*", "GET /self-service/login/flows?id=*", "GET /self-service/errors?id=*", "GET /self-service/logout?token=*", "GET /self-service/logout/browser?token=*",
        "GET /self-service/login/browser?return_to=*", "GET /self-service/login/browser?aal=*", "GET /self-service/login/browser?refresh=*", "GET /self-service/login/api?aal=*", "GET /self-service/*/api", "GET /admin/identities/*",
    ];

    [Fact]
    public async Task No_text_in_a_path_or_query_makes_the_admin_side_fail()
    {
        await using var twins = await Twins.StartAsync();
        var ids = await twins.CreateAsync("""{"traits":{"email":"a@example.org"}}""");
        await EveryTextAsync(twins, AdminPaths, admin: true);
        for (var i = 0; i < 2; i++) (await twins.Both[i].GetAsync(ids[i])).GetProperty("traits").GetRawText().ShouldBe("""{"email":"a@example.org"}""");
    }

    [Fact]
    public async Task No_text_in_a_path_or_query_makes_the_public_side_fail()
    {
        await using var twins = await Twins.StartAsync();
        await EveryTextAsync(twins, PublicPaths, admin: false);
        (await twins.AskAsync("GET", "/health/ready", (byte[]?)null)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task No_header_makes_the_server_fail()
    {
        await using var twins = await Twins.StartAsync();
        string[] names = ["Host", "Cookie", "Authorization", "X-Session-Token", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "True-Client-IP", "Cf-Ipcity", "User-Agent", "Accept", "Accept-Language", "Content-Type", "Content-Encoding", "Origin", "Referer", "X-Request-Id", "X-CSRF-Token", "If-None-Match", "Range", "Transfer-Encoding", "Content-Length", "Expect", "Traceparent", "X-HTTP-Method-Override", "Upgrade"];
        string[] values =
        [
            "", " ", "\0", "a\0b", "\x01\x7f", "\xff\xfe", "Ünïcödé", "'; drop table session; --", new string('x', 20_000), "ory_kratos_session=" + new string('A', 8_000), "ory_kratos_session=;;;=;=\"", "Bearer ", "bearer \t x", "Basic !!!", "a, b, c, , ,", "127.0.0.1:99999, [::1", "999.1.1.1",
            "http", "javascript", "evil.example:x/../", "a b:c", "*/*;q=nan", "text/html;q=1e400", "application/json; charset=\xff", "gzip, chunked", "-1", "99999999999999999999", "00-00000000000000000000000000000000-0000000000000000-00", "ory_st_" + new string('a', 32), "(comment (comment",
        ];
        foreach (var name in names)
            foreach (var value in values)
                foreach (var (target, admin) in ((string, bool)[])[("GET /sessions/whoami", false), ("GET /self-service/login/api", false), ("GET /admin/identities", true)])
                {
                    var host = name == "Host" ? "" : "Host: localhost\r\n";
                    await twins.AskRawAsync(Encoding.Latin1.GetBytes($"{target} HTTP/1.1\r\n{host}{name}: {value}\r\nConnection: close\r\n\r\n"), admin);
                }
        foreach (var many in (string[])[string.Concat(Enumerable.Range(0, 99).Select(i => $"X-{i}: v\r\n")), string.Concat(Enumerable.Range(0, 5000).Select(i => $"X-{i}: v\r\n")), string.Concat(Enumerable.Repeat("Cookie: ory_kratos_session=x\r\n", 90)),
            "Host: y\r\n", "X: a\r\n b\r\n", "X : a\r\n", ": a\r\n", "X\r\n", "Content-Length: 1\r\nContent-Length: 2\r\n", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"])
            await twins.AskRawAsync(Encoding.Latin1.GetBytes($"GET /sessions/whoami HTTP/1.1\r\nHost: localhost\r\n{many}Connection: close\r\n\r\n"), admin: false);
        (await twins.AskAsync("GET", "/health/ready", (byte[]?)null)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task What_is_no_http_is_answered_shortly_or_not_at_all()
    {
        await using var twins = await Twins.StartAsync();
        const string Good = "GET /health/alive HTTP/1.1\r\nHost: localhost\r\n\r\n";
        foreach (var bytes in (string[])["\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET  / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET http:// HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
            "CONNECT x:1 HTTP/1.1\r\nHost: x:1\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET " + new string('/', 30_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n", "POST /admin/identities HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", "GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
            "POST /admin/identities HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\nx\r\n\r\n", "DELETE /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n", new string('A', 100_000) + "\r\n\r\n"])
            await twins.AskRawAsync(Encoding.Latin1.GetBytes(bytes));
        // Behind a good request on the same connection.
        foreach (var server in twins.Both)
        {
            var answers = (await server.RawAsync($"{Good}{Good}garbage\0\r\n\r\n{Good}", untilClosed: true)).Split("HTTP/1.1 ", StringSplitOptions.RemoveEmptyEntries);
            answers.Select(a => a[..3]).ShouldBe(["200", "200", "400"]);
        }
        (await twins.AskAsync("GET", "/health/ready", (byte[]?)null)).Status.ShouldBe(200);
    }

    private static Task EveryTextAsync(Twins twins, string[] paths, bool admin) => Parallel.ForEachAsync(paths, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (path, _) =>
    {
        foreach (var text in OddValues.Escaped.Where(odd => Sample.Draws($"{path} {odd}", oneIn: 3)))
        {
            var (method, target) = path.Split(' ', 2) is [var m, var t] ? (m, t) : ("", "");
            target = target.Replace("*", text, StringComparison.Ordinal).Replace("{0}", "00000000-0000-0000-0000-00000000abcd", StringComparison.Ordinal);
            var body = method is "PUT" or "PATCH" ? "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n[]" : "\r\n";
            await twins.AskRawAsync(Encoding.Latin1.GetBytes($"{method} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{body}"), admin);
        }
    });
}

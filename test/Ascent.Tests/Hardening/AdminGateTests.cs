using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ascent.Admin;
using Ascent.Config;
using Ascent.Http;
using Ascent.Storage;
using Ascent.Tests.Flows;
using Ascent.Tests.Running;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Ascent.Tests.Hardening;

public sealed class AdminGateTests
{
    private const string First = "the-first-token-of-the-test-suite-00", Second = "the-second-token-of-the-test-suite-0";

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Only_who_holds_a_token_gets_in_and_the_audit_log_says_whose_it_was(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine, WithTokens);
        foreach (var header in (string?[])[null, "", "Bearer", "Bearer ", $"Bearer {First}x", $"Bearer {First[..^1]}", $"Basic {First}", $"Bearer {First} {Second}", $"Bearer {HashOf(Second)}"])
            (await AskAsync(server, "GET", "/admin/identities", header)).ShouldBe(HttpStatusCode.Unauthorized, header);
        (await AskAsync(server, "GET", "/admin/health/alive", null)).ShouldBe(HttpStatusCode.OK);
        using (var unknown = await RunningServer.SendAsync(server.Admin, "POST", "/admin/identities", Person("nobody")))
            unknown.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");

        (await AskAsync(server, "POST", "/admin/identities", $"Bearer {First}", Person("ada"))).ShouldBe(HttpStatusCode.Created);
        (await AskAsync(server, "POST", "/identities", $"bearer {Second}", Person("grace"))).ShouldBe(HttpStatusCode.Created);
        var ada = await IdAsync(server, "ada");
        var session = await SignIn.NativelyAsync(server, "ada@example.org");
        (await AskAsync(server, "PATCH", $"/admin/identities/{ada}", $"Bearer {Second}", """[{"op":"add","path":"/traits/note","value":"x"}]""")).ShouldBe(HttpStatusCode.OK);
        (await AskAsync(server, "DELETE", $"/admin/identities/{ada}/sessions", $"Bearer {Second}")).ShouldBe(HttpStatusCode.NoContent);
        (await SignIn.WhoamiAsync(server, session)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await AskAsync(server, "DELETE", $"/admin/identities/{ada}", $"Bearer {First}")).ShouldBe(HttpStatusCode.NoContent);

        var events = await server.Workshop.Database.Db.ReadAsync(new Sql("select type, actor from event where actor like 'admin%' order by id"), r => $"{r.Text(0)} {r.Text(1)}", CancellationToken.None);
        events.ShouldBe(["identity.created admin:ci", "identity.created admin:Grace Hopper", "identity.updated admin:Grace Hopper", "sessions.deleted admin:Grace Hopper", "identity.deleted admin:ci"]);
    }

    [Fact]
    public async Task On_the_loopback_no_token_is_needed_where_none_is_configured()
    {
        await using var server = await RunningServer.StartAsync("sqlite");
        (await AskAsync(server, "POST", "/admin/identities", "Bearer anything", Person("ada"))).ShouldBe(HttpStatusCode.Created);
        (await server.Workshop.Database.Db.ReadAsync(new Sql("select actor from event"), r => r.Text(0), CancellationToken.None)).ShouldBe(["admin"]);
    }

    [Theory]
    [InlineData("0.0.0.0", "", false)]
    [InlineData("\"::\"", "", false)]
    [InlineData("\"\"", "", false)]
    [InlineData("example.org", "", false)]
    [InlineData("127.0.0.1", "", true)]
    [InlineData("127.8.8.8", "", true)]
    [InlineData("\"::1\"", "", true)]
    [InlineData("localhost", "", true)]
    [InlineData("0.0.0.0", ", allow_unauthenticated: true", true)]
    [InlineData("0.0.0.0", ", auth: { tokens: [ { name: ci, token: a-token-of-the-test-suite-1234567890 } ] }", true)]
    [InlineData("0.0.0.0", ", auth: { tokens: [ { name: ci, token: short } ] }", false)]
    [InlineData("0.0.0.0", ", auth: { tokens: [ { token: a-token-of-the-test-suite-1234567890 } ] }", false)]
    [InlineData("0.0.0.0", ", auth: { tokens: [] }", false)]
    public async Task It_does_not_listen_beyond_the_loopback_for_everybody(string host, string more, bool good)
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        var config = workshop.Config().Replace("host: 127.0.0.1, port: 0 }\nidentity", $"host: {host}, port: 0{more} }}\nidentity", StringComparison.Ordinal);
        config.ShouldContain($"host: {host}, port: 0{more} }}");
        var result = new ConfigLoader(new ConfigSource()).Load([("kratos.yml", config)]);
        (result.Config is not null).ShouldBe(good, string.Join("; ", result.Faults));
        if (!good) result.Faults.ShouldContain(f => f.Path.StartsWith("serve.admin", StringComparison.Ordinal));
    }

    /// <summary>Every token is compared, to its end, whichever fits: the last of many is found as the first is, and by hashes of one length.</summary>
    [Fact]
    public async Task Every_configured_token_is_compared()
    {
        var tokens = Enumerable.Range(0, 50).Select(n => new AdminTokenConfig { Name = $"t{n}", Sha256 = HashOf($"{First}{n}") }).ToArray();
        using var store = new ConfigStore(new AscentConfig { Serve = new ServeConfig { Admin = new AdminConfig { Host = "0.0.0.0", Auth = new AdminAuthConfig { Tokens = tokens } } } });
        var gate = AdminGate.Of(store);
        for (var n = 0; n < tokens.Length; n++)
        {
            var http = new DefaultHttpContext();
            http.Request.Headers.Authorization = $"Bearer {First}{n}";
            (await gate(http)).ShouldBeNull();
            AdminCaller.Of(http).ShouldBe($"admin:t{n}");
        }
    }

    private static string WithTokens(string config) => config.Replace("host: 127.0.0.1, port: 0 }\nidentity",
        $"host: 127.0.0.1, port: 0, auth: {{ tokens: [ {{ name: ci, token: {First} }}, {{ name: Grace Hopper, sha256: {HashOf(Second)} }} ] }} }}\nidentity", StringComparison.Ordinal);

    private static string HashOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private static string Person(string name) => $$$"""{"schema_id":"default","traits":{"email":"{{{name}}}@example.org"},"credentials":{"password":{"config":{"password":"{{{SignIn.Password}}}"} } } }""";

    private static async Task<string> IdAsync(RunningServer server, string name)
    {
        using var response = await RunningServer.SendAsync(server.Admin, "GET", $"/admin/identities?credentials_identifier={name}@example.org", null, ("Authorization", $"Bearer {First}"));
        return System.Text.Json.JsonElement.Parse(await response.Content.ReadAsStringAsync())[0].GetProperty("id").GetString()!;
    }

    private static async Task<HttpStatusCode> AskAsync(RunningServer server, string method, string path, string? authorization, string? body = null)
    {
        using var response = await RunningServer.SendAsync(server.Admin, method, path, body, authorization is null ? [] : [("Authorization", authorization)]);
        return response.StatusCode;
    }
}

using System.Net;
using Ascent.Storage;
using Ascent.Tests.Identities;
using Shouldly;

namespace Ascent.Tests.Methods.LookupSecret;

public sealed class LookupLoginTests
{
    private const int Many = 20;
    private const string Credential = """
        "lookup_secret":{"config":{"codes":[{"code":"aaaa1111"},{"code":"bbbb2222"},{"code":"cccc3333","used_at":"2024-01-02T03:04:05Z"}]}}
        """;

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_backup_code_raises_the_session_and_is_marked_as_used(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        var id = await host.AddAsync(Credential);
        var token = await host.SignInAsync();
        var flow = await host.BeginStepUpAsync(token);
        flow.Nodes().ShouldBe(["default/csrf_token", "lookup_secret/lookup_secret", "lookup_secret/method"]);
        (await host.SubmitAsync("login", flow, token, """{"method":"lookup_secret"}""")).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000002]);
        foreach (var wrong in (string[])["dddd4444", "AAAA1111", " aaaa1111", "aaaa1111 "])
            (await host.SubmitAsync("login", flow, token, Body(wrong))).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000016]);
        (await host.SubmitAsync("login", flow, token, Body("cccc3333"))).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000012]);
        (await host.AalAsync(token)).ShouldBe("aal1");

        var done = await host.SubmitAsync("login", flow, token, Body("bbbb2222"));
        done.ShouldBe(HttpStatusCode.OK).Json.At("session/authenticator_assurance_level").GetString().ShouldBe("aal2");
        (await UsedAsync(host, id)).ShouldBe(["bbbb2222", "cccc3333"]);
        (await SendAsync(host, await host.SignInAsync(), "bbbb2222")).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000012]);
        (await host.Db.ReadAsync(new Sql("select data from event where type = 'identity.backup_code_used'"), r => r.Text(0), CancellationToken.None)).ShouldBe(["""{"left":1}"""]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Used_codes_stay_sealed_in_the_database(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        await host.AddAsync(Credential);
        (await SendAsync(host, await host.SignInAsync(), "aaaa1111")).ShouldBe(HttpStatusCode.OK);
        var stored = await host.Db.ReadAsync(new Sql("select config from credential where type = 'lookup_secret'"), r => r.Text(0), CancellationToken.None);
        stored.Single().ShouldNotContain("aaaa1111");
        stored.Single().ShouldNotContain("bbbb2222");
        var flows = await host.Db.ReadAsync(new Sql("select ui || data from flow"), r => r.Text(0), CancellationToken.None);
        flows.ShouldAllBe(f => !f.Contains("aaaa1111", StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task One_code_sent_by_many_sessions_at_once_raises_exactly_one(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        var id = await host.AddAsync(Credential);
        var tokens = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => host.SignInAsync()));
        var flows = await Task.WhenAll(tokens.Select(t => host.BeginStepUpAsync(t)));
        var answers = await Task.WhenAll(tokens.Zip(flows, (t, f) => host.SubmitAsync("login", f, t, Body("aaaa1111"))));
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Where(a => a.Status != HttpStatusCode.OK).ShouldAllBe(a => a.Status == HttpStatusCode.BadRequest && a.Messages().SequenceEqual(new[] { 4000012 }));
        (await Task.WhenAll(tokens.Select(host.AalAsync))).Count(aal => aal == "aal2").ShouldBe(1);
        (await UsedAsync(host, id)).ShouldBe(["aaaa1111", "cccc3333"]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task One_code_sent_many_times_by_one_session_counts_once(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        await host.AddAsync(Credential);
        var token = await host.SignInAsync();
        var flows = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => host.BeginStepUpAsync(token)));
        var answers = await Task.WhenAll(flows.Append(flows[0]).Select(f => host.SubmitAsync("login", f, token, Body("aaaa1111"))));
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK || a.Status == HttpStatusCode.BadRequest);
        var whoami = (await host.PublicAsync("GET", "/sessions/whoami", token)).Json;
        whoami.GetProperty("authentication_methods").EnumerateArray().Count(m => m.GetProperty("method").GetString() == "lookup_secret").ShouldBe(1);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Different_codes_at_once_and_changes_of_the_identity_meanwhile_lose_nothing(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        var codes = Enumerable.Range(0, Many).Select(i => $"code{i:0000}").ToArray();
        var list = string.Join(',', codes.Select(c => $$"""{"code":"{{c}}"}"""));
        var id = await host.AddAsync($$"""
            "lookup_secret":{"config":{"codes":[{{list}}]} }
            """);
        var tokens = await Task.WhenAll(codes.Select(_ => host.SignInAsync()));
        var flows = await Task.WhenAll(tokens.Select(t => host.BeginStepUpAsync(t)));
        var spends = codes.Select((c, i) => host.SubmitAsync("login", flows[i], tokens[i], Body(c)));
        var patches = Enumerable.Range(0, Many).Select(i => host.AdminAsync("PATCH", $"/admin/identities/{id}", $$"""[{"op":"add","path":"/metadata_public","value":{"n":{{i}} } }]"""));
        foreach (var answer in await Task.WhenAll(spends.Concat(patches))) answer.ShouldBe(HttpStatusCode.OK);
        (await UsedAsync(host, id)).ShouldBe(codes);
    }

    [Fact]
    public async Task Guessing_is_counted_over_all_flows_and_sessions()
    {
        await using var host = await FactorsHost.StartAsync("sqlite", "security: { throttle: { factor: { max_failures: 3 } } }");
        await host.AddAsync(Credential);
        foreach (var guess in (string[])["xxxx0000", "xxxx0001", "xxxx0002"]) (await SendAsync(host, await host.SignInAsync(), guess)).ShouldBe(HttpStatusCode.BadRequest);
        var token = await host.SignInAsync();
        (await SendAsync(host, token, "aaaa1111")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        (await host.AalAsync(token)).ShouldBe("aal1");
    }

    private static string Body(string code) => $$"""{"method":"lookup_secret","lookup_secret":"{{code}}"}""";

    private static async Task<Answer> SendAsync(FactorsHost host, string token, string code) =>
        await host.SubmitAsync("login", await host.BeginStepUpAsync(token), token, Body(code));

    private static async Task<string[]> UsedAsync(FactorsHost host, Guid id)
    {
        var identity = (await host.AdminAsync("GET", $"/admin/identities/{id}?include_credential=lookup_secret")).ShouldBe(HttpStatusCode.OK).Json;
        return [.. identity.At("credentials/lookup_secret/config/recovery_codes").EnumerateArray().Where(c => c.GetProperty("used_at").ValueKind == System.Text.Json.JsonValueKind.String).Select(c => c.GetProperty("code").GetString()!)];
    }
}

using System.Net;
using Ascent.Storage;
using Ascent.Tests.Flows;
using Ascent.Tests.Flows.Hooks;
using Ascent.Tests.Flows.Verification;
using Ascent.Tests.Methods;
using Shouldly;
using static System.Threading.CancellationToken;

namespace Ascent.Tests.Hardening;

/// <summary>A hook after a login or a verification that fails or refuses: there is no session, nothing that was proven is used up, and nobody is locked out by it.</summary>
public sealed class HookFailureTests
{
    private const string Refusal = """{"messages":[{"instance_ptr":"#/identifier","messages":[{"id":9001,"text":"not today","type":"error"}]}]}""";

    /// <summary>The engine, the hook's status, its body, and what the client is told.</summary>
    public static TheoryData<string, int, string, HttpStatusCode> Hooks => new()
    {
        { "sqlite", 501, "", HttpStatusCode.BadGateway }, { "postgres", 501, "", HttpStatusCode.BadGateway },
        { "sqlite", 400, Refusal, HttpStatusCode.BadRequest }, { "postgres", 400, Refusal, HttpStatusCode.BadRequest },
        { "sqlite", 403, "", HttpStatusCode.BadGateway }, { "postgres", 403, "", HttpStatusCode.BadGateway },
    };

    [Theory]
    [MemberData(nameof(Hooks))]
    public async Task A_first_factor_leaves_no_session_and_can_be_sent_again(string engine, int status, string body, HttpStatusCode told)
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var host = await FactorsHost.StartAsync(engine, Config(receiver));
        await host.AddAsync();
        Fail(receiver, status, body);
        var flow = await host.BeginAsync("login", null);
        const string Right = $$"""{"method":"password","identifier":"{{FactorsHost.Email}}","password":"{{FactorsHost.Password}}"}""";
        // More often than wrong passwords may be tried.
        for (var n = 0; n < 5; n++) (await host.SubmitAsync("login", flow, null, Right)).Status.ShouldBe(told);
        (await CountAsync(host, "session")).ShouldBe(0);
        (await CountAsync(host, "flow where completed = true")).ShouldBe(0);
        (await CountAsync(host, "throttle where failures > 0")).ShouldBe(0);
        receiver.Calls.Count.ShouldBe(5);

        receiver.Answer = _ => null;
        (await host.SubmitAsync("login", flow, null, Right)).ShouldBe(HttpStatusCode.OK);
        (await CountAsync(host, "session")).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public async Task A_second_factor_is_not_used_up(string engine, int status, string body, HttpStatusCode told)
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var host = await FactorsHost.StartAsync(engine, Config(receiver));
        await host.AddAsync(""" "lookup_secret":{"config":{"codes":[{"code":"aaaa1111"},{"code":"bbbb2222"}]}} """);
        var token = await host.SignInAsync();
        Fail(receiver, status, body);
        var flow = await host.BeginStepUpAsync(token);
        const string Code = """{"method":"lookup_secret","lookup_secret":"aaaa1111"}""";
        for (var n = 0; n < 5; n++) (await host.SubmitAsync("login", flow, token, Code)).Status.ShouldBe(told);
        (await host.AalAsync(token)).ShouldBe("aal1");
        (await CountAsync(host, "event where type = 'identity.backup_code_used'")).ShouldBe(0);
        (await CountAsync(host, "throttle where failures > 0")).ShouldBe(0);

        receiver.Answer = _ => null;
        (await host.SubmitAsync("login", flow, token, Code)).ShouldBe(HttpStatusCode.OK);
        (await host.AalAsync(token)).ShouldBe("aal2");
        (await CountAsync(host, "event where type = 'identity.backup_code_used'")).ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Wrong_passwords_count_as_before_and_reach_no_hook(string engine)
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var host = await FactorsHost.StartAsync(engine, Config(receiver));
        await host.AddAsync();
        Fail(receiver, 501, "");
        var flow = await host.BeginAsync("login", null);
        for (var n = 0; n < 3; n++)
            (await host.SubmitAsync("login", flow, null, $$"""{"method":"password","identifier":"{{FactorsHost.Email}}","password":"wrong-{{n}}"}""")).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await host.SubmitAsync("login", flow, null, $$"""{"method":"password","identifier":"{{FactorsHost.Email}}","password":"{{FactorsHost.Password}}"}""")).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        receiver.Calls.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public async Task A_verification_counts_no_wrong_attempt(string engine, int status, string body, HttpStatusCode told)
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var server = await Verifying.ServerAsync(engine, verification: $$"""enabled: true, after: { hooks: [ { hook: web_hook, config: { url: "{{receiver.Url}}", method: POST, can_interrupt: true } } ] }""");
        var id = await SignIn.PersonAsync(server, Verifying.Ada);
        var action = await Verifying.AskAsync(server, Verifying.Ada);
        var code = (await Verifying.LastMailAsync(server, Verifying.Ada)).Code;
        Fail(receiver, status, body);
        (await Verifying.SubmitAsync(server, action, new { method = "code", code })).Status.ShouldBe(body.Length == 0 ? told : HttpStatusCode.Gone);
        receiver.Calls.Count.ShouldBe(1);
        (await Verifying.AddressesAsync(server, id)).ShouldBe([(Verifying.Ada, false, "sent")]);
        (await server.Workshop.Database.Db.ReadValueAsync(new Sql("select count(*) from throttle where failures > 0 and kind in ('identifier', 'address', 'factor')"), r => r.Long(0), None)).ShouldBe(0);
    }

    private static void Fail(HookReceiver receiver, int status, string body)
    {
        receiver.Calls.Clear();
        receiver.Answer = _ => (status, body);
    }

    private static string Config(HookReceiver receiver) => $$"""
        security: { throttle: { identifier: { max_failures: 3 }, factor: { max_failures: 3 }, address: { max_failures: 4 } } }
        selfservice: { flows: { login: { after: { hooks: [ { hook: web_hook, config: { url: "{{receiver.Url}}", method: POST, can_interrupt: true } } ] } } } }
        """;

    private static async Task<long> CountAsync(FactorsHost host, string what) => (await host.Db.ReadValueAsync(new Sql($"select count(*) from {what}"), r => r.Long(0), None)).GetValueOrDefault();
}

using System.Net;
using Ascent.Tests.Flows.Hooks;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Flows.Registration;

public sealed class RegistrationHookTests
{
    private const string Ada = "ada@example.org";
    private const string Body = """{ "id": "{{ ctx.identity.id }}" }""";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_hook_that_is_parsed_changes_who_is_created(string engine)
    {
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Answer = _ => (200, """{"identity":{"traits":{"email":"ada@example.org","age":44},"metadata_public":{"from":"hook"}}}""");
        await using var server = await ServerAsync(engine, receiver, "response: { parse: true }");

        var (status, body) = await Registering.NativelyAsync(server, Registering.Body(Ada));

        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        receiver.Calls.Single().Json.GetProperty("id").GetString().ShouldBe(Guid.Empty.ToString());
        var identity = await server.GetAsync(body.GetProperty("identity").GetProperty("id").GetString()!);
        identity.GetProperty("traits").GetProperty("age").GetInt32().ShouldBe(44);
        identity.GetProperty("metadata_public").GetProperty("from").GetString().ShouldBe("hook");
        await SignIn.NativelyAsync(server, Ada);
    }

    [Fact]
    public async Task Traits_of_a_hook_are_checked_like_a_persons()
    {
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Answer = _ => (200, """{"identity":{"traits":{"email":"ada@example.org","age":3}}}""");
        await using var server = await ServerAsync("sqlite", receiver, "response: { parse: true }");
        var (status, body) = await Registering.NativelyAsync(server, Registering.Body(Ada));
        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(body).ShouldBe([4000018]);
        (await Registering.CountAsync(server, "identities")).ShouldBe(0);
    }

    [Fact]
    public async Task A_hook_that_interrupts_keeps_everything_from_being_written()
    {
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Answer = _ => (400, """{"messages":[{"instance_ptr":"#/traits/email","messages":[{"id":9001,"text":"not here","type":"error"}]}]}""");
        await using var server = await ServerAsync("sqlite", receiver, "can_interrupt: true");
        var action = await SignIn.BeginAsync(server, "registration");

        SignIn.Messages((await SignIn.SubmitAsync(server, action, Registering.Body(Ada))).Body).ShouldBe([9001]);

        (await Registering.CountAsync(server, "identities")).ShouldBe(0);
        receiver.Answer = _ => null;
        (await SignIn.SubmitAsync(server, action, Registering.Body(Ada))).Status.ShouldBe(HttpStatusCode.OK, "the form can be sent again");
    }

    [Fact]
    public async Task A_hook_that_is_only_told_cannot_undo_what_was_written()
    {
        await using var receiver = await HookReceiver.StartAsync();
        receiver.Answer = _ => (403, "");
        await using var server = await ServerAsync("sqlite", receiver, "");
        var (status, body) = await Registering.NativelyAsync(server, Registering.Body(Ada));
        status.ShouldBe(HttpStatusCode.BadGateway, body.GetRawText());
        receiver.Calls.Single().Json.GetProperty("id").GetString().ShouldNotBe(Guid.Empty.ToString());
        (await Registering.CountAsync(server, "identities")).ShouldBe(1);
        (await Registering.CountAsync(server, "sessions")).ShouldBe(1);
    }

    private static Task<RunningServer> ServerAsync(string engine, HookReceiver receiver, string settings) => Registering.ServerAsync(engine,
        $"{Registering.OneStep}, after: {{ password: {{ hooks: [ {{ hook: web_hook, config: {{ url: \"{receiver.Url}\", body: \"{HookHost.Data(Body)}\"{(settings.Length > 0 ? ", " + settings : "")} }} }}, {{ hook: session }} ] }} }}");
}

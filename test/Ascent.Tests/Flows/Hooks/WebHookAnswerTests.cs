using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Hooks;
using Ascent.Flows.Messages;
using Ascent.Identities;
using Shouldly;
using static Ascent.Tests.Flows.Hooks.HookHost;

namespace Ascent.Tests.Flows.Hooks;

/// <summary>What a web hook's answer does.</summary>
public sealed class WebHookAnswerTests
{
    private const string Refusal = """{"messages":[{"instance_ptr":"#/traits/email","messages":[{"id":9001,"text":"Not you","type":"error","context":{"list":"deny"}},{"text":"Really"}]}]}""";

    private static readonly HookSettings Parse = new() { Response = new HookResponse { Parse = true } };
    private static readonly HookSettings Interrupts = new() { CanInterrupt = true };

    [Theory]
    [InlineData(403)]
    [InlineData(400)]
    [InlineData(501)]
    public async Task Without_leave_to_interrupt_a_refusal_is_a_502_and_not_repeated(int status)
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url)));
        host.Receiver.Answer = _ => (status, Refusal);
        var error = (await host.LoginAsync()).ShouldBeOfType<HookResult.Failed>().Error;
        error.Code.ShouldBe(502);
        error.Message.ShouldContain($"{status}");
        host.Receiver.Calls.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Messages_of_a_hook_that_may_interrupt_go_to_the_form(bool parse)
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url, parse ? Parse : Interrupts), Hook(url + "/later")));
        host.Receiver.Answer = _ => (400, Refusal);
        var messages = (await host.LoginAsync()).ShouldBeOfType<HookResult.Refused>().Messages;
        messages.Select(m => (m.Pointer, m.Text.Id, m.Text.Text, m.Text.Type)).ShouldBe([("#/traits/email", 9001, "Not you", UiTextType.Error), ("#/traits/email", 0, "Really", UiTextType.Error)]);
        messages[0].Text.Context!.ToJsonString().ShouldBe("""{"list":"deny"}""");
        host.Receiver.Calls.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("""{"messages":[]}""")]
    [InlineData("""{"messages":{"a":1}}""")]
    [InlineData("[1]")]
    public async Task A_refusal_that_says_nothing_is_a_502(string body)
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url, Interrupts)));
        host.Receiver.Answer = _ => (400, body);
        (await host.LoginAsync()).ShouldBeOfType<HookResult.Failed>().Error.Code.ShouldBe(502);
    }

    [Theory]
    [InlineData(204, "")]
    [InlineData(200, "{}")]
    [InlineData(200, "")]
    [InlineData(200, """{"identity":null}""")]
    public async Task An_answer_without_an_identity_changes_nothing(int status, string body)
    {
        await using var host = await StartAsync(url => AtRegistration(Hook(url, Parse)));
        host.Receiver.Answer = _ => (status, body);
        var draft = new IdentityDraft { SchemaId = "default", Traits = Ada.Traits };
        (await host.Runner.AfterRegistrationBeforeWriteAsync(host.Subject(FlowKind.Registration), draft, "password")).ShouldBe(new DraftHookResult.GoOn(draft, false));
    }

    [Theory]
    [InlineData("not JSON", "no JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("""{"identity":[]}""", "identity must be an object")]
    [InlineData("""{"identity":{"traits":"x"}}""", "identity.traits must be an object")]
    [InlineData("""{"identity":{"state":"dead"}}""", "active or inactive")]
    [InlineData("""{"identity":{"schema_id":7}}""", "schema_id must be text")]
    [InlineData("""{"identity":{"verifiable_addresses":[{"via":"email"}]}}""", "via and value")]
    public async Task An_answer_that_cannot_be_used_is_a_502_that_says_why(string body, string why)
    {
        await using var host = await StartAsync(url => AtRegistration(Hook(url, Parse)));
        host.Receiver.Answer = _ => (200, body);
        var result = await host.Runner.AfterRegistrationBeforeWriteAsync(host.Subject(FlowKind.Registration), new IdentityDraft { SchemaId = "default", Traits = Ada.Traits }, "password");
        var error = result.ShouldBeOfType<DraftHookResult.Failed>().Error;
        error.Code.ShouldBe(502);
        error.Message.ShouldContain(why);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url + "/from")));
        host.Receiver.Before = http => { http.Response.Headers.Location = "/to"; return Task.CompletedTask; };
        host.Receiver.Answer = _ => (307, "");
        (await host.LoginAsync()).ShouldBeOfType<HookResult.Failed>().Error.Code.ShouldBe(502);
        host.Receiver.Calls.ShouldHaveSingleItem().Path.ShouldBe("/from");
    }

    [Fact]
    public async Task An_answer_of_more_than_five_mebibytes_is_not_read()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url, Parse)));
        host.Receiver.Answer = _ => (200, new string(' ', WebHookSender.MaxBytes + 1));
        (await host.LoginAsync()).ShouldBeOfType<HookResult.Failed>().Error.Code.ShouldBe(502);
    }

    [Fact]
    public async Task A_hook_before_a_flow_that_refuses_stops_it()
    {
        await using var host = await StartAsync(url => new FlowsConfig { Registration = new RegistrationFlowConfig { Before = new BeforeHooks { Hooks = [Hook(url, Parse)] } } });
        host.Receiver.Answer = _ => (400, Refusal);
        var subject = host.Subject(FlowKind.Registration);
        var error = await host.Runner.BeforeAsync(subject.Context, subject.Flow);
        error!.Code.ShouldBe(400);
        error.Reason.ShouldBe("Not you Really");
    }
}

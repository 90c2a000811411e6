using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Hooks;
using Ascent.Flows.Messages;
using Ascent.Identities;
using Shouldly;
using static Ascent.Tests.Flows.Hooks.HookHost;

namespace Ascent.Tests.Flows.Hooks;

/// <summary>Which hook runs when, and what the flow gets from it.</summary>
public sealed class HookRunnerTests
{
    private const string About = """{ "id": "{{ ctx.identity.id }}", "traits": "{{ ctx.identity.traits }}" }""";

    private static readonly HookSettings Parse = new() { Response = new HookResponse { Parse = true } };
    private static readonly HookSettings Interrupts = new() { CanInterrupt = true };
    private static readonly IdentityDraft Draft = new() { SchemaId = "default", Traits = """{"email":"kim@example.org"}""", MetadataAdmin = "1" };

    [Fact]
    public async Task A_registered_identity_has_an_id_of_zeros_before_it_is_written_and_hooks_see_what_others_changed()
    {
        await using var host = await StartAsync(url => AtRegistration(Hook(url + "/first", Parse, About), Hook(url + "/later", body: About), Hook(url + "/second", Parse, About)));
        host.Receiver.Answer = call => call.Path == "/first"
            ? (200, """{"identity":{"traits":{"email":"kim@example.org","plan":"team"},"metadata_public":{"tier":1},"metadata_admin":null,"external_id":"x-1"}}""")
            : (200, """{"identity":{"state":"inactive","verifiable_addresses":[{"via":"email","value":"KIM@example.org","verified":true}]}}""");
        var result = await host.Runner.AfterRegistrationBeforeWriteAsync(host.Subject(FlowKind.Registration), Draft, "password");
        host.Receiver.Calls.Select(c => c.Path).ShouldBe(["/first", "/second"]);
        host.Receiver.Calls.ShouldAllBe(c => c.Json.GetProperty("id").GetGuid() == Guid.Empty);
        host.Receiver.Calls.Last().Json.GetProperty("traits").GetProperty("plan").GetString().ShouldBe("team");
        var draft = result.ShouldBeOfType<DraftHookResult.GoOn>().Draft;
        draft.Traits.ShouldBe("""{"email":"kim@example.org","plan":"team"}""");
        (draft.MetadataPublic, draft.MetadataAdmin, draft.ExternalId, draft.State).ShouldBe(("""{"tier":1}""", null, "x-1", "inactive"));
        draft.Addresses.ShouldHaveSingleItem().ShouldBe(new AddressMark("email", "kim@example.org", true));
    }

    [Fact]
    public async Task Traits_that_a_hook_breaks_are_left_to_the_write_to_refuse()
    {
        await using var host = await StartAsync(url => AtRegistration(Hook(url + "/first", Parse), Hook(url + "/second", Parse)));
        host.Receiver.Answer = _ => (200, """{"identity":{"traits":{"color":"red"}}}""");
        var result = await host.Runner.AfterRegistrationBeforeWriteAsync(host.Subject(FlowKind.Registration), Draft, "password");
        result.ShouldBeOfType<DraftHookResult.GoOn>().Draft.Traits.ShouldBe("""{"color":"red"}""");
        host.Receiver.Calls.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_hook_that_may_only_interrupt_changes_nothing()
    {
        await using var host = await StartAsync(url => AtRegistration(Hook(url, Interrupts)));
        host.Receiver.Answer = _ => (200, """{"identity":{"metadata_public":{"tier":1}}}""");
        (await host.Runner.AfterRegistrationBeforeWriteAsync(host.Subject(FlowKind.Registration), Draft, "password")).ShouldBe(new DraftHookResult.GoOn(Draft, false));
        host.Receiver.Calls.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task After_the_write_run_those_that_can_do_nothing_about_it()
    {
        await using var host = await StartAsync(url => AtRegistration(Hook(url + "/gate", Parse), Hook(url + "/first", body: About), new HookConfig { Hook = "session" }, Hook(url + "/second")));
        (await host.Runner.AfterRegistrationAsync(host.Subject(FlowKind.Registration, Ada), "password")).ShouldBeNull();
        host.Receiver.Calls.Select(c => c.Path).ShouldBe(["/first", "/second"]);
        host.Receiver.Calls.First().Json.GetProperty("id").GetGuid().ShouldBe(Ada.Id);
        host.Config.SelfService.Flows.Registration.After.HooksFor("password").Has(HookLists.Session).ShouldBeTrue();
        host.Config.SelfService.Flows.Registration.After.HooksFor("code").Has(HookLists.Session).ShouldBeFalse();
    }

    [Fact]
    public async Task The_first_hook_that_fails_after_the_write_is_the_last()
    {
        await using var host = await StartAsync(url => AtRegistration(Hook(url + "/first"), Hook(url + "/second")));
        host.Receiver.Answer = _ => (400, "{}");
        (await host.Runner.AfterRegistrationAsync(host.Subject(FlowKind.Registration, Ada), "password"))!.Code.ShouldBe(502);
        host.Receiver.Calls.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Changed_settings_keep_their_id_and_other_sessions_may_end_with_them()
    {
        await using var host = await StartAsync(url => AtSettings(new HookConfig { Hook = "revoke_active_sessions" }, Hook(url, Parse, About)));
        host.Receiver.Answer = _ => (200, """{"identity":{"metadata_public":{"checked":true}}}""");
        var before = new IdentityState(Ada, new Dictionary<string, Credential>());
        var draft = IdentityDraft.From(before) with { ReadTraits = false };
        var result = await host.Runner.AfterSettingsBeforeWriteAsync(host.Subject(FlowKind.Settings, Ada, AdasSession), before, draft, "password");
        var goOn = result.ShouldBeOfType<DraftHookResult.GoOn>();
        goOn.RevokeOthers.ShouldBeTrue();
        (goOn.Draft.MetadataPublic, goOn.Draft.ReadTraits).ShouldBe(("""{"checked":true}""", false));
        host.Receiver.Calls.ShouldHaveSingleItem().Json.GetProperty("id").GetGuid().ShouldBe(Ada.Id);
    }

    [Fact]
    public async Task Refused_settings_come_with_their_messages()
    {
        await using var host = await StartAsync(url => AtSettings(Hook(url, Interrupts)));
        host.Receiver.Answer = _ => (400, """{"messages":[{"instance_ptr":"#/traits/plan","messages":[{"id":8001,"text":"Sold out","type":"error"}]}]}""");
        var before = new IdentityState(Ada, new Dictionary<string, Credential>());
        var result = await host.Runner.AfterSettingsBeforeWriteAsync(host.Subject(FlowKind.Settings, Ada), before, IdentityDraft.From(before), "profile");
        result.ShouldBeOfType<DraftHookResult.Refused>().Messages.ShouldHaveSingleItem().ShouldBe(new FieldText("#/traits/plan", new UiText(8001, "Sold out", UiTextType.Error)));
    }

    [Fact]
    public async Task Login_runs_the_methods_own_list_in_its_order()
    {
        await using var host = await StartAsync(url => new FlowsConfig
        {
            Login = new LoginFlowConfig
            {
                After = new LoginAfter
                {
                    Hooks = [Hook(url + "/general")],
                    Password = new MethodAfter { Hooks = [Hook(url + "/one"), new HookConfig { Hook = "revoke_active_sessions" }, Hook(url + "/two", Parse)] },
                },
            },
        });
        (await host.LoginAsync()).ShouldBe(new HookResult.GoOn(true));
        host.Receiver.Calls.Select(c => c.Path).ShouldBe(["/one", "/two"]);
    }

    [Fact]
    public async Task Recovery_and_verification_tell_their_hooks()
    {
        await using var host = await StartAsync(url => new FlowsConfig
        {
            Recovery = new RecoveryFlowConfig { After = new PlainAfter { Hooks = [Hook(url + "/recovered"), new HookConfig { Hook = "revoke_active_sessions" }] } },
            Verification = new VerificationFlowConfig { After = new PlainAfter { Hooks = [Hook(url + "/verified")] } },
        });
        (await host.Runner.AfterRecoveryAsync(host.Subject(FlowKind.Recovery, Ada))).ShouldBe(new HookResult.GoOn(true));
        (await host.Runner.AfterVerificationAsync(host.Subject(FlowKind.Verification, Ada))).ShouldBe(new HookResult.GoOn(false));
        host.Receiver.Calls.Select(c => c.Path).ShouldBe(["/recovered", "/verified"]);
    }

    [Theory]
    [InlineData("[]", 500)]
    [InlineData("""[{"id":"018f0000-0000-7000-8000-000000000001","value":"a@x.org","verified":false,"via":"email","status":"sent","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}]""", 403)]
    [InlineData("""[{"id":"018f0000-0000-7000-8000-000000000001","value":"a@x.org","verified":true,"via":"email","status":"completed","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"}]""", 0)]
    public async Task A_verified_address_may_be_demanded_of_who_has_one_at_all(string addresses, int outcome)
    {
        await using var host = await StartAsync(_ => AtLogin(new HookConfig { Hook = "require_verified_address" }));
        var result = await host.Runner.AfterLoginAsync(host.Subject(identity: Ada with { VerifiableAddressesJson = addresses }), "password");
        (result switch
        {
            HookResult.Failed f => f.Error.Id == "invalid_configuration" ? f.Error.Code : -1,
            HookResult.MustVerify must => must.Address.Value == "a@x.org" ? 403 : -1,
            _ => 0,
        }).ShouldBe(outcome);
    }

    [Fact]
    public async Task Every_fault_of_a_template_or_header_is_told_at_once_with_its_key()
    {
        await using var host = await StartAsync(_ => new FlowsConfig());
        var broken = new FlowsConfig
        {
            Login = new LoginFlowConfig
            {
                Before = new BeforeHooks { Hooks = [new HookConfig { Hook = "web_hook", Config = new HookSettings { Url = "http://x", Body = "file:///nowhere/at/all.jsonnet" } }] },
                After = new LoginAfter { Password = new MethodAfter { Hooks = [Hook("http://x"), Hook("http://x", body: "function(ctx) {")] } },
            },
            Settings = new SettingsFlowConfig { After = new SettingsAfter { Profile = new MethodAfter { Hooks = [Hook("http://x", new HookSettings { Headers = new Dictionary<string, string> { ["Content-Type"] = "text/xml", ["X-A"] = "a\r\nb" } })] } } },
            Verification = new VerificationFlowConfig { After = new PlainAfter { Hooks = [Hook("http://x", body: """{ "a": "{{ ctx." }""")] } },
        };
        var faults = await host.PrepareAsync(host.Config with { SelfService = new SelfServiceConfig { Flows = broken } });
        faults.Select(f => f.Path).Order().ShouldBe(
        [
            "selfservice.flows.login.after.password.hooks.1.config.body",
            "selfservice.flows.login.before.hooks.0.config.body",
            "selfservice.flows.settings.after.profile.hooks.0.config.headers.Content-Type",
            "selfservice.flows.settings.after.profile.hooks.0.config.headers.X-A",
            "selfservice.flows.verification.after.hooks.0.config.body",
        ]);
    }

    [Fact]
    public async Task Who_began_under_a_former_configuration_still_finds_its_templates()
    {
        await using var host = await StartAsync(url => AtLogin(Hook(url, body: About)));
        var subject = host.Subject(identity: Ada);
        (await host.PrepareAsync(host.Config with { SelfService = new SelfServiceConfig { Flows = AtLogin(Hook(host.Receiver.Url, body: """{ "new": true }""")) } })).ShouldBeEmpty();
        (await host.Runner.AfterLoginAsync(subject, "password")).ShouldBeOfType<HookResult.GoOn>();
        host.Receiver.Calls.ShouldHaveSingleItem().Json.GetProperty("id").GetGuid().ShouldBe(Ada.Id);
    }
}

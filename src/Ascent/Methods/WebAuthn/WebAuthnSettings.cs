using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Settings;
using Ascent.Identities;
using Ascent.Methods.WebAuthn.Ceremony;
using Ascent.Sessions;

namespace Ascent.Methods.WebAuthn;

/// <summary>Security keys in the settings: the list, one more with a name, one less. Native apps are not asked.</summary>
internal sealed class WebAuthnSettings(Ceremonies ceremonies) : ISettingsMethod
{
    private const string RegisterName = "webauthn_register", DisplayName = "webauthn_register_displayname", TriggerName = "webauthn_register_trigger", RemoveName = "webauthn_remove";
    private const string Function = "oryWebAuthnRegistration";
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    public string Name => CredentialTypes.WebAuthn;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Webauthn.Enabled;

    public bool Claims(JsonObject body) => body.Text(RegisterName) is not null || body.Text(RemoveName) is not null;

    public bool EnrolsSecondFactor(SettingsSubmission submission) =>
        WebAuthnLogin.AalOf(submission.Config) == SessionAal.Aal2 && submission.Text(RegisterName) is not null && submission.Text(RemoveName) is null;

    public Task PopulateAsync(SettingsForm form, CancellationToken ct)
    {
        if (form.Flow.IsApi) return Task.CompletedTask;
        var ring = KeyRing.Of(form.State, Name);
        foreach (var key in ring.All)
            form.Ui.Append(KeyNodes.Remove(NodeGroups.WebAuthn, RemoveName, key, KeyChanges.IsLast(form.State, key, form.Config), UiMessages.SettingsWebAuthnRemove(key.DisplayName, key.AddedAt)));
        var handle = ring.Handle ?? WebAuthnLogin.HandleOf(form.Identity.Id);
        AskForNewKey(form.Ui, form.Config, Ceremonies.Begin(form.Flow, Name, handle), handle, ring.All, MessageIds.SettingsWebAuthnAdd);
        return Task.CompletedTask;
    }

    public Task<SettingsResult> SubmitAsync(SettingsSubmission submission, CancellationToken ct) => Task.FromResult(Submit(submission));

    /// <summary>The nodes that make a key, the same in settings and registrations.</summary>
    public static void AskForNewKey(UiContainer ui, AscentConfig config, byte[] challenge, byte[] handle, IReadOnlyList<StoredKey> keys, int label)
    {
        var party = config.SelfService.Methods.Webauthn.Config.Rp;
        var options = CeremonyOptions.ToJson(new CeremonyOptions.Creation(party, challenge, Timeout, CeremonyWish.Discouraged, handle, party.DisplayName) { Keys = keys });
        KeyNodes.AddScript(ui, config);
        ui.Append(UiNode.Input(NodeGroups.WebAuthn, DisplayName, InputTypes.Text, "", UiMessages.Of(MessageIds.SettingsWebAuthnName)));
        ui.Append(UiNode.Hidden(NodeGroups.WebAuthn, RegisterName, ""));
        ui.Append(KeyNodes.TriggerWith(NodeGroups.WebAuthn, TriggerName, Function, options, UiMessages.Of(label)));
    }

    private SettingsResult Submit(SettingsSubmission submission)
    {
        if (submission.Flow.IsApi) return new SettingsResult.Refused(new FieldText("", UiMessages.Of(MessageIds.SettingsNoMethod)));
        if (submission.Text(RemoveName) is { } remove) return KeyChanges.Remove(submission, Name, remove);
        if (submission.Text(RegisterName) is not { } sent) return new SettingsResult.Refused(new FieldText("", UiMessages.Of(MessageIds.SettingsNoMethod)));
        if (AttestationAnswer.Parse(sent) is not { } answer) return new SettingsResult.Refused(new FieldText("", UiMessages.Invalid("The security key's answer cannot be read. Please try again.")));
        if (submission.Text(DisplayName) is not { } name) return new SettingsResult.Refused(new FieldText("#/" + DisplayName, UiMessages.Required(DisplayName)));
        var (c, flow) = (submission.Context, submission.Flow);
        if (ceremonies.Register(c, flow, Name, submission.Config.SelfService.Methods.Webauthn.Config.Rp, answer, requiresUserVerification: false) is not { } key)
            return new SettingsResult.Refused(new FieldText("", UiMessages.Of(MessageIds.WebAuthnInvalid)));
        if (KeyChanges.Refusal(submission.State, key.Id, RegisterName) is { } known) return new SettingsResult.Refused(known);
        var aal = WebAuthnLogin.AalOf(submission.Config);
        return new SettingsResult.Saved(KeyChanges.Add(Name, key.Id, StoredKey.New(key, name, aal == SessionAal.Aal1, answer.Transports, c.Now), Ceremonies.Handle(flow, Name)!))
        {
            AddsMethod = new AuthenticationMethod { Method = Name, Aal = aal, CompletedAt = c.Now },
        };
    }
}

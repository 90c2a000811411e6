using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Settings;
using Ascent.Identities;
using Ascent.Methods.WebAuthn;
using Ascent.Methods.WebAuthn.Ceremony;
using Ascent.Schemas;
using Ascent.Sessions;

namespace Ascent.Methods.Passkey;

/// <summary>Passkeys in the settings: the list, one more, one less.</summary>
internal sealed class PasskeySettings(Ceremonies ceremonies, SchemaStore schemas) : ISettingsMethod
{
    private const string RegisterName = "passkey_settings_register", TriggerName = "passkey_register_trigger", RemoveName = "passkey_remove", OptionsName = "passkey_create_data";
    private const string Function = "oryPasskeySettingsRegistration";

    public string Name => CredentialTypes.Passkey;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Passkey.Enabled;

    public bool Claims(JsonObject body) => body.Text(RegisterName) is not null || body.Text(RemoveName) is not null;

    public Task PopulateAsync(SettingsForm form, CancellationToken ct)
    {
        var ui = form.Ui;
        var ring = KeyRing.Of(form.State, Name);
        foreach (var key in ring.All)
            ui.Append(KeyNodes.Remove(NodeGroups.Passkey, RemoveName, key, KeyChanges.IsLast(form.State, key, form.Config), UiMessages.SettingsPasskeyRemove(key.DisplayName, key.AddedAt)));
        var handle = ring.Handle ?? PasskeyHandle.New();
        var creation = PasskeyHandle.Creation(form.Config, Ceremonies.Begin(form.Flow, Name, handle), handle, NameOf(form)) with { Keys = ring.All };
        if (!form.Flow.IsApi) KeyNodes.AddScript(ui, form.Config);
        ui.Append(KeyNodes.Trigger(NodeGroups.Passkey, TriggerName, "", Function, form.Flow.IsApi, UiMessages.Of(MessageIds.SettingsPasskeyAdd)));
        ui.Append(UiNode.Hidden(NodeGroups.Passkey, RegisterName, null));
        ui.Append(UiNode.Hidden(NodeGroups.Passkey, OptionsName, CeremonyOptions.ToJson(creation)));
        return Task.CompletedTask;
    }

    public Task<SettingsResult> SubmitAsync(SettingsSubmission submission, CancellationToken ct) => Task.FromResult(Submit(submission));

    private SettingsResult Submit(SettingsSubmission submission)
    {
        if (submission.Text(RemoveName) is { } remove) return KeyChanges.Remove(submission, Name, remove);
        if (submission.Text(RegisterName) is not { } sent) return new SettingsResult.Refused(new FieldText("", UiMessages.Of(MessageIds.SettingsNoMethod)));
        if (AttestationAnswer.Parse(sent) is not { } answer) return new SettingsResult.Refused(new FieldText("", UiMessages.Invalid("The passkey's answer cannot be read. Please try again.")));
        var (c, flow, settings) = (submission.Context, submission.Flow, submission.Config.SelfService.Methods.Passkey.Config);
        if (ceremonies.Register(c, flow, Name, settings.Rp, answer, settings.AuthenticatorSelection.UserVerification == CeremonyWish.Required) is not { } key)
            return new SettingsResult.Refused(new FieldText("", UiMessages.Of(MessageIds.WebAuthnInvalid)));
        if (KeyChanges.Refusal(submission.State, key.Id, RegisterName) is { } known) return new SettingsResult.Refused(known);
        return new SettingsResult.Saved(KeyChanges.Add(Name, key.Id, StoredKey.New(key, "", passwordless: true, answer.Transports, c.Now), Ceremonies.Handle(flow, Name)!))
        {
            AddsMethod = new AuthenticationMethod { Method = Name, Aal = SessionAal.Aal1, CompletedAt = c.Now },
        };
    }

    /// <summary>What the authenticator shows: the trait that the schema names for it, else what the identity signs in with.</summary>
    private string NameOf(SettingsForm form)
    {
        var facts = schemas.Current.Find(form.Identity.SchemaId)?.Validate(JsonElement.Parse(form.Identity.Traits)).Facts ?? TraitFacts.None;
        return facts.PasskeyDisplayNames is [var name, ..] ? name
            : form.Credential(CredentialTypes.Password)?.Identifiers is [var identifier, ..] ? identifier
            : form.Config.SelfService.Methods.Passkey.Config.Rp.DisplayName;
    }
}

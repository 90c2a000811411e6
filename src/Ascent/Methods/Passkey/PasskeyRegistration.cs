using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Registration;
using Ascent.Identities;
using Ascent.Methods.WebAuthn;
using Ascent.Methods.WebAuthn.Ceremony;
using Ascent.Schemas;
using Ascent.Sessions;

namespace Ascent.Methods.Passkey;

/// <summary>Signing up with a passkey. The page names it after what was typed into the fields that the schema says.</summary>
internal sealed class PasskeyRegistration(Ceremonies ceremonies) : IRegistrationMethod
{
    private const string RegisterName = "passkey_register", TriggerName = "passkey_register_trigger", OptionsName = "passkey_create_data", Function = "oryPasskeyRegistration";

    public string Name => CredentialTypes.Passkey;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Passkey.Enabled;

    /// <summary>Without the key's answer there is nothing to do, whatever method is named; some pages send <c>true</c> for one that is empty.</summary>
    public bool Claims(JsonObject body, AscentConfig config) => body.Text(RegisterName) is not (null or "true") && WebAuthnRegistration.KeyAnswerNamed(body, Name, RegisterName);

    public Task PopulateAsync(RegistrationForm form, CancellationToken ct)
    {
        if (form.Stage == RegistrationStage.Profile) return Task.CompletedTask;
        form.AskTraits();
        form.EnsureCsrf();
        // A passkey is kept under a name that its owner knows; a schema without one has no passkeys to sign up by.
        if (NameFields(form.Schema) is not { Count: > 0 } names) return Task.CompletedTask;
        var handle = PasskeyHandle.New();
        var creation = PasskeyHandle.Creation(form.Config, Ceremonies.Begin(form.Flow, Name, handle), handle, form.Config.SelfService.Methods.Passkey.Config.Rp.DisplayName);
        form.Ui.Append(UiNode.Hidden(NodeGroups.Passkey, OptionsName, CeremonyOptions.ToJson(creation, names)));
        form.Ui.Append(KeyNodes.Trigger(NodeGroups.Passkey, TriggerName, null, Function, form.Flow.IsApi, UiMessages.Of(MessageIds.RegistrationPasskey)));
        form.Ui.Append(UiNode.Hidden(NodeGroups.Passkey, RegisterName, null));
        if (!form.Flow.IsApi) KeyNodes.AddScript(form.Ui, form.Config);
        return Task.CompletedTask;
    }

    public Task<RegistrationResult> SubmitAsync(RegistrationSubmission submission, CancellationToken ct) => Task.FromResult(Submit(submission));

    public LoginHint? HintFor(IdentityState state, AscentConfig config) => KeyRing.Of(state, Name).All.Count > 0 ? new LoginHint(Name) : null;

    private RegistrationResult Submit(RegistrationSubmission submission)
    {
        var (c, flow, settings) = (submission.Context, submission.Flow, submission.Config.SelfService.Methods.Passkey.Config);
        if (!submission.Traits.IsValid) return new RegistrationResult.Refused(submission.Traits.Messages);
        if (AttestationAnswer.Parse(submission.Text(RegisterName)!) is not { } answer) return new RegistrationResult.Refused(new FieldText("", UiMessages.Invalid("The passkey's answer cannot be read. Please try again.")));
        if (ceremonies.Register(c, flow, Name, settings.Rp, answer, settings.AuthenticatorSelection.UserVerification == CeremonyWish.Required) is not { } key)
            return new RegistrationResult.Refused(new FieldText("", UiMessages.Of(MessageIds.WebAuthnInvalid)));
        var ring = KeyRing.Of(null);
        ring.Add(StoredKey.New(key, "", passwordless: true, answer.Transports, c.Now), Ceremonies.Handle(flow, Name)!);
        return new RegistrationResult.Accepted(submission.Draft().With(Name, ring.ToConfig()), new AuthenticationMethod { Method = Name, Aal = SessionAal.Aal1, CompletedAt = c.Now });
    }

    /// <summary>What the schema names for it or finds security keys by; where it does neither, its first trait without a title, as it always was.</summary>
    private static IReadOnlyList<string> NameFields(IdentitySchema schema)
    {
        List<string> named = [.. schema.Fields.Where(f => f.Role.PasskeyDisplayName || f.Role.WebAuthnIdentifier).Select(f => f.Name).Order(StringComparer.Ordinal)];
        return named.Count > 0 ? named : [.. schema.Fields.Where(f => string.IsNullOrEmpty(f.Title)).Take(1).Select(f => f.Name)];
    }
}

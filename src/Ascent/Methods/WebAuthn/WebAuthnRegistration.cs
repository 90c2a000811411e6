using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Messages;
using Ascent.Flows.Registration;
using Ascent.Identities;
using Ascent.Methods.WebAuthn.Ceremony;
using Ascent.Sessions;

namespace Ascent.Methods.WebAuthn;

/// <summary>Signing up with a security key instead of a password, where the configuration has keys as a first factor. Native apps are not asked.</summary>
internal sealed class WebAuthnRegistration(Ceremonies ceremonies) : IRegistrationMethod
{
    private const string RegisterName = "webauthn_register", DisplayName = "webauthn_register_displayname";

    // The most that an authenticator keeps (section 14.6.1).
    private const int HandleLength = 64;

    public string Name => CredentialTypes.WebAuthn;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Webauthn is { Enabled: true, Config.Passwordless: true };

    public bool Claims(JsonObject body, AscentConfig config) => KeyAnswerNamed(body, Name, RegisterName);

    /// <summary>The method that a submission names; the key's answer speaks for itself where it names none.</summary>
    public static bool KeyAnswerNamed(JsonObject body, string method, string field) =>
        body.Text("method") is { } named ? named == method : body.Text(field) is not null;

    public Task PopulateAsync(RegistrationForm form, CancellationToken ct)
    {
        if (form.Stage == RegistrationStage.Profile || form.Flow.IsApi) return Task.CompletedTask;
        form.AskTraits();
        form.EnsureCsrf();
        var handle = RandomNumberGenerator.GetBytes(HandleLength);
        WebAuthnSettings.AskForNewKey(form.Ui, form.Config, Ceremonies.Begin(form.Flow, Name, handle), handle, [], MessageIds.RegistrationSecurityKey);
        return Task.CompletedTask;
    }

    public Task<RegistrationResult> SubmitAsync(RegistrationSubmission submission, CancellationToken ct) => Task.FromResult(Submit(submission));

    public LoginHint? HintFor(IdentityState state, AscentConfig config) => KeyRing.Of(state, Name).Passwordless.Count > 0 ? new LoginHint(Name) : null;

    private RegistrationResult Submit(RegistrationSubmission submission)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (flow.IsApi) return new RegistrationResult.Refused(new FieldText("", UiMessages.Of(MessageIds.RegistrationNoMethod)));
        if (!submission.Traits.IsValid) return new RegistrationResult.Refused(submission.Traits.Messages);
        if (submission.Text(RegisterName) is not { } sent) return new RegistrationResult.Refused(new FieldText("#/" + RegisterName, UiMessages.Required(RegisterName)));
        if (AttestationAnswer.Parse(sent) is not { } answer) return new RegistrationResult.Refused(new FieldText("", UiMessages.Invalid("The security key's answer cannot be read. Please try again.")));
        if (submission.Traits.Check.Facts.WebAuthnIdentifiers.Count == 0) return new RegistrationResult.Refused(new FieldText("", UiMessages.Of(MessageIds.NoIdentifier)));
        if (ceremonies.Register(c, flow, Name, submission.Config.SelfService.Methods.Webauthn.Config.Rp, answer, requiresUserVerification: false) is not { } key)
            return new RegistrationResult.Refused(new FieldText("", UiMessages.Of(MessageIds.WebAuthnInvalid)));
        var ring = KeyRing.Of(null);
        ring.Add(StoredKey.New(key, submission.Text(DisplayName) ?? "", passwordless: true, answer.Transports, c.Now), Ceremonies.Handle(flow, Name)!);
        return new RegistrationResult.Accepted(submission.Draft().With(Name, ring.ToConfig()), new AuthenticationMethod { Method = Name, Aal = SessionAal.Aal1, CompletedAt = c.Now });
    }
}

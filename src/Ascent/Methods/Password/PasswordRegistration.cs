using Ascent.Config;
using Ascent.Crypto.Hashing;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Registration;
using Ascent.Identities;
using Ascent.Sessions;

namespace Ascent.Methods.Password;

/// <summary>
/// Signing up with a password. It is hashed before anybody looks whether the identifier is free, so that a taken one takes no
/// less time.
/// </summary>
internal sealed class PasswordRegistration(PasswordHasher hasher, PasswordPolicy policy) : IRegistrationMethod
{
    private const string Password = "password";

    public string Name => CredentialTypes.Password;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Password.Enabled;

    public Task PopulateAsync(RegistrationForm form, CancellationToken ct)
    {
        if (form.Stage == RegistrationStage.Profile) return Task.CompletedTask;
        form.AskTraits();
        form.EnsureCsrf();
        form.Ui.Upsert(UiNode.Input(NodeGroups.Password, Password, InputTypes.Password, label: UiMessages.Of(MessageIds.NodePassword), required: true, autocomplete: Autocomplete.NewPassword));
        form.Ui.Append(UiNode.Method(CredentialTypes.Password, UiMessages.Of(MessageIds.RegistrationSubmit)));
        return Task.CompletedTask;
    }

    public async Task<RegistrationResult> SubmitAsync(RegistrationSubmission submission, CancellationToken ct)
    {
        var missing = new List<FieldText>(submission.Traits.Messages);
        var password = submission.Text(Password);
        if (password is null) missing.Add(new FieldText("#/password", UiMessages.Required(Password)));
        if (password is null || !submission.Traits.IsValid) return new RegistrationResult.Refused(missing);

        var identifiers = submission.Traits.Check.Facts.PasswordIdentifiers;
        if (identifiers.Count == 0) return new RegistrationResult.Refused(new FieldText("", UiMessages.Of(MessageIds.NoIdentifier)));
        if (await policy.CheckAsync(password, identifiers, submission.Config, ct) is { } fault) return new RegistrationResult.Refused(new FieldText("#/password", fault));
        return new RegistrationResult.Accepted(
            submission.Draft().With(CredentialTypes.Password, PasswordCredentials.Config(await hasher.HashAsync(password, ct, submission.Context.Hashing))),
            new AuthenticationMethod { Method = Name, Aal = SessionAal.Aal1, CompletedAt = submission.Context.Now });
    }

    public LoginHint? HintFor(IdentityState state, AscentConfig config) =>
        state.Credentials.TryGetValue(CredentialTypes.Password, out var credential) && PasswordCredentials.Read(credential) is not null ? new LoginHint(CredentialTypes.Password) : null;
}

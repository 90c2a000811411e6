using Ascent.Config;
using Ascent.Crypto.Hashing;
using Ascent.Flows.Login;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Identities;
using Ascent.Schemas;
using Ascent.Sessions;

namespace Ascent.Methods.Password;

/// <summary>
/// Signing in with a password. An unknown identifier, an account without a password and a wrong password cost the same hash and
/// get the same answer.
/// </summary>
internal sealed class PasswordLogin(IdentityStore identities, PasswordHasher hasher, PasswordCredentials credentials) : ILoginMethod
{
    private const string Password = "password";

    public string Name => CredentialTypes.Password;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Password.Enabled;

    public bool ServesAal(string aal, AscentConfig config) => aal == SessionAal.Aal1;

    public string? Claimed(LoginSubmission submission) => submission.Text(LoginNodes.Identifier) ?? submission.Text("password_identifier");

    public Task PopulateAsync(LoginForm form, CancellationToken ct)
    {
        switch (form.Stage)
        {
            case LoginStage.FirstFactor:
                LoginNodes.AskIdentifier(form);
                Append(form, MessageIds.LoginPassword);
                break;
            case LoginStage.Credentials when form.Identity is null || PasswordCredentials.Hash(form.Identity) is not null:
                LoginNodes.KeepIdentifier(form, form.Identifier ?? "");
                Append(form, MessageIds.LoginPassword);
                break;
            case LoginStage.Refresh when form.Identity is { } state && state.Credentials.TryGetValue(Name, out var own) && own.Identifiers.Count > 0 && PasswordCredentials.Read(own) is not null:
                LoginNodes.KeepIdentifier(form, form.Identifier ?? own.Identifiers[0]);
                Append(form, MessageIds.LoginSubmit);
                break;
        }
        return Task.CompletedTask;
    }

    public async Task<LoginResult> SubmitAsync(LoginSubmission submission, CancellationToken ct)
    {
        var identifier = Claimed(submission);
        var password = submission.Text(Password);
        var missing = new List<FieldText>();
        if (identifier is null) missing.Add(new FieldText("#/identifier", UiMessages.Required("identifier")));
        if (password is null) missing.Add(new FieldText("#/password", UiMessages.Required(Password)));
        if (missing.Count > 0) return new LoginResult.Refused(missing);

        var nid = submission.Context.Nid;
        var match = await identities.FindByCredentialIdentifierAsync(nid, Name, Identifiers.Normalize(identifier!), ct);
        if (match is null || PasswordCredentials.Read(match.Credential) is not { } stored)
        {
            await hasher.BurnAsync(password!, ct, submission.Context.Hashing);
            return Wrong(identifier!);
        }
        if (!await credentials.VerifyAsync(submission.Context, match, stored, identifier!, password!, ct)) return Wrong(identifier!, match.Identity.Id);
        return new LoginResult.Proven(match.Identity, new AuthenticationMethod { Method = Name, Aal = SessionAal.Aal1, CompletedAt = submission.Context.Now }) { IsWhoWasClaimed = true };
    }

    private static LoginResult.Refused Wrong(string identifier, Guid? identityId = null) => new(new FieldText("", UiMessages.Of(MessageIds.InvalidCredentials))) { Subject = identifier, IdentityId = identityId };

    private static void Append(LoginForm form, int label)
    {
        form.EnsureCsrf();
        form.Flow.Ui.Upsert(UiNode.Input(NodeGroups.Password, Password, InputTypes.Password, label: UiMessages.Of(MessageIds.NodePassword), required: true, autocomplete: Autocomplete.CurrentPassword));
        form.Flow.Ui.Append(UiNode.Method(CredentialTypes.Password, UiMessages.Of(label)));
    }
}

using Ascent.Config;
using Ascent.Crypto.Hashing;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Settings;
using Ascent.Identities;

namespace Ascent.Methods.Password;

/// <summary>A new password, for who has one and for who has none yet. The old one is not asked for: a recent sign-in is.</summary>
internal sealed class PasswordChange(PasswordHasher hasher, PasswordPolicy policy) : ISettingsMethod
{
    private const string Password = "password", Pointer = "#/password";

    public string Name => CredentialTypes.Password;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Password.Enabled;

    public Task PopulateAsync(SettingsForm form, CancellationToken ct)
    {
        form.Ui.Append(UiNode.Input(NodeGroups.Password, Password, InputTypes.Password, label: UiMessages.Of(MessageIds.NodePassword), required: true, autocomplete: Autocomplete.NewPassword));
        form.Ui.Append(UiNode.Method(Name, UiMessages.Of(MessageIds.NodeSave)));
        return Task.CompletedTask;
    }

    public async Task<SettingsResult> SubmitAsync(SettingsSubmission submission, CancellationToken ct)
    {
        if (submission.Text(Password) is not { } password) return Refused(UiMessages.Required(Password));
        var known = submission.Credential(Name);
        if (await policy.CheckAsync(password, known?.Identifiers ?? [], submission.Config, ct) is { } objection) return Refused(objection);
        if (PasswordCredentials.Hash(submission.State) is { } before && await hasher.VerifyAsync(password, before, ct, submission.Context.Hashing)) return Refused(UiMessages.Of(MessageIds.PasswordUnchanged));
        var config = PasswordCredentials.Config(await hasher.HashAsync(password, ct, submission.Context.Hashing));
        // A first password takes its identifiers from the traits; a further one leaves them as they are.
        return new SettingsResult.Saved(state => new IdentityEdit.Apply((IdentityDraft.From(state) with { ReadTraits = !state.Credentials.ContainsKey(CredentialTypes.Password) }).With(CredentialTypes.Password, config)));
    }

    private static SettingsResult.Refused Refused(UiText text) => new(new FieldText(Pointer, text));
}

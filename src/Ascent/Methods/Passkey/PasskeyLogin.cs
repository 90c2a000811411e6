using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Login;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Identities;
using Ascent.Methods.WebAuthn;
using Ascent.Methods.WebAuthn.Ceremony;
using Ascent.Schemas;
using Ascent.Sessions;

namespace Ascent.Methods.Passkey;

/// <summary>
/// Signing in with a passkey: the authenticator's user handle says who it is, its signature proves it. Security keys that were made to
/// sign in without a password answer as passkeys do, so a handle that is no passkey's is looked for among theirs.
/// </summary>
internal sealed class PasskeyLogin(IdentityStore identities, SchemaStore schemas, Ceremonies ceremonies, KeyUse use) : ILoginMethod
{
    private const string AnswerName = "passkey_login", TriggerName = "passkey_login_trigger", ChallengeName = "passkey_challenge";
    private const string Function = "oryPasskeyLogin", AutofillFunction = "oryPasskeyLoginAutocompleteInit";

    public string Name => CredentialTypes.Passkey;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Passkey.Enabled;

    public bool ServesAal(string aal, AscentConfig config) => aal == SessionAal.Aal1;

    public bool Claims(JsonObject body) => body.Text(AnswerName) is not null;

    public Task PopulateAsync(LoginForm form, CancellationToken ct)
    {
        switch (form.Stage)
        {
            case LoginStage.FirstFactor:
                LoginNodes.AskIdentifier(form, Autocomplete.UsernameWebAuthn);
                Ask(form, autofill: true, []);
                OfferButton(form);
                break;
            case LoginStage.Identify:
                // Whoever has a passkey in the browser's list is in without naming themselves; the button is the second form's.
                Ask(form, autofill: true, []);
                break;
            case LoginStage.Credentials when form.Identity is null || KeysOf(form.Identity).Count > 0:
                // The ceremony of the first form goes on: another challenge would void an answer that is on its way.
                if (form.Flow.Ui.Find(ChallengeName) is null) Ask(form, autofill: true, []);
                OfferButton(form);
                break;
            case LoginStage.Refresh when form.Identity is { } state && KeysOf(state) is { Count: > 0 } keys:
                if (NameOf(state.Identity) is { } name) LoginNodes.KeepIdentifier(form, name);
                else if (form.Flow.Ui.Find(LoginNodes.Identifier) is null) LoginNodes.KeepIdentifier(form, "");
                Ask(form, autofill: false, keys);
                OfferButton(form);
                break;
        }
        return Task.CompletedTask;
    }

    public async Task<LoginResult> SubmitAsync(LoginSubmission submission, CancellationToken ct)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (submission.Text(AnswerName) is not { } sent) return new LoginResult.Elsewhere(FlowAnswers.PageOf(c, flow));
        if (AssertionAnswer.Parse(sent) is not { } answer) return Refuse(UiMessages.Invalid("The passkey's answer cannot be read. Please try again."));
        if (answer.UserHandle is not { Length: > 0 } handle || await FindAsync(c.Nid, handle, answer.Id, ct) is not { } match)
            return Refuse(UiMessages.Of(MessageIds.NoSecurityKey)) with { Subject = "" };
        var (identity, type, ring) = (match.Identity, match.Credential.Type, KeyRing.Of(match.Credential));
        if (ring.Handle is not { } known || ring.Find(answer.Id) is not { } key || !(type == Name || key.IsPasswordless)) return NotAccepted(identity.Id);
        var settings = submission.Config.SelfService.Methods.Passkey.Config;
        var evidence = ceremonies.Assert(flow, Name, settings.Rp, key, known, requiresHandle: true, answer, settings.AuthenticatorSelection.UserVerification == CeremonyWish.Required);
        if (evidence is null) return NotAccepted(identity.Id);
        return new LoginResult.Proven(identity, new AuthenticationMethod { Method = Name, Aal = SessionAal.Aal1, CompletedAt = c.Now })
        {
            Consume = (tx, token) => use.NoteAsync(tx, c.Nid, identity.Id, type, key.Id, evidence, token),
            Lost = UiMessages.Of(MessageIds.WebAuthnInvalid),
        };
    }

    /// <summary>Whose handle it is; of security keys that were imported with one handle for many, those of who has the key.</summary>
    private async Task<CredentialMatch?> FindAsync(Guid nid, byte[] handle, byte[] key, CancellationToken ct)
    {
        if (await identities.FindByCredentialIdentifierAsync(nid, Name, CredentialPlan.HandleIdentifier(handle), ct) is { } match) return match;
        var keys = await identities.FindByUserHandleAsync(nid, handle, ct);
        return keys.FirstOrDefault(m => KeyRing.Of(m.Credential).Find(key) is not null) ?? (keys is [var first, ..] ? first : null);
    }

    /// <param name="keys">Those that may answer; any that the authenticator knows where none is named.</param>
    private void Ask(LoginForm form, bool autofill, IReadOnlyList<StoredKey> keys)
    {
        var (flow, ui, settings) = (form.Flow, form.Flow.Ui, form.Config.SelfService.Methods.Passkey.Config);
        form.EnsureCsrf();
        var options = new CeremonyOptions.Request(settings.Rp, Ceremonies.Begin(flow, Name), settings.Timeouts.Login, settings.AuthenticatorSelection.UserVerification) { Keys = keys };
        ui.Append(UiNode.Hidden(NodeGroups.Passkey, ChallengeName, CeremonyOptions.ToJson(options)));
        if (!flow.IsApi) KeyNodes.AddScript(ui, form.Config);
        ui.Append(new UiNode
        {
            Group = NodeGroups.Passkey,
            Attributes = new UiAttributes.Input
            {
                Name = AnswerName, Type = InputTypes.Hidden, OnLoad = autofill && !flow.IsApi ? $"window.{AutofillFunction}()" : null, OnLoadTrigger = autofill ? AutofillFunction : null,
            },
        });
    }

    private static void OfferButton(LoginForm form) =>
        form.Flow.Ui.Append(KeyNodes.Trigger(NodeGroups.Passkey, TriggerName, "", Function, form.Flow.IsApi, UiMessages.Of(MessageIds.LoginPasskey)));

    private static IReadOnlyList<StoredKey> KeysOf(IdentityState state) => KeyRing.Of(state, CredentialTypes.Passkey).All;

    /// <summary>What its owner knows the passkey by.</summary>
    private string? NameOf(Identity identity)
    {
        var facts = schemas.Current.Find(identity.SchemaId)?.Validate(JsonElement.Parse(identity.Traits)).Facts ?? TraitFacts.None;
        return facts.PasskeyDisplayNames.Concat(facts.WebAuthnIdentifiers).FirstOrDefault();
    }

    private static LoginResult.Refused NotAccepted(Guid? identity) => Refuse(UiMessages.Of(MessageIds.WebAuthnInvalid)) with { Subject = identity?.ToString() ?? "", IdentityId = identity };

    private static LoginResult.Refused Refuse(UiText message) => new(new FieldText("", message)) { Forget = [AnswerName], LeavesIdentifier = true };
}

using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Login;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Identities;
using Ascent.Methods.WebAuthn;
using Ascent.Methods.WebAuthn.Ceremony;
using Ascent.Sessions;

namespace Ascent.Methods.Passkey;

/// <summary>Signing in with a passkey: the authenticator's user handle says who it is, its signature proves it.</summary>
internal sealed class PasskeyLogin(IdentityStore identities, Ceremonies ceremonies, KeyUse use) : ILoginMethod
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
                Ask(form, autofill: true);
                break;
            case LoginStage.Identify:
                Ask(form, autofill: true);
                break;
            case LoginStage.Credentials when form.Identity is null || HasAny(form.Identity):
                LoginNodes.KeepIdentifier(form, form.Identifier ?? "");
                Ask(form, autofill: false);
                break;
            case LoginStage.Refresh when form.Identity is { } state && HasAny(state):
                if (form.Flow.Ui.Find(LoginNodes.Identifier) is null) LoginNodes.KeepIdentifier(form, "");
                Ask(form, autofill: false);
                break;
        }
        return Task.CompletedTask;
    }

    public async Task<LoginResult> SubmitAsync(LoginSubmission submission, CancellationToken ct)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (submission.Text(AnswerName) is not { } sent) return new LoginResult.Elsewhere(FlowAnswers.PageOf(c, flow));
        if (AssertionAnswer.Parse(sent) is not { } answer) return Refuse(UiMessages.Invalid("The passkey's answer cannot be read. Please try again."));
        if (answer.UserHandle is not { Length: > 0 } handle) return NotAccepted(null);
        if (await identities.FindByCredentialIdentifierAsync(c.Nid, Name, CredentialPlan.HandleIdentifier(handle), ct) is not { } match)
            return Refuse(UiMessages.Of(MessageIds.NoSecurityKey)) with { Subject = "" };
        var identity = match.Identity;
        var ring = KeyRing.Of(match.Credential);
        if (ring.Handle is not { } known || ring.Find(answer.Id) is not { } key) return NotAccepted(identity.Id);
        var settings = submission.Config.SelfService.Methods.Passkey.Config;
        var evidence = ceremonies.Assert(flow, Name, settings.Rp, key, known, requiresHandle: true, answer, settings.AuthenticatorSelection.UserVerification == CeremonyWish.Required);
        if (evidence is null) return NotAccepted(identity.Id);
        return new LoginResult.Proven(identity, new AuthenticationMethod { Method = Name, Aal = SessionAal.Aal1, CompletedAt = c.Now })
        {
            Consume = (tx, token) => use.NoteAsync(tx, c.Nid, identity.Id, Name, key.Id, evidence, token),
            Lost = UiMessages.Of(MessageIds.WebAuthnInvalid),
        };
    }

    private void Ask(LoginForm form, bool autofill)
    {
        var (flow, ui, settings) = (form.Flow, form.Flow.Ui, form.Config.SelfService.Methods.Passkey.Config);
        form.EnsureCsrf();
        var options = new CeremonyOptions.Request(settings.Rp, Ceremonies.Begin(flow, Name), settings.Timeouts.Login, settings.AuthenticatorSelection.UserVerification);
        ui.Append(UiNode.Hidden(NodeGroups.Passkey, ChallengeName, CeremonyOptions.ToJson(options)));
        if (!flow.IsApi) KeyNodes.AddScript(ui, form.Config);
        autofill &= !flow.IsApi;
        ui.Append(new UiNode
        {
            Group = NodeGroups.Passkey,
            Attributes = new UiAttributes.Input
            {
                Name = AnswerName, Type = InputTypes.Hidden, OnLoad = autofill ? $"window.{AutofillFunction}()" : null, OnLoadTrigger = autofill ? AutofillFunction : null,
            },
        });
        ui.Append(KeyNodes.Trigger(NodeGroups.Passkey, TriggerName, "", Function, flow.IsApi, UiMessages.Of(MessageIds.LoginPasskey)));
    }

    private static bool HasAny(IdentityState state) => KeyRing.Of(state, CredentialTypes.Passkey).All.Count > 0;

    private static LoginResult.Refused NotAccepted(Guid? identity) => Refuse(UiMessages.Of(MessageIds.WebAuthnInvalid)) with { Subject = identity?.ToString() ?? "", IdentityId = identity };

    private static LoginResult.Refused Refuse(UiText message) => new(new FieldText("", message)) { Forget = [AnswerName], LeavesIdentifier = true };
}

using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Login;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Identities;
using Ascent.Methods.WebAuthn.Ceremony;
using Ascent.Schemas;
using Ascent.Sessions;

namespace Ascent.Methods.WebAuthn;

/// <summary>
/// Signing in with a security key: as the second factor of who is signed in, or in two steps instead of a password, first naming
/// oneself. Which of the two is the configuration's choice; a key serves only what it was made for. Pages alone have an origin
/// that keys are bound to, so native apps are never asked.
/// </summary>
internal sealed class WebAuthnLogin(IdentityStore identities, Ceremonies ceremonies, KeyUse use) : ILoginMethod
{
    private const string AnswerName = "webauthn_login", TriggerName = "webauthn_login_trigger", Function = "oryWebAuthnLogin", IdentityName = "identity_id";
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    public string Name => CredentialTypes.WebAuthn;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Webauthn.Enabled;

    public bool ServesAal(string aal, AscentConfig config) => aal == AalOf(config);

    public static string AalOf(AscentConfig config) => config.SelfService.Methods.Webauthn.Config.Passwordless ? SessionAal.Aal1 : SessionAal.Aal2;

    public bool Claims(JsonObject body) => body.Text(AnswerName) is not null;

    public Task PopulateAsync(LoginForm form, CancellationToken ct)
    {
        if (form.Flow.IsApi) return Task.CompletedTask;
        switch (form.Stage)
        {
            case LoginStage.FirstFactor:
                form.EnsureCsrf();
                LoginNodes.AskIdentifier(form, Autocomplete.UsernameWebAuthn);
                form.Flow.Ui.Append(UiNode.Method(Name, UiMessages.Of(MessageIds.LoginWebAuthn)));
                break;
            case LoginStage.Credentials when form.Identity is null || KeysOf(form.Identity, form.Config).Count > 0:
                form.EnsureCsrf();
                LoginNodes.KeepIdentifier(form, form.Identifier ?? "");
                form.Flow.Ui.Append(UiNode.Method(Name, UiMessages.Of(MessageIds.LoginWebAuthn)));
                break;
            case LoginStage.Refresh or LoginStage.SecondFactor or LoginStage.SecondFactorRefresh when form.Identity is { } state && KeysOf(state, form.Config) is { Count: > 0 } keys:
                form.EnsureCsrf();
                LoginNodes.KeepIdentifier(form, form.Identifier ?? "");
                AskForKey(form.Flow, form.Config, state.Identity.Id, keys, MessageIds.LoginWebAuthn);
                break;
        }
        return Task.CompletedTask;
    }

    public async Task<LoginResult> SubmitAsync(LoginSubmission submission, CancellationToken ct)
    {
        var flow = submission.Flow;
        if (flow.IsApi) return Refuse(flow, new FieldText("", UiMessages.Of(MessageIds.LoginNoMethod)));
        if (submission.Text(LoginNodes.Identifier) is not { } identifier) return Refuse(flow, new FieldText("#/identifier", UiMessages.Required(LoginNodes.Identifier)));
        if (submission.Text(AnswerName) is not { } answer)
            return flow.RequestedAal == SessionAal.Aal1 && !flow.IsRefresh
                ? await NameOneselfAsync(submission, identifier, ct)
                : Refuse(flow, new FieldText("", UiMessages.Required(AnswerName)));
        if (AssertionAnswer.Parse(answer) is not { } parsed) return Refuse(flow, new FieldText("", UiMessages.Invalid("The security key's answer cannot be read. Please try again.")));
        return await ProveAsync(submission, parsed, ct);
    }

    /// <summary>The first of two steps: the form asks for one of the keys of who was named.</summary>
    private async Task<LoginResult> NameOneselfAsync(LoginSubmission submission, string identifier, CancellationToken ct)
    {
        var flow = submission.Flow;
        var match = await identities.FindByCredentialIdentifierAsync(submission.Context.Nid, Name, Identifiers.Normalize(identifier), ct);
        if (match is null || KeyRing.Of(match.Credential).Passwordless is not { Count: > 0 } keys)
            return Refuse(flow, new FieldText("", UiMessages.Of(MessageIds.NoSecurityKey))) with { Subject = identifier, IdentityId = match?.Identity.Id };
        var csrf = flow.Ui.Find(UiContainer.CsrfName);
        flow.Ui.Nodes.Clear();
        flow.Ui.Append(UiNode.Input(NodeGroups.Default, LoginNodes.Identifier, InputTypes.Hidden, identifier, required: true));
        if (csrf is not null) flow.Ui.Append(csrf);
        AskForKey(flow, submission.Config, match.Identity.Id, keys, MessageIds.LoginContinue);
        if (flow.Ui.Messages.TrueForAll(m => m.Id != MessageIds.LoginWebAuthnPrepare)) flow.Ui.Messages.Add(UiMessages.Of(MessageIds.LoginWebAuthnPrepare));
        return new LoginResult.Elsewhere(FlowAnswers.PageOf(submission.Context, flow));
    }

    private async Task<LoginResult> ProveAsync(LoginSubmission submission, AssertionAnswer answer, CancellationToken ct)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (flow.MemoryOf(Name)[IdentityName] is not JsonValue asked || !asked.TryGetValue<Guid>(out var id) || await identities.StateAsync(c.Nid, id, ct) is not { } state) return NotAccepted(flow, null);
        // Who confirms a session answers for it and for nobody else.
        if (flow.RequestedAal == SessionAal.Aal2 && c.Session?.IdentityId != id) return NotAccepted(flow, id);
        var ring = KeyRing.Of(state, Name);
        if (KeysOf(state, submission.Config).FirstOrDefault(k => k.Id.AsSpan().SequenceEqual(answer.Id)) is not { } key) return NotAccepted(flow, id);
        var evidence = ceremonies.Assert(flow, Name, submission.Config.SelfService.Methods.Webauthn.Config.Rp, key, ring.Handle ?? HandleOf(id), requiresHandle: false, answer, requiresUserVerification: false);
        if (evidence is null) return NotAccepted(flow, id);
        return new LoginResult.Proven(state.Identity, new AuthenticationMethod { Method = Name, Aal = AalOf(submission.Config), CompletedAt = c.Now })
        {
            Consume = (tx, token) => use.NoteAsync(tx, c.Nid, id, Name, key.Id, evidence, token),
            Lost = UiMessages.Of(MessageIds.WebAuthnInvalid),
        };
    }

    private void AskForKey(Flow flow, AscentConfig config, Guid identity, IReadOnlyList<StoredKey> keys, int label)
    {
        var challenge = Ceremonies.Begin(flow, Name);
        flow.MemoryOf(Name)[IdentityName] = identity;
        var options = CeremonyOptions.ToJson(new CeremonyOptions.Request(config.SelfService.Methods.Webauthn.Config.Rp, challenge, Timeout, CeremonyWish.Discouraged) { Keys = keys });
        KeyNodes.AddScript(flow.Ui, config);
        flow.Ui.Append(KeyNodes.TriggerWith(NodeGroups.WebAuthn, TriggerName, Function, options, UiMessages.Of(label)));
        flow.Ui.Append(UiNode.Hidden(NodeGroups.WebAuthn, AnswerName, ""));
    }

    /// <summary>The user handle of who was never given one: the bytes of the identity's id.</summary>
    public static byte[] HandleOf(Guid identity) => identity.ToByteArray(bigEndian: true);

    /// <summary>The keys that serve the level for which the configuration uses keys.</summary>
    private static IReadOnlyList<StoredKey> KeysOf(IdentityState state, AscentConfig config)
    {
        var ring = KeyRing.Of(state, CredentialTypes.WebAuthn);
        return AalOf(config) == SessionAal.Aal1 ? ring.Passwordless : ring.SecondFactors;
    }

    private static LoginResult.Refused NotAccepted(Flow flow, Guid? identity) =>
        Refuse(flow, new FieldText("", UiMessages.Of(MessageIds.WebAuthnInvalid))) with { Subject = identity?.ToString() ?? "", IdentityId = identity };

    private static LoginResult.Refused Refuse(Flow flow, FieldText message)
    {
        NodeOrder.Login.Sort(flow.Ui.Nodes);
        return new LoginResult.Refused(message) { Forget = [AnswerName], LeavesIdentifier = true };
    }
}

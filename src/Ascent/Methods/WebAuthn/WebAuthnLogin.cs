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
internal sealed class WebAuthnLogin(IdentityStore identities, Ceremonies ceremonies, KeyUse use, DecoyKeys decoys) : ILoginMethod
{
    private const string AnswerName = "webauthn_login", TriggerName = "webauthn_login_trigger", Function = "oryWebAuthnLogin", IdentityName = "identity_id";
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    public string Name => CredentialTypes.WebAuthn;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Webauthn.Enabled;

    public bool ServesAal(string aal, AscentConfig config) => aal == AalOf(config);

    public static string AalOf(AscentConfig config) => config.SelfService.Methods.Webauthn.Config.Passwordless ? SessionAal.Aal1 : SessionAal.Aal2;

    public bool Claims(JsonObject body) => body.Text(AnswerName) is not null;

    public string? Claimed(LoginSubmission submission) => submission.Text(LoginNodes.Identifier);

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
                LoginNodes.KeepIdentifier(form, state.Credentials[Name].Identifiers is [var own, ..] ? own : form.Identifier ?? "");
                AskForKey(form.Flow, form.Config, state.Identity.Id, keys, MessageIds.LoginWebAuthn);
                break;
        }
        return Task.CompletedTask;
    }

    public async Task<LoginResult> SubmitAsync(LoginSubmission submission, CancellationToken ct)
    {
        var flow = submission.Flow;
        if (flow.IsApi) return Refuse(flow, new FieldText("", UiMessages.Of(MessageIds.LoginNoMethod)));
        if (Claimed(submission) is not { } identifier) return Refuse(flow, new FieldText("#/identifier", UiMessages.Required(LoginNodes.Identifier)));
        if (submission.Text(AnswerName) is not { } answer)
            return flow.RequestedAal == SessionAal.Aal1 && !flow.IsRefresh
                ? await NameOneselfAsync(submission, identifier, ct)
                : Refuse(flow, new FieldText("", UiMessages.Required(AnswerName)));
        if (AssertionAnswer.Parse(answer) is not { } parsed) return Refuse(flow, new FieldText("", UiMessages.Invalid("The security key's answer cannot be read. Please try again.")));
        return await ProveAsync(submission, identifier, parsed, ct);
    }

    /// <summary>The first of two steps: the form asks for one of the keys of who was named.</summary>
    private async Task<LoginResult> NameOneselfAsync(LoginSubmission submission, string identifier, CancellationToken ct)
    {
        var flow = submission.Flow;
        var match = await identities.FindByCredentialIdentifierAsync(submission.Context.Nid, Name, Identifiers.Normalize(identifier), ct);
        var keys = KeyRing.Of(match?.Credential).Passwordless;
        var isDecoy = keys.Count == 0 && submission.Config.Security.AccountEnumeration.Mitigate;
        if (isDecoy) keys = [decoys.For(submission.Context.Nid, Identifiers.Normalize(identifier))];
        if (keys.Count == 0)
            return Refuse(flow, new FieldText("", UiMessages.Of(MessageIds.NoSecurityKey))) with { Subject = identifier, IdentityId = match?.Identity.Id };
        var csrf = flow.Ui.Find(UiContainer.CsrfName);
        flow.Ui.Nodes.Clear();
        flow.Ui.Append(UiNode.Input(NodeGroups.Default, LoginNodes.Identifier, InputTypes.Hidden, identifier, required: true));
        if (csrf is not null) flow.Ui.Append(csrf);
        AskForKey(flow, submission.Config, isDecoy ? Guid.Empty : match!.Identity.Id, keys, MessageIds.LoginContinue);
        if (flow.Ui.Messages.TrueForAll(m => m.Id != MessageIds.LoginWebAuthnPrepare)) flow.Ui.Messages.Add(UiMessages.Of(MessageIds.LoginWebAuthnPrepare));
        return new LoginResult.Elsewhere(FlowAnswers.PageOf(submission.Context, flow));
    }

    private async Task<LoginResult> ProveAsync(LoginSubmission submission, string identifier, AssertionAnswer answer, CancellationToken ct)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (flow.MemoryOf(Name)[IdentityName] is not JsonValue asked || !asked.TryGetValue<Guid>(out var id)) return NotAccepted(flow, null);
        var owner = flow.RequestedAal == SessionAal.Aal1 ? await identities.FindByCredentialIdentifierAsync(c.Nid, Name, Identifiers.Normalize(identifier), ct) : null;
        var party = submission.Config.SelfService.Methods.Webauthn.Config.Rp;
        if (await identities.StateAsync(c.Nid, id, ct) is not { } state)
        {
            ceremonies.Assert(flow, Name, party, decoys.For(c.Nid, Identifiers.Normalize(identifier)), HandleOf(id), requiresHandle: false, answer, requiresUserVerification: false);
            return NotAccepted(flow, null);
        }
        // Who confirms a session answers for it and for nobody else.
        if (flow.RequestedAal == SessionAal.Aal2 && c.Session?.IdentityId != id) return NotAccepted(flow, id);
        // Whose name stands in the form has to be whose key answers: the sign-in is counted for that name.
        var isNamed = owner?.Identity.Id == id;
        if (flow.RequestedAal == SessionAal.Aal1 && !isNamed && !ConfirmsUnnamed(flow, c, state))
            return owner is null && !c.Config.Security.AccountEnumeration.Mitigate
                ? Refuse(flow, new FieldText("", UiMessages.Of(MessageIds.NoSecurityKey))) with { Subject = identifier }
                : NotAccepted(flow, id);
        var ring = KeyRing.Of(state, Name);
        if (KeysOf(state, submission.Config).FirstOrDefault(k => k.Id.AsSpan().SequenceEqual(answer.Id)) is not { } key) return NotAccepted(flow, id);
        var evidence = ceremonies.Assert(flow, Name, party, key, ring.Handle ?? HandleOf(id), requiresHandle: false, answer, requiresUserVerification: false);
        if (evidence is null) return NotAccepted(flow, id);
        return new LoginResult.Proven(state.Identity, new AuthenticationMethod { Method = Name, Aal = AalOf(submission.Config), CompletedAt = c.Now })
        {
            IsWhoWasClaimed = isNamed,
            Consume = (tx, token) => use.NoteAsync(tx, c.Nid, id, Name, key.Id, evidence, token),
            Lost = UiMessages.Of(MessageIds.WebAuthnInvalid),
        };
    }

    /// <summary>Who confirms a session by a key that was never given a name signs in by it in no other way.</summary>
    private static bool ConfirmsUnnamed(Flow flow, FlowContext c, IdentityState state) =>
        flow.IsRefresh && c.Session?.IdentityId == state.Identity.Id && state.Credentials.GetValueOrDefault(CredentialTypes.WebAuthn)?.Identifiers is not { Count: > 0 };

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

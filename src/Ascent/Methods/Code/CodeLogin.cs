using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Flows.Login;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Identities;
using Ascent.Schemas;
using Ascent.Sessions;

namespace Ascent.Methods.Code;

/// <summary>
/// A code sent to an address instead of a password, or as the second factor of who is signed in; the configuration allows one of
/// the two. It is good in its flow alone, for the account that it was sent for.
/// </summary>
internal sealed class CodeLogin(IdentityStore identities, CodeAccounts accounts, CodeMail mail, CodeProof proof) : ILoginMethod
{
    public string Name => CredentialTypes.Code;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Code is { PasswordlessEnabled: true } or { MfaEnabled: true };

    public bool ServesAal(string aal, AscentConfig config) =>
        aal == SessionAal.Aal2 ? config.SelfService.Methods.Code.MfaEnabled : config.SelfService.Methods.Code.PasswordlessEnabled;

    /// <summary>The button of an address names no method.</summary>
    public bool Claims(JsonObject body) => body.Text(CodeForm.Address) is not null;

    public string? Claimed(LoginSubmission submission) => IsVerifying(submission)
        ? submission.Text(CodeForm.Address) ?? submission.Text(LoginNodes.Identifier)
        : submission.Text(LoginNodes.Identifier) ?? submission.Text(CodeForm.Address);

    public Task PopulateAsync(LoginForm form, CancellationToken ct)
    {
        switch (form.Stage)
        {
            case LoginStage.Refresh when form.Config.FeatureFlags.RefreshLoginChooseAddress && form.Identity is { } state:
                CodeForm.Offer(form.Flow.Ui, CodeAddresses.Candidates(state, form.Config));
                break;
            case LoginStage.FirstFactor or LoginStage.Refresh:
                LoginNodes.AskIdentifier(form);
                form.Flow.Ui.Append(UiNode.Method(Name, UiMessages.Of(MessageIds.LoginSendCode)));
                break;
            case LoginStage.Credentials:
                form.Flow.Ui.Append(UiNode.Method(Name, UiMessages.Of(MessageIds.LoginSendCode)));
                break;
            case LoginStage.SecondFactor or LoginStage.SecondFactorRefresh:
                if (SecondFactorAddresses.Of(form) is SecondFactorAddresses.Offered offered) CodeForm.Offer(form.Flow.Ui, offered.All);
                break;
        }
        return Task.CompletedTask;
    }

    public async Task<LoginResult?> BeginAsync(LoginForm form, CancellationToken ct)
    {
        switch (form.Stage)
        {
            case LoginStage.SecondFactor or LoginStage.SecondFactorRefresh when form.Identity is { } state:
                return SecondFactorAddresses.Of(form) switch
                {
                    SecondFactorAddresses.Unusable unusable => new LoginResult.Failed(unusable.Why),
                    SecondFactorAddresses.Offered { All: [var only] } when CodeAlone.IsSecondFactor(state, form.Config) => Sent(form.Context, form.Flow, new CodeAccount(state.Identity, only), only.Address),
                    _ => null,
                };
            case LoginStage.Credentials when form is { Identifier: { } typed, Flow.State: FlowState.ChooseMethod }:
                return await BeginFirstAsync(form, typed, ct);
            default:
                return null;
        }
    }

    /// <summary>Who was named has no other way in: the code goes out at once, to the address as it was typed.</summary>
    private async Task<LoginResult?> BeginFirstAsync(LoginForm form, string typed, CancellationToken ct)
    {
        var (c, flow) = (form.Context, form.Flow);
        var account = await FindAsync(c, flow, typed, ct);
        // Where accounts may not be told apart, all are asked for a code, or none is.
        if (form.Identity is not { } state) return !CodeAlone.IsOnlyMethod(c.Config) ? null : Sent(c, flow, account, typed);
        var isAlone = CodeAlone.IsFirstFactor(state, c.Config);
        if (account is not null) return isAlone ? Sent(c, flow, account, typed) : null;
        if (isAlone) return new LoginResult.Refused(new FieldText("", UiMessages.Of(MessageIds.NoCodeLogin))) { Subject = typed, IdentityId = state.Identity.Id };
        // No code reaches this account: its button would lead nowhere.
        flow.Ui.Nodes.RemoveAll(n => n is { Id: "method", Group: NodeGroups.Code });
        return null;
    }

    public async Task<LoginResult> SubmitAsync(LoginSubmission submission, CancellationToken ct)
    {
        if (submission.Flow.State == FlowState.PassedChallenge && !IsResend(submission)) return Refuse(submission, new FieldText("", UiMessages.Of(MessageIds.LoginNoMethod)));
        if (submission.Flow.Completed) return Refuse(submission, new FieldText("", UiMessages.Of(MessageIds.LoginAlreadyDone)));
        if (IsVerifying(submission)) return await VerifyAsync(submission, ct);
        return await AskAsync(submission, ct);
    }

    private async Task<LoginResult> AskAsync(LoginSubmission submission, CancellationToken ct)
    {
        if (Claimed(submission) is not { } typed) return Refuse(submission, new FieldText("#/" + LoginNodes.Identifier, UiMessages.Required(LoginNodes.Identifier)));
        var (c, isSecond) = (submission.Context, submission.Flow.RequestedAal == SessionAal.Aal2);
        var account = await (isSecond ? OwnAsync(submission, typed, ct) : FindAsync(c, submission.Flow, typed, ct));
        if (account is not null || Hides(submission)) return Sent(c, submission.Flow, account, Shown(typed));
        var unknown = isSecond && c.Config.SelfService.Methods.Code.Config.MissingCredentialFallbackEnabled ? MessageIds.LoginUnknownAddress : MessageIds.NoCodeLogin;
        return Refuse(submission, new FieldText("", UiMessages.Of(unknown))) with { Subject = typed };
    }

    private async Task<LoginResult> VerifyAsync(LoginSubmission submission, CancellationToken ct)
    {
        if (submission.Text(CodeForm.Code) is not { } code) return Refuse(submission, new FieldText("#/" + CodeForm.Code, UiMessages.Required(CodeForm.Code)));
        var (c, flow, typed) = (submission.Context, submission.Flow, Claimed(submission));
        var isSecond = flow.RequestedAal == SessionAal.Aal2;
        Identity? identity;
        if (isSecond) identity = await identities.FindAsync(c.Nid, c.Session!.IdentityId, ct);
        else if (typed is null) return Refuse(submission, new FieldText("#/" + LoginNodes.Identifier, UiMessages.Required(LoginNodes.Identifier)));
        else identity = (await FindAsync(c, flow, typed, ct))?.Identity;
        var subject = typed ?? c.Session?.IdentityId.ToString();
        if (identity is null && !Hides(submission)) return Refuse(submission, new FieldText("", UiMessages.Of(MessageIds.NoCodeLogin))) with { Subject = subject };

        var method = new AuthenticationMethod { Method = Name, Aal = c.Config.SelfService.Methods.Code.MfaEnabled ? SessionAal.Aal2 : SessionAal.Aal1, CompletedAt = c.Now };
        return await proof.LookAsync(c, flow, identity, code, ct) switch
        {
            CodeProofResult.Good good => new LoginResult.Proven(good.Identity, method) { IsWhoWasClaimed = !isSecond, Consume = good.Consume, Lost = UiMessages.Of(MessageIds.LoginCodeInvalid) },
            CodeProofResult.Wrong => Refuse(submission, new FieldText("", UiMessages.Of(MessageIds.LoginCodeInvalid))) with { Subject = subject, IdentityId = identity?.Id },
            CodeProofResult.Unusable unusable => Refuse(submission, new FieldText("", unusable.Why)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>Whose address it is; who confirms a session answers for it and for nobody else.</summary>
    private async Task<CodeAccount?> FindAsync(FlowContext c, Flow flow, string typed, CancellationToken ct)
    {
        var account = await accounts.FindAsync(c.Nid, typed, c.Config, ct);
        return flow.IsRefresh && c.Session is { } session && account?.Identity.Id != session.IdentityId ? null : account;
    }

    /// <summary>Whether an address that nobody has is treated as one that somebody has. Who confirms a session knows their own.</summary>
    private static bool Hides(LoginSubmission submission) =>
        submission.Config.Security.AccountEnumeration.Mitigate && submission.Flow is { RequestedAal: SessionAal.Aal1, IsRefresh: false };

    /// <summary>Of a second factor's addresses the one named; nobody else's is written to from somebody's session.</summary>
    private async Task<CodeAccount?> OwnAsync(LoginSubmission submission, string typed, CancellationToken ct)
    {
        if (await identities.StateAsync(submission.Context.Nid, submission.Context.Session!.IdentityId, ct) is not { } state) return null;
        var address = Identifiers.Normalize(typed);
        return CodeAddresses.Candidates(state, submission.Config).FirstOrDefault(a => a.Address == address) is { } to ? new CodeAccount(state.Identity, to) : null;
    }

    /// <summary>The form asks for the code; it is made and sent with it.</summary>
    /// <param name="account">Null where nobody has the address and that may not be told.</param>
    private LoginResult.NextStep Sent(FlowContext c, Flow flow, CodeAccount? account, string shown)
    {
        CodeForm.Await(flow.Ui, Naming(flow.Ui, shown), MessageIds.NodeLoginCode);
        if (!flow.IsApi) LoginNodes.EnsureCsrf(c, flow);
        var to = account?.To ?? CodeAccounts.Nobody(shown);
        var isKnown = flow.IsRefresh || flow.RequestedAal == SessionAal.Aal2;
        flow.Ui.Messages.Add(UiMessages.Of(isKnown ? MessageIds.LoginCodeSentToKnownAddress : MessageIds.LoginCodeSent));
        (flow.State, flow.Active) = (FlowState.SentEmail, Name);
        return new LoginResult.NextStep { Write = (tx, token) => mail.SendLoginAsync(tx, c, flow, account?.Identity, to, token) };
    }

    /// <summary>The fields and buttons that name an address, carried along unseen; the first one says which it was.</summary>
    private static List<UiNode> Naming(UiContainer ui, string shown)
    {
        List<UiNode> all = [];
        foreach (var node in ui.Nodes)
            if (node.Id is CodeForm.Address or LoginNodes.Identifier && node.Attributes is UiAttributes.Input input)
                all.Add(node with { Attributes = input with { Name = LoginNodes.Identifier, Type = InputTypes.Hidden } });
        if (all.Count == 0) return [UiNode.Hidden(NodeGroups.Default, LoginNodes.Identifier, shown)];
        all[0] = all[0].WithValue(shown);
        return all;
    }

    private static LoginResult.Refused Refuse(LoginSubmission submission, FieldText message)
    {
        var (flow, typed) = (submission.Flow, submission.Text(CodeForm.Address) ?? submission.Text(LoginNodes.Identifier) ?? "");
        LoginNodes.EnsureCsrf(submission.Context, flow);
        if (IsVerifying(submission)) flow.Ui.Upsert(UiNode.Hidden(NodeGroups.Default, LoginNodes.Identifier, Shown(typed)));
        else flow.Ui.SetValue(LoginNodes.Identifier, typed);
        return new LoginResult.Refused(message) { LeavesIdentifier = true };
    }

    private static bool IsVerifying(LoginSubmission submission) => submission.Flow is { State: FlowState.SentEmail, Completed: false } && !IsResend(submission);

    private static bool IsResend(LoginSubmission submission) => CodeForm.IsResend(submission.Text(CodeForm.Resend));

    /// <summary>Mail addresses in small letters, since telephones begin them with a capital; numbers as they were typed.</summary>
    private static string Shown(string typed) => typed.Contains('@', StringComparison.Ordinal) ? typed.ToLowerInvariant() : typed;
}

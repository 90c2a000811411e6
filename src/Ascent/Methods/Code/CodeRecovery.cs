using Ascent.Config;
using Ascent.Courier;
using Ascent.Flows;
using Ascent.Flows.Codes;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Recovery;
using Ascent.Identities;
using Ascent.Schemas;
using Ascent.Sessions;

namespace Ascent.Methods.Code;

/// <summary>
/// Recovery by six digits that are mailed. Where <c>feature_flags.choose_recovery_address</c> was on when a flow began, it goes on as
/// <see cref="CodeRecoveryChoice"/> says.
/// </summary>
internal sealed class CodeRecovery(CodeStore codes, RecoverySender sender, CodeRecoveryChoice choice) : IRecoveryMethod
{
    public const string MethodName = "code", SessionMethod = "code_recovery";
    private const string Email = "email", Code = "code", SentTo = "to";

    private static readonly RecoveryResult.Again Used = new(UiMessages.Invalid("This code was used already. Please request another one."));

    public string Name => MethodName;

    public bool ForgeryEndsFlow => true;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Code.Enabled;

    public void Populate(AscentConfig config, Flow flow)
    {
        if (config.FeatureFlags.ChooseRecoveryAddress)
        {
            CodeRecoveryChoice.Begin(flow);
            return;
        }
        flow.Ui.Append(UiNode.Input(NodeGroups.Code, Email, InputTypes.Email, label: UiMessages.Of(MessageIds.NodeEmail), required: true));
        flow.Ui.Append(UiNode.Method(MethodName, UiMessages.Of(MessageIds.NodeContinue)));
    }

    public RecoveryIntent? IntentOf(RecoverySubmission submission)
    {
        var flow = submission.Flow;
        if (flow.Active != MethodName) return null;
        var most = submission.Config.SelfService.Methods.Code.Config.MaxSubmissions;
        if (CodeRecoveryChoice.IsIts(flow)) return CodeRecoveryChoice.BringsCode(submission) ? new RecoveryIntent.Proves(AddresseeOf(flow), most) : new RecoveryIntent.Asks();
        // A code needs no method, and who sends an address wants another one.
        if (flow.State != FlowState.ChooseMethod && submission.Text(Email) is null) return new RecoveryIntent.Proves(AddresseeOf(flow), most);
        return submission.Text("method") == MethodName ? new RecoveryIntent.Asks() : null;
    }

    public async Task<RecoveryResult> SubmitAsync(RecoverySubmission submission, CancellationToken ct)
    {
        var flow = submission.Flow;
        if (CodeRecoveryChoice.IsIts(flow)) return CodeRecoveryChoice.BringsCode(submission) ? await JudgeAsync(submission, ct) : await choice.SubmitAsync(submission);
        if (submission.Text(Email) is not { } typed) return flow.State == FlowState.ChooseMethod ? Refused(UiMessages.Required(Email)) : await JudgeAsync(submission, ct);
        if (Identifiers.NormalizeEmail(typed) is not { } address) return Refused(UiMessages.EmailInvalid(typed));
        return flow.State switch
        {
            FlowState.ChooseMethod or FlowState.SentEmail => await SendAsync(submission, typed, address),
            FlowState.PassedChallenge => new RecoveryResult.Again(UiMessages.Of(MessageIds.RecoveryAlreadyDone)),
            _ => new RecoveryResult.Again(UiMessages.Of(MessageIds.RecoveryFailed)),
        };
    }

    /// <summary>The form that asks for a code, as an administrator's flow begins with it.</summary>
    public static void AskForHandedOut(Flow flow, Guid identity)
    {
        flow.State = FlowState.SentEmail;
        flow.Active = MethodName;
        flow.MemoryOf(MethodName)[SentTo] = identity.ToString();
        flow.Ui.Append(CodeField());
        flow.Ui.Append(UiNode.Method(MethodName, UiMessages.Of(MessageIds.NodeContinue)));
    }

    public static UiNode CodeField()
    {
        var node = UiNode.Input(NodeGroups.Code, Code, InputTypes.Text, label: UiMessages.Of(MessageIds.NodeRecoveryCode), required: true, autocomplete: Autocomplete.OneTimeCode);
        return node with { Attributes = (UiAttributes.Input)node.Attributes with { Pattern = "[0-9]+", MaxLength = 6 } };
    }

    /// <summary>What is sent, in place of what the flow had sent before.</summary>
    public static RecoveryMessage Message(CodeStore codes, FlowContext c, Flow flow, RecoveryRecipient to)
    {
        flow.MemoryOf(MethodName)[SentTo] = to.Value;
        var lifespan = c.Config.SelfService.Methods.Code.Config.Lifespan;
        return new RecoveryMessage(to, TemplateType.RecoveryCodeValid, TemplateType.RecoveryCodeInvalid, lifespan, "recovery_code",
            (tx, recipient, ct) => codes.IssueDigitsAsync(tx, c.Nid, flow.Id, recipient, lifespan, ct));
    }

    private async Task<RecoveryResult> SendAsync(RecoverySubmission submission, string typed, string address)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        var send = await sender.PrepareAsync(c, flow, Message(codes, c, flow, new RecoveryRecipient(AddressVias.Email, address)));
        flow.State = FlowState.SentEmail;
        CodeRecoveryChoice.Clear(flow);
        flow.Ui.Messages.Add(UiMessages.Of(MessageIds.RecoveryCodeSent));
        flow.Ui.Append(CodeField());
        flow.Ui.Append(UiNode.Hidden(NodeGroups.Code, "method", MethodName));
        flow.Ui.Append(UiNode.Method(MethodName, UiMessages.Of(MessageIds.NodeContinue)));
        flow.Ui.Append(UiNode.Submit(NodeGroups.Code, Email, typed, UiMessages.Of(MessageIds.NodeResend)));
        return new RecoveryResult.Shown(send);
    }

    private async Task<RecoveryResult> JudgeAsync(RecoverySubmission submission, CancellationToken ct)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        var showsPayload = !CodeRecoveryChoice.IsIts(flow);
        switch (await codes.FindAsync(c.Nid, flow.Id, submission.Text(Code) ?? "", ct))
        {
            case CodeLookup.Good { Recipient.IdentityId: { } identity } good:
                var to = good.Recipient;
                return new RecoveryResult.Proven(identity, new AuthenticationMethod { Method = SessionMethod, Aal = SessionAal.Aal1, CompletedAt = c.Now },
                    (tx, token) => codes.UseAsync(tx, c.Nid, good.Id, token), Used)
                {
                    Address = to.Address.Length > 0 ? new RecoveryRecipient(to.Via, to.Address) : null,
                    ShowsTransientPayload = showsPayload,
                };
            case CodeLookup.Used:
                return Used;
            default:
                return new RecoveryResult.Wrong(UiMessages.Of(MessageIds.RecoveryCodeInvalid)) { ShowsTransientPayload = showsPayload };
        }
    }

    private static string? AddresseeOf(Flow flow) => (string?)flow.MemoryOf(MethodName)[SentTo];

    private static RecoveryResult.Refused Refused(UiText text) => new(new FieldText($"#/{Email}", text));
}

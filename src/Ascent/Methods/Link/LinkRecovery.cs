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
using Microsoft.AspNetCore.Http;

namespace Ascent.Methods.Link;

/// <summary>Recovery by a link that is mailed. It may be opened in another browser than the one that asked, and works once.</summary>
internal sealed class LinkRecovery(CodeStore codes, RecoverySender sender) : IRecoveryMethod
{
    public const string MethodName = "link", SessionMethod = "link_recovery";
    private const string Email = "email", Token = "token";

    private static readonly RecoveryResult.Again Invalid = new(UiMessages.Of(MessageIds.RecoveryLinkInvalid)) { AsBrowser = true, ToPage = true };

    public string Name => MethodName;

    public bool ForgeryEndsFlow => false;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Link.Enabled;

    public void Populate(AscentConfig config, Flow flow) => Ask(flow, null);

    public RecoveryIntent? IntentOf(RecoverySubmission submission)
    {
        if (TokenOf(submission) is not null) return new RecoveryIntent.Opens();
        return submission.Text("method") == MethodName ? new RecoveryIntent.Asks() : null;
    }

    public async Task<RecoveryResult> SubmitAsync(RecoverySubmission submission, CancellationToken ct)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (TokenOf(submission) is { } token) return await OpenAsync(submission, token, ct);
        if (submission.Text(Email) is not { } typed) return Refused(UiMessages.Required(Email));
        if (Identifiers.NormalizeEmail(typed) is not { } address) return Refused(UiMessages.EmailInvalid(typed));
        if (flow.State == FlowState.PassedChallenge) return new RecoveryResult.Again(UiMessages.Of(MessageIds.RecoveryAlreadyDone));
        if (flow.State is not (FlowState.ChooseMethod or FlowState.SentEmail)) return new RecoveryResult.Again(UiMessages.Of(MessageIds.RecoveryFailed));
        var lifespan = c.Config.SelfService.Methods.Link.Config.Lifespan;
        var send = await sender.PrepareAsync(c, flow, new RecoveryMessage(new RecoveryRecipient(AddressVias.Email, address), TemplateType.RecoveryValid, TemplateType.RecoveryInvalid, lifespan, "recovery_url",
            async (tx, to, cancel) => UrlOf(c.Config, flow.Id, await codes.IssueTokenAsync(tx, c.Nid, flow.Id, to, lifespan, cancel))));
        flow.State = FlowState.SentEmail;
        flow.Active = MethodName;
        Ask(flow, typed);
        flow.Ui.ResetMessages();
        flow.Ui.Messages.Add(UiMessages.Of(MessageIds.RecoveryLinkSent));
        return new RecoveryResult.Shown(send);
    }

    /// <summary>The address that opens a flow.</summary>
    public static string UrlOf(AscentConfig config, Guid flow, string token) =>
        $"{(config.SelfService.Methods.Link.Config.BaseUrl ?? config.Serve.Public.BaseUrl).TrimEnd('/')}/self-service/recovery?flow={flow}&token={token}";

    private async Task<RecoveryResult> OpenAsync(RecoverySubmission submission, string token, CancellationToken ct)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        switch (await codes.FindAsync(c.Nid, flow.Id, token, ct))
        {
            case CodeLookup.Good { Recipient.IdentityId: { } identity } good:
                var to = good.Recipient;
                return new RecoveryResult.Proven(identity, new AuthenticationMethod { Method = SessionMethod, Aal = SessionAal.Aal1, CompletedAt = c.Now },
                    (tx, cancel) => codes.UseAsync(tx, c.Nid, good.Id, cancel), Invalid)
                {
                    Address = to.Address.Length > 0 ? new RecoveryRecipient(to.Via, to.Address) : null, InBrowser = true,
                };
            case CodeLookup.Expired expired:
                return Invalid with { Text = UiMessages.RecoveryExpired(expired.At, c.Now) };
            default:
                return Invalid;
        }
    }

    private static void Ask(Flow flow, string? typed)
    {
        flow.Ui.Upsert(UiNode.Input(NodeGroups.Link, Email, InputTypes.Email, typed, UiMessages.Of(MessageIds.NodeEmail), required: true));
        if (flow.Ui.Find(NodeGroups.Link, "method") is null) flow.Ui.Append(UiNode.Method(MethodName, UiMessages.Of(MessageIds.NodeContinue)));
    }

    /// <summary>In the address of the link; HEAD requests, by which programs look ahead, open nothing.</summary>
    private static string? TokenOf(RecoverySubmission submission)
    {
        if (HttpMethods.IsHead(submission.Context.Http.Request.Method)) return null;
        return submission.Text(Token) ?? submission.Context.Query(Token);
    }

    private static RecoveryResult.Refused Refused(UiText text) => new(new FieldText($"#/{Email}", text));
}

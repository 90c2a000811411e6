using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Courier;
using Ascent.Flows;
using Ascent.Flows.Codes;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Verification;
using Ascent.Identities;
using Ascent.Storage;

namespace Ascent.Methods.Link;

/// <summary>Mail addresses are proven by opening a link that was sent to them, in whichever browser.</summary>
internal sealed class LinkVerification(CodeStore codes) : IVerificationMethod
{
    private const string Token = "token", Email = "email";

    public string Name => NodeGroups.Link;

    public TemplateType UnknownRecipient => TemplateType.VerificationInvalid;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Link.Enabled;

    public bool IsInUse(AscentConfig config) => config.SelfService.Flows.Verification.Use == AddressProof.Link;

    /// <summary>A link belongs to a flow that sent one.</summary>
    public bool Claims(JsonObject body, Flow flow) => flow.Active == Name && body.Text(Token) is not null;

    public bool HasProof(VerificationSubmission submission) => submission.Text(Token) is not null;

    public string ViaOf(string typed) => AddressVias.Email;

    public int? MostTries(AscentConfig config) => null;

    public void Ask(VerificationForm form) => Fill(form, null);

    public void AskAgain(VerificationForm form, string typed) => Fill(form, typed);

    public void Await(VerificationForm form, CodeRecipient to) => Fill(form, null);

    public void AwaitAsked(VerificationForm form, string typed)
    {
        Fill(form, typed);
        form.Ui.Messages.Clear();
        form.Ui.Messages.Add(UiMessages.Of(MessageIds.VerificationLinkSent));
    }

    public async Task<VerificationNotice> IssueAsync(Tx tx, FlowContext c, Flow flow, CodeRecipient to, CancellationToken ct)
    {
        var settings = c.Config.SelfService.Methods.Link.Config;
        var token = await codes.IssueTokenAsync(tx, c.Nid, flow.Id, to, settings.Lifespan, ct);
        return new VerificationNotice(TemplateType.VerificationValid, new JsonObject
        {
            ["verification_url"] = $"{(settings.BaseUrl ?? c.Config.Serve.Public.BaseUrl).TrimEnd('/')}/self-service/verification?flow={flow.Id}&token={token}",
            ["expires_in_minutes"] = (int)settings.Lifespan.TotalMinutes,
        });
    }

    public async Task<VerificationResult> ProveAsync(VerificationSubmission submission, CancellationToken ct)
    {
        var c = submission.Context;
        return await codes.FindAsync(c.Nid, submission.Flow.Id, submission.Text(Token)!, ct) switch
        {
            CodeLookup.Good good => new VerificationResult.Proven(good.Id, good.Recipient),
            CodeLookup.Expired expired => Over(UiMessages.VerificationExpired(expired.At, c.Now)),
            _ => Over(UiMessages.Of(MessageIds.VerificationLinkInvalid)),
        };
    }

    /// <summary>A link is opened in a browser, whoever asked for it.</summary>
    private static VerificationResult.Over Over(UiText why) => new(why) { InBrowser = true };

    private static void Fill(VerificationForm form, string? address)
    {
        form.Ui.SetCsrf(form.CsrfToken);
        form.Ui.Upsert(UiNode.Input(NodeGroups.Link, Email, InputTypes.Email, address, UiMessages.Of(MessageIds.NodeEmail), required: true));
        form.Ui.Upsert(UiNode.Method(NodeGroups.Link, UiMessages.Of(MessageIds.NodeContinue)));
    }
}

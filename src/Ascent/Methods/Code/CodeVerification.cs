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

namespace Ascent.Methods.Code;

/// <summary>
/// Addresses are proven by typing six digits that were sent to them. A mail holds a link as well, which fills the digits in and does
/// no more: programs open links, too.
/// </summary>
internal sealed class CodeVerification(CodeStore codes) : IVerificationMethod
{
    private const string Code = "code", Email = "email", Sms = "sms", Method = "method";

    public string Name => NodeGroups.Code;

    public TemplateType UnknownRecipient => TemplateType.VerificationCodeInvalid;

    public bool IsEnabled(AscentConfig config) => config.SelfService.Methods.Code.Enabled;

    public bool IsInUse(AscentConfig config) => config.SelfService.Flows.Verification.Use == AddressProof.Code;

    public bool Claims(JsonObject body, Flow flow) => body.Text(Code) is not null;

    public bool HasProof(VerificationSubmission submission) => submission.Text(Code) is not null;

    public string ViaOf(string typed) => typed.Contains('@', StringComparison.Ordinal) ? AddressVias.Email : AddressVias.Sms;

    public int? MostTries(AscentConfig config) => config.SelfService.Methods.Code.Config.MaxSubmissions;

    public void Ask(VerificationForm form)
    {
        form.Ui.Append(Address(form.Config, null));
        form.Ui.Append(UiNode.Method(Name, UiMessages.Of(MessageIds.NodeContinue)));
        if (!form.Flow.IsApi) form.Ui.SetCsrf(form.CsrfToken);
    }

    public void AskAgain(VerificationForm form, string typed)
    {
        form.Ui.Upsert(Address(form.Config, typed));
        form.Ui.SetCsrf(form.CsrfToken);
    }

    public void Await(VerificationForm form, CodeRecipient to) => Await(form, to.Via, to.Via == AddressVias.Sms ? Sms : Email, to.Address);

    public void AwaitAsked(VerificationForm form, string typed) => Await(form, ViaOf(typed), Email, typed);

    public async Task<VerificationNotice> IssueAsync(Tx tx, FlowContext c, Flow flow, CodeRecipient to, CancellationToken ct)
    {
        var lifespan = c.Config.SelfService.Methods.Code.Config.Lifespan;
        var code = await codes.IssueDigitsAsync(tx, c.Nid, flow.Id, to, lifespan, ct);
        return new VerificationNotice(TemplateType.VerificationCodeValid, new JsonObject
        {
            ["verification_code"] = code,
            ["verification_url"] = $"{c.Config.Serve.Public.BaseUrl}self-service/verification?code={code}&flow={flow.Id}",
            ["expires_in_minutes"] = (int)lifespan.TotalMinutes,
        });
    }

    public async Task<VerificationResult> ProveAsync(VerificationSubmission submission, CancellationToken ct)
    {
        var (c, flow, code) = (submission.Context, submission.Flow, submission.Text(Code)!);
        if (submission.IsLink)
        {
            flow.Ui.SetValue(Code, code);
            return new VerificationResult.Opened();
        }
        return await codes.FindAsync(c.Nid, flow.Id, code, ct) switch
        {
            CodeLookup.Good good => new VerificationResult.Proven(good.Id, good.Recipient),
            CodeLookup.Used => new VerificationResult.Over(UiMessages.Of(MessageIds.VerificationAlreadyDone)),
            _ => new VerificationResult.Wrong(UiMessages.Of(MessageIds.VerificationCodeInvalid)),
        };
    }

    private static UiNode Address(AscentConfig config, string? typed)
    {
        var telephones = config.Courier.Channels.Any(c => c.Id == AddressVias.Sms);
        return UiNode.Input(NodeGroups.Code, Email, telephones ? InputTypes.Text : InputTypes.Email, typed,
            UiMessages.Of(telephones ? MessageIds.NodeEmailOrPhone : MessageIds.NodeEmail), required: true);
    }

    /// <summary>The form that asks for the digits, with a button that sends new ones.</summary>
    private static void Await(VerificationForm form, string via, string resend, string address)
    {
        var ui = form.Ui;
        ui.Nodes.Clear();
        ui.Append(UiNode.Hidden(NodeGroups.Code, Method, NodeGroups.Code));
        ui.Append(UiNode.Input(NodeGroups.Code, Code, InputTypes.Text, label: UiMessages.Of(MessageIds.NodeVerificationCode), required: true, autocomplete: Autocomplete.OneTimeCode));
        ui.Append(UiNode.Method(NodeGroups.Code, UiMessages.Of(MessageIds.NodeContinue)));
        if (!form.Flow.IsApi) ui.SetCsrf(form.CsrfToken);
        ui.Append(UiNode.Submit(NodeGroups.Code, resend, address, UiMessages.Of(MessageIds.NodeResend)));
        ui.Messages.Clear();
        ui.Messages.Add(UiMessages.Of(via == AddressVias.Sms ? MessageIds.VerificationSmsSent : MessageIds.VerificationCodeSent));
    }
}

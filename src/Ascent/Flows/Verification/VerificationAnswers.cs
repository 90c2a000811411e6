using System.Text.Json.Nodes;
using Ascent.Http;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Verification;

/// <summary>How clients hear of a verification. A link is opened in a browser, whichever client began the flow.</summary>
internal sealed class VerificationAnswers(FlowAnswers answers, FlowStore store, VerificationStart starts)
{
    public Task<IResult> FailAsync(FlowContext c, ApiError error, bool isApi = false) => answers.FailAsync(c, error, isApi);

    /// <summary>The form as it was sent, with what is wrong about it.</summary>
    public IResult Again(FlowContext c, Flow flow) => answers.Again(c, flow);

    /// <summary>The form as it goes on; other than in most flows that is a success.</summary>
    public IResult Shown(VerificationSubmission s, FlowJson.Extras? extras = null) =>
        WantsJson(s) ? answers.Shown(s.Flow, extras) : new RedirectResult(FlowAnswers.PageOf(s.Context, s.Flow));

    /// <summary>The filled-in form belongs to the browser that opened the link from now on.</summary>
    public async Task<IResult> OpenAsync(VerificationSubmission s)
    {
        var (c, flow) = (s.Context, s.Flow);
        var csrf = CsrfCookie.Rotate(c.Http, c.Config);
        if (!flow.IsApi) flow.Csrf = Csrf.OwnerOf(csrf);
        flow.Ui.SetCsrf(Csrf.Mask(csrf));
        await store.SaveAsync(c.Nid, flow, c.Ct);
        return new RedirectResult(FlowAnswers.PageOf(c, flow));
    }

    /// <summary>Whoever sent the form of an expired flow goes on with a new one; scripts are sent to it as well.</summary>
    public async Task<IResult> ExpiredAsync(FlowContext c, Flow expired)
    {
        var fresh = await starts.ReplaceAsync(c, expired);
        return new RedirectResult(expired.IsApi || c.IsJson ? FlowAnswers.ReadUrl(c, fresh) : FlowAnswers.PageOf(c, fresh));
    }

    /// <summary>A new flow says why the old one leads nowhere.</summary>
    public async Task<IResult> OverAsync(VerificationSubmission s, VerificationResult.Over over)
    {
        var c = s.Context;
        var fresh = await starts.RetryAsync(c, s.Flow.IsApi && !over.InBrowser, over.Messages);
        if (!WantsJson(s)) return new RedirectResult(FlowAnswers.PageOf(c, fresh));
        if (over.InBrowser) return new RedirectResult(FlowAnswers.ReadUrl(c, fresh));
        return ApiError.Gone("This verification leads nowhere any more. Go on with the one that use_flow_id names.", "self_service_flow_replaced") with
        {
            Message = "The flow has been replaced", TopLevel = new JsonObject { ["use_flow_id"] = fresh.Id.ToString() },
        };
    }

    private static bool WantsJson(VerificationSubmission s) => s.Context.IsJson || (s.Flow.IsApi && !s.IsLink);
}

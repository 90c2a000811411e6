using System.Text.Json.Nodes;
using Ascent.Flows.Messages;
using Ascent.Http;
using Ascent.Sessions;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Recovery;

/// <summary>How a recovery ends, for each kind of client: by redirects, or by <c>continue_with</c> where feature_flags.use_continue_with_transitions says so.</summary>
internal sealed class RecoveryAnswers(FlowAnswers answers, RecoveryFlows flows)
{
    /// <summary>Another flow begins.</summary>
    public async Task<IResult> AgainAsync(FlowContext c, Flow failed, IRecoveryMethod method, RecoveryResult.Again again, IReadOnlyList<FieldText>? messages = null)
    {
        var flow = await flows.BeginAgainAsync(c, method, failed.IsApi && !again.AsBrowser, messages ?? [new FieldText("", again.Text)]);
        if (again.ToPage || !c.IsJson) return new RedirectResult(FlowAnswers.PageOf(c, flow));
        if (!c.Config.FeatureFlags.UseContinueWithTransitions) return new RedirectResult(FlowAnswers.ReadUrl(c, flow));
        var error = again.Error ?? ApiError.BadRequest(again.Text.Text);
        return error with { Details = With(error.Details, ShowRecovery(flow)) };
    }

    /// <summary>The form came too late.</summary>
    public async Task<IResult> ExpiredAsync(FlowContext c, Flow expired)
    {
        var flow = await flows.ReplaceAsync(c, expired);
        if (c.Config.FeatureFlags.UseContinueWithTransitions && expired.IsApi && FlowGate.Expired(c, expired, flow) is ApiError gone)
            return gone with { Details = With(null, ShowRecovery(flow)) };
        return new RedirectResult(expired.IsApi || c.IsJson ? FlowAnswers.ReadUrl(c, flow) : FlowAnswers.PageOf(c, flow));
    }

    /// <summary>The account is back.</summary>
    public IResult Done(FlowContext c, Flow flow, RecoveryResult.Proven proven, Flow? settings, IssueResult.Issued issued, string returnTo)
    {
        var url = settings is null ? returnTo : FlowAnswers.PageOf(c, settings);
        // Whatever opened a link goes where it leads.
        if (proven.InBrowser && HttpMethods.IsGet(c.Http.Request.Method)) return new RedirectResult(url);
        if (!c.Config.FeatureFlags.UseContinueWithTransitions || proven.InBrowser) return c.IsJson ? FlowAnswers.LocationChange(url) : new RedirectResult(url);
        if (!flow.IsApi && !c.IsJson) return new RedirectResult(url);
        JsonObject next = settings is null
            ? new() { ["action"] = "redirect_browser_to", ["redirect_browser_to"] = url }
            : new() { ["action"] = "show_settings_ui", ["flow"] = new JsonObject { ["id"] = settings.Id.ToString(), ["url"] = url } };
        JsonArray all = flow.IsApi ? [new JsonObject { ["action"] = "set_ory_session_token", ["ory_session_token"] = issued.Token.Value }, next] : [next];
        return answers.Shown(flow, new FlowJson.Extras(ContinueWith: all, Transient: proven.ShowsTransientPayload));
    }

    private static JsonObject ShowRecovery(Flow flow) => new() { ["action"] = "show_recovery_ui", ["flow"] = new JsonObject { ["id"] = flow.Id.ToString() } };

    private static JsonObject With(JsonObject? details, JsonObject next)
    {
        var all = (JsonObject?)details?.DeepClone() ?? [];
        all["continue_with"] = new JsonArray(next);
        return all;
    }
}

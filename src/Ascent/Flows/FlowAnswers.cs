using System.Text.Json.Nodes;
using Ascent.Crypto.Hashing;
using Ascent.Http;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows;

/// <summary>
/// How each of the three kinds of client hears of what happened: a form browser by redirects, a page with script by JSON and status,
/// a native app by JSON always. Nobody else decides this.
/// </summary>
internal sealed class FlowAnswers(FlowJson json, FlowErrorStore errors)
{
    /// <summary>A flow began: native apps and whoever prefers JSON get it, browsers are sent to its page.</summary>
    public IResult Started(FlowContext c, Flow flow, FlowJson.Extras? extras = null) =>
        flow.IsApi || Negotiation.PrefersJson(c.Http) ? Shown(flow, extras) : new RedirectResult(PageOf(c, flow));

    public IResult Shown(Flow flow, FlowJson.Extras? extras = null, int status = StatusCodes.Status200OK) =>
        new JsonBytesResult(json.ToBytes(flow, extras ?? FlowJson.Extras.None), status);

    /// <summary>The form goes back to whoever sent it: with messages, or because it has a next step.</summary>
    public IResult Again(FlowContext c, Flow flow, FlowJson.Extras? extras = null, int status = StatusCodes.Status400BadRequest)
    {
        FlowOutcomes.Shown(c, flow);
        if (c.App is not null) return ToApp(c, flow);
        if (flow.IsApi || c.IsJson) return Shown(flow, extras, status);
        return new RedirectResult(PageOf(c, flow), flow.Kind == FlowKind.Registration ? StatusCodes.Status302Found : StatusCodes.Status303SeeOther);
    }

    /// <summary>The form has a next step, which is no fault of anybody's: other than <see cref="Again"/> it redirects by 303 in every flow.</summary>
    public IResult NextStep(FlowContext c, Flow flow, FlowJson.Extras? extras = null, int status = StatusCodes.Status400BadRequest) =>
        flow.IsApi || c.IsJson ? Shown(flow, extras, status) : new RedirectResult(PageOf(c, flow));

    /// <summary>The browser has to go elsewhere before the flow can go on; a page with script is told so.</summary>
    public static IResult Elsewhere(FlowContext c, Flow flow, string url) => flow.IsApi || c.IsJson ? LocationChange(url) : new RedirectResult(url);

    public static ApiError LocationChange(string url) => new()
    {
        Code = StatusCodes.Status422UnprocessableEntity, Id = "browser_location_change_required", Message = "The browser must go elsewhere first",
        Reason = $"To go on, send the browser to: {url}", TopLevel = new JsonObject { ["redirect_browser_to"] = url },
    };

    /// <summary>JSON where JSON was asked for; a browser is sent to the error page, which fetches what happened.</summary>
    public async Task<IResult> FailAsync(FlowContext c, ApiError error, bool isApi = false)
    {
        FlowOutcomes.Failed(c, error);
        if ((isApi && c.App is null) || c.IsJson) return error;
        var id = await errors.KeepAsync(c.Nid, error.ToJson(error.NameFor(c.Http)), c.Ct);
        return new RedirectResult(WithQuery(c.Config.SelfService.Flows.Error.UiUrl, "id", id.ToString()));
    }

    /// <summary>Carries out what hashes; where the hasher has too much to do already the client is told so as of other errors.</summary>
    public async Task<IResult> UnlessOverloadedAsync(FlowContext c, Flow flow, Func<Task<IResult>> work)
    {
        try
        {
            return await work();
        }
        catch (HashingOverloadedException e)
        {
            return await FailAsync(c, e.ToApiError(), flow.IsApi);
        }
    }

    /// <summary>The browser goes back to the app that it acted for, which fetches the flow by both codes.</summary>
    public static RedirectResult ToApp(FlowContext c, Flow flow)
    {
        var to = ReturnTo.Complete(c.Config, flow.ReturnTo, flow.RequestUrl, null) is ReturnToResult.Allowed allowed ? allowed.Url : c.Config.SelfService.DefaultBrowserReturnUrl;
        return new RedirectResult(WithQuery(WithQuery(to, "code", c.App!.Code), "flow", flow.Id.ToString()));
    }

    /// <summary>The same with a session to fetch.</summary>
    public static RedirectResult ToApp(FlowContext c, string returnTo) => new(WithQuery(returnTo, "code", c.App!.Code));

    public static string PageOf(FlowContext c, Flow flow) => WithQuery(flow.Kind.UiUrl(c.Config), "flow", flow.Id.ToString());

    /// <summary>Where scripts and apps fetch it.</summary>
    public static string ReadUrl(FlowContext c, Flow flow) => $"{c.Config.Serve.Public.BaseUrl}self-service/{flow.Kind.Name}/flows?id={flow.Id}";

    public static string WithQuery(string url, string name, string value)
    {
        var fragment = url.IndexOf('#', StringComparison.Ordinal);
        var (head, tail) = fragment < 0 ? (url, "") : (url[..fragment], url[fragment..]);
        return $"{head}{(head.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{name}={Uri.EscapeDataString(value)}{tail}";
    }
}

using System.Text.Json.Nodes;
using Ascent.Flows.Login;
using Ascent.Flows.OAuth2;
using Ascent.Http;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows;

/// <summary>GET …/flows?id=: a flow as it stands, for the browser that began it. Settings check the identity themselves.</summary>
internal sealed class FlowReading(FlowContexts contexts, FlowStore store, FlowAnswers answers, OAuth2Logins oauth2)
{
    public async Task<IResult> GetAsync(HttpContext http, FlowKind kind)
    {
        var c = await contexts.OpenAsync(http);
        CsrfCookie.Ensure(http, c.Config);
        if (c.QueryId("id") is not { } id || await store.FindAsync(c.Nid, kind, id, c.Ct) is not { } flow) return ApiError.NotFound();
        // A trial that nobody has gone through yet shows nothing of anybody.
        if (!flow.IsApi && LoginTrial.Of(flow) is not { Seen: null } && !Csrf.OwnedBy(http, c.Config, flow.Csrf)) return Csrf.Violation(http, c.Config, token: null);
        if (flow.IsExpired(c.Now)) return Expired(c, flow);
        return await oauth2.CompleteAsync(c, flow) is { } refused ? refused : answers.Shown(flow);
    }

    /// <summary>410 with the way to begin anew; recovery and verification of browsers carry no id, as recorded.</summary>
    public static ApiError Expired(FlowContext c, Flow flow)
    {
        var name = flow.Kind.Name;
        var start = $"{c.Config.Serve.Public.BaseUrl}self-service/{name}/{(flow.IsApi ? "api" : "browser")}";
        var details = flow.IsApi
            ? new JsonObject { ["api"] = start }
            : new JsonObject { ["redirect_to"] = ReturnTo.CarryOver(start, flow.ReturnTo), ["return_to"] = flow.ReturnTo ?? "" };
        var named = flow.Kind is FlowKind.Login or FlowKind.Registration || (flow.Kind == FlowKind.Recovery && flow.IsApi);
        return ApiError.Gone($"This {name} flow has expired. Begin a new one.", named ? "self_service_flow_expired" : null) with { Details = details };
    }
}

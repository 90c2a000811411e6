using Ascent.Flows.Hooks;
using Ascent.Http;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Recovery;

/// <summary>Begins recoveries, for who is not signed in; and shows them to the browser that began them.</summary>
internal sealed class RecoveryStart(FlowContexts contexts, FlowAnswers answers, FlowStore store, RecoveryMethods methods, HookRunner hooks)
{
    public static ApiError Disabled { get; } = ApiError.BadRequest("Accounts cannot be recovered here: the server's configuration has it switched off.");

    private static readonly ApiError AlreadyThere = ApiError.BadRequest("There is a good session already, so there is nothing to recover.", "session_already_available");

    public async Task<IResult> StartAsync(HttpContext http, bool isApi)
    {
        var c = await contexts.OpenAsync(http);
        if (!isApi) CsrfCookie.Ensure(http, c.Config);
        if (c.Session is not null) return SignedIn(c, isApi, c.Query("return_to"));
        var returnTo = c.Query("return_to");
        if (Refusal(c, returnTo) is { } refused) return await answers.FailAsync(c, refused, isApi);
        var flow = Flow.New(c, FlowKind.Recovery, isApi, RequestUrl.Of(c.Http), returnTo);
        flow.SkipsSettings = !isApi && c.QueryFlag("skip_settings");
        RecoveryFlows.Fill(c, flow, methods.Configured(c.Config));
        if (await hooks.BeforeAsync(c, flow) is { } stopped) return await answers.FailAsync(c, stopped, isApi);
        await store.InsertAsync(c.Nid, flow, c.Ct);
        return answers.Started(c, flow);
    }

    /// <summary>GET …/flows?id=: a flow as it stands. One that an administrator began is for whichever browser has its address.</summary>
    public async Task<IResult> ReadAsync(HttpContext http)
    {
        var c = await contexts.OpenAsync(http);
        CsrfCookie.Ensure(http, c.Config);
        if (!c.Config.SelfService.Flows.Recovery.Enabled) return Disabled;
        if (c.QueryId("id") is not { } id || await store.FindAsync(c.Nid, FlowKind.Recovery, id, c.Ct) is not { } flow) return ApiError.NotFound();
        if (!flow.IsApi && !flow.IsForAnyBrowser && !Csrf.OwnedBy(http, c.Config, flow.Csrf)) return Csrf.Violation(http, c.Config, token: null);
        return flow.IsExpired(c.Now) ? FlowReading.Expired(c, flow) : answers.Shown(flow);
    }

    /// <summary>Who is signed in is told so; a browser goes on to where it was going.</summary>
    public static IResult SignedIn(FlowContext c, bool isApi, string? returnTo)
    {
        if (isApi || c.IsJson) return AlreadyThere;
        var to = ReturnTo.Complete(c.Config, returnTo, null, null) is ReturnToResult.Allowed allowed ? allowed.Url : c.Config.SelfService.DefaultBrowserReturnUrl;
        return new RedirectResult(to, StatusCodes.Status302Found);
    }

    private ApiError? Refusal(FlowContext c, string? returnTo)
    {
        if (!c.Config.SelfService.Flows.Recovery.Enabled) return Disabled;
        if (returnTo is not null && ReturnTo.Check(c.Config, returnTo) is ReturnToResult.Forbidden forbidden) return forbidden.Error;
        var method = methods.Configured(c.Config);
        return method.IsEnabled(c.Config) ? null : ApiError.BadRequest($"Accounts are recovered by the method {method.Name}, which the server's configuration has switched off.");
    }
}

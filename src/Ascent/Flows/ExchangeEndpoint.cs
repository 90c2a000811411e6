using Ascent.Config;
using Ascent.Crypto;
using Ascent.Http;
using Ascent.Sessions;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Flows;

/// <summary>GET /sessions/token-exchange: a native app fetches the session that a browser earned for it.</summary>
internal static class ExchangeEndpoint
{
    public static IEndpointRouteBuilder MapExchange(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sessions/token-exchange", ExchangeAsync);
        return routes;
    }

    private static async Task<IResult> ExchangeAsync(
        HttpContext http, SessionExchange exchange, SessionStore sessions, FlowStore flows, FlowAnswers answers, SessionJson json, ConfigStore config, Tenant tenant, TimeProvider time, CancellationToken ct)
    {
        if (http.Request.Query["init_code"] is not [{ Length: > 0 } init, ..] || http.Request.Query["return_to_code"] is not [{ Length: > 0 } back, ..])
            return ApiError.BadRequest("Both codes are needed: init_code, which the flow began with, and return_to_code, which the browser came back with.");
        switch (await exchange.TakeAsync(tenant.Nid, init, back, ct))
        {
            case ExchangeResult.Session taken when await sessions.FindAsync(tenant.Nid, taken.Id, identity: true, ct) is { } session && session.IsActive(time.GetUtcNow()):
                // As at a native login, who the session is for is shown once it is strong enough.
                if (!SessionSatisfies.Aal(session, config.Current.Session.Whoami.RequiredAal)) session = session with { Identity = null };
                return Sent(json, session with { DevicesJson = "[]"u8.ToArray() }, taken.Token);
            case ExchangeResult.GoesOn goesOn when await FindAsync(flows, tenant.Nid, goesOn.FlowId, ct) is { } flow:
                return answers.Shown(flow, null, StatusCodes.Status422UnprocessableEntity);
            default:
                return ApiError.NotFound("These codes open no session: it is not there yet, or was fetched already.");
        }
    }

    private static async Task<Flow?> FindAsync(FlowStore flows, Guid nid, Guid id, CancellationToken ct) =>
        await flows.FindAsync(nid, FlowKind.Login, id, ct) ?? await flows.FindAsync(nid, FlowKind.Registration, id, ct);

    private static JsonBytesResult Sent(SessionJson json, Session session, SessionToken token) => new(JsonOut.ToBytes((json, session, token), static (w, s) =>
    {
        w.WriteStartObject();
        w.WriteString("session_token"u8, s.token.Value);
        w.WritePropertyName("session"u8);
        s.json.Write(w, s.session, SessionView.Owner);
        w.WriteEndObject();
    }));
}

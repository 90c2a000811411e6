using Ascent.Config;
using Ascent.Http;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Sessions;

/// <summary>
/// What people do with their own sessions. Seeing the others asks for the assurance of whoami; ending them does not, nor is
/// either kept from a disabled identity: it may always make itself safer.
/// </summary>
internal static class SessionEndpoints
{
    public static void MapPublicSessions(this IEndpointRouteBuilder routes)
    {
        var whoami = routes.ServiceProvider.GetRequiredService<WhoamiEndpoint>();
        routes.Map("/sessions/whoami", whoami.HandleAsync);
        routes.MapGet("/sessions", ListMineAsync);
        routes.MapDelete("/sessions", RevokeMineAsync);
        routes.MapDelete("/sessions/{id}", RevokeOneAsync);
    }

    private static async Task<IResult> ListMineAsync(HttpContext http, CurrentSession current, SessionStore store, SessionPages pages, SessionJson json, ConfigStore config, Tenant tenant, TimeProvider time, CancellationToken ct)
    {
        if ((await current.ResolveAsync(http)).OpenAt(time.GetUtcNow()) is not { } session) return Unauthorized();
        var settings = config.Current;
        if (!SessionSatisfies.Aal(session, settings.Session.Whoami.RequiredAal)) return SessionSatisfies.AalError(settings, settings.Session.Whoami.RequiredAal);
        var page = pages.ReadNumbered(http.Request);
        var total = await store.CountOfIdentityAsync(tenant.Nid, session.IdentityId, true, session.Id, ct);
        var sessions = await store.ListOfIdentityAsync(tenant.Nid, session.IdentityId, true, session.Id, page.Offset, page.Size, ct);
        pages.WriteNumbered(http, page, total);
        return new JsonResult<(SessionJson Json, List<Session> All)>((json, sessions), static (w, s) => s.Json.WriteAll(w, s.All, SessionView.Mine));
    }

    private static async Task<IResult> RevokeMineAsync(HttpContext http, CurrentSession current, SessionStore store, Tenant tenant, TimeProvider time, CancellationToken ct)
    {
        if ((await current.ResolveAsync(http)).OpenAt(time.GetUtcNow()) is not { } session) return Unauthorized();
        var count = await store.RevokeOthersAsync(tenant.Nid, session.IdentityId, session.Id, "self", ct);
        return new JsonResult<int>(count, static (w, n) =>
        {
            w.WriteStartObject();
            w.WriteNumber("count"u8, n);
            w.WriteEndObject();
        });
    }

    private static async Task<IResult> RevokeOneAsync(string id, HttpContext http, CurrentSession current, SessionStore store, Tenant tenant, TimeProvider time, CancellationToken ct)
    {
        if ((await current.ResolveAsync(http)).OpenAt(time.GetUtcNow()) is not { } session) return Unauthorized();
        if (!Guid.TryParse(id, out var other)) return new ApiError { Code = 400, Message = "The path must name a session by its UUID." };
        if (other == session.Id) return new ApiError { Code = 400, Message = "This is the session of the request itself; log out to end it." };
        await store.RevokeAsync(tenant.Nid, other, session.IdentityId, "self", ct); // whether there was such a session is nobody else's business
        return NoContent.Instance;
    }

    private static ApiError Unauthorized() => ApiError.Unauthorized("The request holds no credentials of a session, or the session is over.", "session_inactive");
}

/// <summary>Done, and nothing to say; with the content type that clients of the wire contract are used to.</summary>
internal sealed class NoContent : IResult
{
    public static NoContent Instance { get; } = new();

    public Task ExecuteAsync(HttpContext httpContext)
    {
        httpContext.Response.StatusCode = StatusCodes.Status204NoContent;
        httpContext.Response.ContentType = JsonOut.ContentType;
        return Task.CompletedTask;
    }
}

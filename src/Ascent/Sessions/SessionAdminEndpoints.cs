using Ascent.Config;
using Ascent.Http;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Sessions;

/// <summary>Sessions for administrators: everybody's, one, an identity's; ended one by one or many at once.</summary>
internal static class SessionAdminEndpoints
{
    public static void MapAdminSessions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sessions", ListAsync);
        routes.MapPost("/sessions", BulkAsync);
        routes.MapPatch("/sessions", ImportAsync);
        routes.MapDelete("/sessions", DeleteByIdentityAsync);
        routes.Map("/sessions/whoami", ToPublic);
        routes.MapGet("/sessions/{id}", GetAsync);
        routes.MapDelete("/sessions/{id}", DisableAsync);
        routes.MapPatch("/sessions/{id}/extend", ExtendAsync);
        routes.MapGet("/identities/{id}/sessions", ListOfIdentityAsync);
        routes.MapDelete("/identities/{id}/sessions", DeleteOfIdentityAsync);
        routes.MapDelete("/identities/{id}/sessions/{session}", DisableOfIdentityAsync);
    }

    /// <summary>Who asks here meant the other port; without this, "whoami" would be taken for a session's id.</summary>
    private static RedirectResult ToPublic(HttpContext http, ConfigStore config) =>
        new($"{config.Current.Serve.Public.BaseUrl}sessions/whoami{http.Request.QueryString}", StatusCodes.Status307TemporaryRedirect);

    private static async Task<IResult> ListAsync(HttpContext http, SessionStore store, SessionPages pages, SessionJson json, Tenant tenant, CancellationToken ct)
    {
        var (identity, devices) = Expansion(http.Request);
        var filter = new SessionFilter(Active(http.Request), http.Request.Query["identity_id"].ToString() is { Length: > 0 } text ? Id(text, "The query's identity_id") : null);
        var page = pages.ReadKeyset(http.Request);
        var sessions = await store.ListAsync(tenant.Nid, filter, identity, page.Before, page.Size + 1, ct);
        var more = sessions.Count > page.Size;
        if (more) sessions.RemoveAt(page.Size);
        pages.WriteKeyset(http, page, more ? sessions[^1].Id : null);
        return new JsonResult<(SessionJson Json, List<Session> All, SessionView View)>((json, sessions, SessionView.Listed(identity, devices)), static (w, s) => s.Json.WriteAll(w, s.All, s.View));
    }

    private static async Task<IResult> BulkAsync(HttpContext http, SessionBulk bulk, Tenant tenant, CancellationToken ct)
    {
        var outcome = await bulk.RunAsync(tenant.Nid, SessionBulk.Parse(await JsonBody.ReadAsync(http)), AdminCaller.Of(http), ct);
        return new JsonResult<SessionBulk.Outcome>(outcome, static (w, o) =>
        {
            w.WriteStartObject();
            w.WriteNumber("processed"u8, o.Processed);
            w.WriteBoolean("more"u8, o.More);
            w.WriteEndObject();
        });
    }

    private static async Task<IResult> ImportAsync(HttpContext http, SessionImport import, Tenant tenant, CancellationToken ct)
    {
        if (http.Request.Query["import"].ToString() != "exact") return ApiError.BadRequest("The parameter import must be exact: sessions are taken over from another system as they are there.");
        var results = await import.RunAsync(tenant.Nid, import.Read(await JsonBody.ReadAsync(http)), AdminCaller.Of(http), ct);
        return new JsonResult<IReadOnlyList<SessionImported>>(results, static (w, all) =>
        {
            w.WriteStartObject();
            w.WriteStartArray("sessions"u8);
            foreach (var one in all)
            {
                w.WriteStartObject();
                w.WriteString("action"u8, one.Error is null ? "create"u8 : "error"u8);
                w.WriteString("session"u8, one.Id);
                if (one.Error is { } error)
                {
                    w.WritePropertyName("error"u8);
                    error.ToJson().WriteTo(w);
                }
                w.WriteEndObject();
            }
            w.WriteEndArray();
            w.WriteEndObject();
        });
    }

    /// <summary>With an identity its sessions go; without one this is a call that belongs to the public listener.</summary>
    private static async Task<IResult> DeleteByIdentityAsync(HttpContext http, SessionStore store, ConfigStore config, Tenant tenant, CancellationToken ct)
    {
        if (http.Request.Query["identity_id"].ToString() is { Length: > 0 } text)
            return await DeleteAllAsync(http, store, tenant, Id(text, "The query's identity_id"), ct);
        var target = $"{config.Current.Serve.Public.BaseUrl.TrimEnd('/')}/sessions{http.Request.QueryString.ToUriComponent()}";
        return new RedirectResult(target, StatusCodes.Status307TemporaryRedirect);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, SessionStore store, SessionJson json, Tenant tenant, CancellationToken ct)
    {
        var (identity, devices) = Expansion(http.Request);
        var session = await store.FindAsync(tenant.Nid, Id(id, "The path's session"), identity, ct);
        return session is null ? ApiError.NotFound() : Answer(json, session, SessionView.Single(identity, devices));
    }

    private static async Task<IResult> DisableAsync(HttpContext http, string id, SessionStore store, Tenant tenant, CancellationToken ct) =>
        await store.RevokeAsync(tenant.Nid, Id(id, "The path's session"), null, AdminCaller.Of(http), ct) ? NoContent.Instance : ApiError.NotFound();

    private static async Task<IResult> ExtendAsync(HttpContext http, string id, SessionStore store, SessionJson json, ConfigStore config, Tenant tenant, CancellationToken ct)
    {
        var session = await store.ExtendAsync(tenant.Nid, Id(id, "The path's session"), AdminCaller.Of(http), ct);
        if (session is null) return ApiError.NotFound();
        return config.Current.FeatureFlags.FasterSessionExtend ? NoContent.Instance : Answer(json, session, SessionView.Extended);
    }

    private static async Task<IResult> ListOfIdentityAsync(string id, HttpContext http, SessionStore store, SessionPages pages, SessionJson json, Tenant tenant, CancellationToken ct)
    {
        var identity = Id(id, "The path's identity");
        var active = Active(http.Request);
        var page = pages.ReadNumbered(http.Request);
        var total = await store.CountOfIdentityAsync(tenant.Nid, identity, active, null, ct);
        var sessions = await store.ListOfIdentityAsync(tenant.Nid, identity, active, null, page.Offset, page.Size, ct);
        pages.WriteNumbered(http, page, total);
        return new JsonResult<(SessionJson Json, List<Session> All)>((json, sessions), static (w, s) => s.Json.WriteAll(w, s.All, SessionView.OfIdentity));
    }

    private static Task<IResult> DeleteOfIdentityAsync(HttpContext http, string id, SessionStore store, Tenant tenant, CancellationToken ct) =>
        DeleteAllAsync(http, store, tenant, Id(id, "The path's identity"), ct);

    private static async Task<IResult> DisableOfIdentityAsync(HttpContext http, string id, string session, SessionStore store, Tenant tenant, CancellationToken ct) =>
        await store.RevokeAsync(tenant.Nid, Id(session, "The path's session"), Id(id, "The path's identity"), AdminCaller.Of(http), ct) ? NoContent.Instance : ApiError.NotFound();

    private static async Task<IResult> DeleteAllAsync(HttpContext http, SessionStore store, Tenant tenant, Guid identity, CancellationToken ct) =>
        await store.DeleteOfIdentityAsync(tenant.Nid, identity, AdminCaller.Of(http), ct) > 0 ? TypedResults.NoContent() : ApiError.NotFound();

    private static JsonResult<(SessionJson Json, Session Session, SessionView View)> Answer(SessionJson json, Session session, SessionView view) =>
        new((json, session, view), static (w, s) => s.Json.Write(w, s.Session, s.View));

    private static Guid Id(string text, string what)
    {
        if (!Guid.TryParse(text, out var id)) throw new ApiException(new ApiError { Code = 400, Message = $"{what} must be named by its UUID." });
        return id;
    }

    private static bool? Active(HttpRequest request) => request.Query["active"].ToString() switch
    {
        "" => null,
        "1" or "t" or "T" or "true" or "True" or "TRUE" => true,
        "0" or "f" or "F" or "false" or "False" or "FALSE" => false,
        _ => throw new ApiException(new ApiError { Code = 400, Message = "The query's active must be true or false." }),
    };

    private static (bool Identity, bool Devices) Expansion(HttpRequest request)
    {
        bool identity = false, devices = false;
        foreach (var value in request.Query["expand"])
        {
            if (string.Equals(value, "identity", StringComparison.OrdinalIgnoreCase)) identity = true;
            else if (string.Equals(value, "devices", StringComparison.OrdinalIgnoreCase)) devices = true;
            else ApiError.BadRequest("The query's expand must be identity or devices; give it twice for both.").Throw();
        }
        return (identity, devices);
    }
}

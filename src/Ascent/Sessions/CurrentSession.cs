using Ascent.Crypto;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Http;

namespace Ascent.Sessions;

/// <summary>By what a request named its session.</summary>
internal enum SessionSource { None, TokenHeader, Cookie, Bearer }

/// <summary>
/// What a request showed for a session, and the session it opens. <see cref="Session"/> is the row as it is, revoked or expired
/// too: <see cref="ActiveAt"/> says whether it counts.
/// </summary>
internal readonly record struct PresentedSession(SessionSource Source, SessionToken Token, Session? Session, DateTimeOffset CookieExpiresAt)
{
    /// <summary>The session if it is good: not revoked, not expired, its identity not disabled.</summary>
    public Session? ActiveAt(DateTimeOffset now) => Session is { } s && s.IsActive(now) ? s : null;

    /// <summary>The same, whatever the identity's state: listing and ending one's sessions stays possible for the disabled.</summary>
    public Session? OpenAt(DateTimeOffset now) => Session is { Active: true } s && s.ExpiresAt > now ? s : null;

    /// <summary>Nothing was shown that could be a session's token.</summary>
    public bool IsMissing => Source == SessionSource.None;
}

/// <summary>
/// Finds the session of a request: <c>X-Session-Token</c>, else the cookie, else <c>Authorization: Bearer</c>. The first that is
/// there decides; a wrong one is not made up for by the next. A cookie that none of our secrets opens is none.
/// </summary>
internal sealed class CurrentSession(SessionLookup lookup, SessionCookie cookie, Tenant tenant)
{
    private const string BearerScheme = "Bearer ";

    public ValueTask<PresentedSession> ResolveAsync(HttpContext http)
    {
        var source = Find(http.Request, out var token, out var cookieExpiresAt);
        if (source == SessionSource.None) return ValueTask.FromResult(default(PresentedSession));
        var found = lookup.FindAsync(tenant.Nid, token.Key);
        return found.IsCompletedSuccessfully
            ? ValueTask.FromResult(new PresentedSession(source, token, found.Result, cookieExpiresAt))
            : Await(found, source, token, cookieExpiresAt);

        static async ValueTask<PresentedSession> Await(ValueTask<Session?> found, SessionSource source, SessionToken token, DateTimeOffset cookieExpiresAt) =>
            new(source, token, await found, cookieExpiresAt);
    }

    private SessionSource Find(HttpRequest request, out SessionToken token, out DateTimeOffset cookieExpiresAt)
    {
        cookieExpiresAt = default;
        token = default;
        var headers = request.Headers;
        if (headers.TryGetValue("X-Session-Token", out var named) && named.Count > 0 && named[0] is { Length: > 0 } value)
            return SessionToken.TryParse(value, out token) ? SessionSource.TokenHeader : SessionSource.None;
        if (cookie.TryRead(request, out var content))
        {
            (token, cookieExpiresAt) = (content.Token, content.ExpiresAt);
            return SessionSource.Cookie;
        }
        var authorization = headers.Authorization.Count > 0 ? headers.Authorization[0] : null;
        return authorization is not null && authorization.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase)
            && SessionToken.TryParse(authorization[BearerScheme.Length..].Trim(), out token) ? SessionSource.Bearer : SessionSource.None;
    }
}

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
    public Session? OpenAt(DateTimeOffset now) => Session is { } s && s.IsOpen(now) ? s : null;

    /// <summary>The browser's cookie ends before the session does. What a rotation replaced is not given out again.</summary>
    public bool IsCookieBehind => Source == SessionSource.Cookie && Session is { ByRetiredToken: false } s && CookieExpiresAt < s.ExpiresAt;

    /// <summary>Nothing was shown that could be a session's token.</summary>
    public bool IsMissing => Source == SessionSource.None;
}

/// <summary>
/// Finds the session of a request: <c>X-Session-Token</c>, else the cookie, else <c>Authorization: Bearer</c>. The first that is
/// there decides; a wrong one is not made up for by the next. A cookie that none of our secrets opens is none. That a good session
/// was shown is a use of it, whatever for.
/// </summary>
internal sealed class CurrentSession(SessionLookup lookup, SessionCookie cookie, SessionUse use, Tenant tenant, TimeProvider time)
{
    private const string BearerScheme = "Bearer ";

    public ValueTask<PresentedSession> ResolveAsync(HttpContext http)
    {
        var source = Find(http.Request, out var token, out var cookieExpiresAt);
        if (source == SessionSource.None) return ValueTask.FromResult(default(PresentedSession));
        var found = lookup.FindAsync(tenant.Nid, token.Key);
        return found.IsCompletedSuccessfully
            ? ValueTask.FromResult(Used(http, new PresentedSession(source, token, found.Result, cookieExpiresAt)))
            : Await(this, http, found, source, token, cookieExpiresAt);

        static async ValueTask<PresentedSession> Await(CurrentSession self, HttpContext http, ValueTask<Session?> found, SessionSource source, SessionToken token, DateTimeOffset cookieExpiresAt) =>
            self.Used(http, new PresentedSession(source, token, await found, cookieExpiresAt));
    }

    private PresentedSession Used(HttpContext http, PresentedSession presented)
    {
        if (!use.IsWanted) return presented;
        var now = time.GetUtcNow();
        if (presented.ActiveAt(now) is not { } session) return presented;
        use.Touch(session, now);
        // The session's end has moved: the browser's copy of it follows at the next request, whichever that is.
        if (use.Slides && presented.IsCookieBehind) cookie.Issue(http.Response, presented.Token, session.ExpiresAt);
        return presented;
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

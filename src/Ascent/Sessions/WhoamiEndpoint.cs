using System.Globalization;
using System.Text.Json;
using Ascent.Config;
using Ascent.Http;
using Microsoft.AspNetCore.Http;

namespace Ascent.Sessions;

/// <summary>
/// <c>/sessions/whoami</c>, by any method: the session of the request, or why there is none. It is asked with every request of
/// every application behind us, so it takes the short way: one look-up, one buffer, stored JSON passed through.
/// Beyond Kratos it takes <c>aal</c> and <c>max_age</c> for callers that need more than the configuration asks for.
/// </summary>
internal sealed class WhoamiEndpoint(CurrentSession current, SessionJson json, SessionCookie cookie, ConfigStore config, TimeProvider time, ISessionTokenizer? tokenizer = null)
{
    private const string CacheFor = "Ory-Session-Cache-For", IdentityId = "X-Kratos-Authenticated-Identity-Id", MissingCacheFor = "60";

    public async Task HandleAsync(HttpContext http)
    {
        var presented = await current.ResolveAsync(http);
        var settings = config.Current;
        var now = time.GetUtcNow();
        if (presented.ActiveAt(now) is not { Identity: { } identity } session)
        {
            if (settings.FeatureFlags.CacheableSessions && presented.IsMissing) http.Response.Headers[CacheFor] = MissingCacheFor;
            await Unauthorized.ExecuteAsync(http);
            return;
        }
        var asked = http.Request.QueryString.HasValue ? Demands.Read(http.Request.Query) : default;
        if (Refusal(settings, session, asked, now) is { } refusal)
        {
            await refusal.ExecuteAsync(http);
            return;
        }
        string? tokenized = null;
        if (asked.TokenizeAs is { } template)
        {
            switch (await TokenizeAsync(template, session, http.RequestAborted))
            {
                case TokenizeResult.Tokenized t: tokenized = t.Token; break;
                case TokenizeResult.Refused r:
                    await r.Error.ExecuteAsync(http);
                    return;
            }
        }
        var headers = http.Response.Headers;
        headers[IdentityId] = identity.Id.ToString();
        if (settings.FeatureFlags.CacheableSessions && tokenized is null) headers[CacheFor] = Seconds(settings, session, now);
        if (presented.IsCookieBehind && !settings.Session.Sliding) cookie.Issue(http.Response, presented.Token, session.ExpiresAt);
        await JsonOut.SendAsync(http, JsonOut.ContentType, new Answer(json, session, tokenized), WriteAnswer);
    }

    private static readonly Action<Utf8JsonWriter, Answer> WriteAnswer = static (w, a) => a.Json.Write(w, a.Session, SessionView.Owner, a.Tokenized);

    private static ApiError Unauthorized { get; } = ApiError.Unauthorized("The request holds no credentials of a session, or the session is over.", "session_inactive");

    private static ApiError? Refusal(AscentConfig settings, Session session, Demands asked, DateTimeOffset now)
    {
        if (asked.Fault is { } fault) return ApiError.BadRequest(fault);
        var required = settings.Session.Whoami.RequiredAal;
        if (!SessionSatisfies.Aal(session, required)) return SessionSatisfies.AalError(settings, required);
        if (asked.Aal is { } more && !SessionSatisfies.Aal(session, more)) return SessionSatisfies.AalError(settings, more);
        if (asked.MaxAge is { } age && !SessionSatisfies.Age(session, asked.Aal ?? RequiredAal.Aal1, age, now)) return SessionSatisfies.AgeError(settings, asked.Aal ?? RequiredAal.Aal1);
        return null;
    }

    private async Task<TokenizeResult> TokenizeAsync(string template, Session session, CancellationToken ct) => tokenizer is null
        ? new TokenizeResult.Refused(ApiError.BadRequest($"There is no tokenizer template '{template}'."))
        : await tokenizer.TokenizeAsync(template, json.ToBytes(session, SessionView.Owner), session, ct);

    private static string Seconds(AscentConfig settings, Session session, DateTimeOffset now)
    {
        var left = (session.RestsUntil < session.ExpiresAt ? session.RestsUntil : session.ExpiresAt) - now;
        if (settings.FeatureFlags.CacheableSessionsMaxAge is { } most && most < left) left = most;
        return ((long)left.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }

    private readonly record struct Answer(SessionJson Json, Session Session, string? Tokenized);

    /// <summary>What the query asks for.</summary>
    private readonly record struct Demands(RequiredAal? Aal, TimeSpan? MaxAge, string? TokenizeAs, string? Fault)
    {
        public static Demands Read(IQueryCollection query)
        {
            string aal = query["aal"].ToString(), age = query["max_age"].ToString(), template = query["tokenize_as"].ToString();
            var required = aal.Length == 0 ? null : SessionSatisfies.Parse(aal);
            if (aal.Length > 0 && required is null) return new Demands { Fault = "The query's aal must be one of aal1, aal2, aal3 and highest_available." };
            var seconds = 0u;
            if (age.Length > 0 && !uint.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out seconds))
                return new Demands { Fault = "The query's max_age must be a whole number of seconds." };
            return new Demands(required, age.Length == 0 ? null : TimeSpan.FromSeconds(seconds), template.Length == 0 ? null : template, null);
        }
    }
}

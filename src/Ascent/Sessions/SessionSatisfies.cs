using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Http;

namespace Ascent.Sessions;

/// <summary>Whether a session is strong and fresh enough, and what to tell a client whose session is not.</summary>
internal static class SessionSatisfies
{
    /// <summary>Whether the session reaches the level. <c>highest_available</c> asks for what the identity's credentials can reach.</summary>
    public static bool Aal(Session session, RequiredAal required) => required switch
    {
        RequiredAal.Aal1 => SessionAal.Reaches(session.Aal, SessionAal.Aal1),
        RequiredAal.Aal2 => SessionAal.Reaches(session.Aal, SessionAal.Aal2),
        RequiredAal.Aal3 => SessionAal.Reaches(session.Aal, SessionAal.Aal3),
        _ => SessionAal.Reaches(session.Aal, SessionAal.Aal2) || session.Identity is not { AvailableAal: SessionAal.Aal2 or SessionAal.Aal3 },
    };

    /// <summary>Whether what lifts the session to the level was shown no longer ago than this.</summary>
    public static bool Age(Session session, RequiredAal required, TimeSpan maxAge, DateTimeOffset now)
    {
        var shown = session.AuthenticatedAt;
        if (required is RequiredAal.Aal2 or RequiredAal.Aal3)
            shown = session.Methods.Where(m => m.Aal == SessionAal.Aal2).Select(m => m.CompletedAt).DefaultIfEmpty(DateTimeOffset.MinValue).Max();
        return now - shown <= maxAge;
    }

    public static RequiredAal? Parse(string text) => text switch
    {
        SessionAal.Aal1 => RequiredAal.Aal1,
        SessionAal.Aal2 => RequiredAal.Aal2,
        SessionAal.Aal3 => RequiredAal.Aal3,
        "highest_available" => RequiredAal.HighestAvailable,
        _ => null,
    };

    /// <summary>403 with the way to a stronger session; <paramref name="returnTo"/> is where that way ends.</summary>
    public static ApiError AalError(AscentConfig config, RequiredAal required, string? returnTo = null)
    {
        var aal = required == RequiredAal.Aal3 ? SessionAal.Aal3 : SessionAal.Aal2;
        return Redirecting(LoginUrl(config, $"aal={aal}", returnTo), new ApiError
        {
            Code = 403, Id = $"session_{aal}_required", Message = "The session's authenticator assurance level is too low",
            Reason = "There is a session, but it was not proven as strongly as this asks for. Confirm another factor, then try again.",
        });
    }

    /// <summary>403 with the way to sign in once more.</summary>
    public static ApiError AgeError(AscentConfig config, RequiredAal required, string? returnTo = null)
    {
        var query = required switch { RequiredAal.Aal2 => "aal=aal2&refresh=true", RequiredAal.Aal3 => "aal=aal3&refresh=true", _ => "refresh=true" };
        return Redirecting(LoginUrl(config, query, returnTo), new ApiError
        {
            Code = 403, Id = "session_refresh_required", Message = "The session's proof is too old",
            Reason = "There is a session, but its proof is older than this accepts. Confirm that it is you, then try again.",
        });
    }

    private static string LoginUrl(AscentConfig config, string query, string? returnTo) =>
        $"{config.Serve.Public.BaseUrl.TrimEnd('/')}/self-service/login/browser?{query}" + (returnTo is null ? "" : $"&return_to={Uri.EscapeDataString(returnTo)}");

    private static ApiError Redirecting(string url, ApiError error) => error with
    {
        Details = new JsonObject { ["redirect_browser_to"] = url }, TopLevel = new JsonObject { ["redirect_browser_to"] = url },
    };
}

using System.Text.Json.Nodes;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Sessions;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Settings;

/// <summary>Who may see or change settings: the flow's own identity, from a session as strong as the configuration asks for.</summary>
internal static class SettingsAccess
{
    /// <summary>401 at the start of a flow.</summary>
    public static ApiError SessionNeeded { get; } = ApiError.Unauthorized("One's settings can be opened only from a session. Sign in first.", "session_inactive") with { Message = "The request has no session" };

    /// <summary>401 on a flow that exists.</summary>
    public static ApiError SessionMissing { get; } = ApiError.Unauthorized("The request carries no good session, neither as a cookie nor as a token.");

    public static ApiError OtherIdentity { get; } = ApiError.Forbidden("This flow belongs to another identity than the session.", "security_identity_mismatch");

    /// <summary>A browser is sent to the login; who speaks JSON is told.</summary>
    public static IResult Missing(FlowContext c) =>
        c.IsJson ? SessionMissing : new RedirectResult(FlowKind.Login.UiUrl(c.Config), StatusCodes.Status302Found);

    /// <summary>
    /// Null where the session is strong enough, or as strong as it can get and so may enrol its next factor; else the 403, whose way out ends at
    /// <paramref name="returnTo"/>.
    /// </summary>
    public static ApiError? TooWeak(FlowContext c, Session session, IdentityState state, string? returnTo)
    {
        var available = AvailableAal.Of(state.Credentials.Values, c.Config);
        // Nothing the identity has could make the session stronger: it may enrol what does.
        var mayEnrol = SessionAal.Reaches(session.Aal, SessionAal.Aal1) && SessionAal.Reaches(session.Aal, available);
        return IsEnough(c, session, available) || mayEnrol ? null : SessionSatisfies.AalError(c.Config, c.Config.SelfService.Flows.Settings.RequiredAal, returnTo);
    }

    /// <summary>The session lacks the required level and is let in for nothing but the enrolment that leads there.</summary>
    public static bool OnlyEnrols(FlowContext c, Session session, IdentityState state) => !IsEnough(c, session, AvailableAal.Of(state.Credentials.Values, c.Config));

    /// <summary>JSON and native clients get the error; a browser goes where it points.</summary>
    public static IResult Answer(FlowContext c, bool isApi, ApiError tooWeak) =>
        isApi || c.IsJson ? tooWeak : new RedirectResult((string)tooWeak.TopLevel!["redirect_browser_to"]!);

    /// <summary>What such a session is told when it asks for anything else.</summary>
    public static ApiError EnrolFirst(FlowContext c, Flow flow)
    {
        var url = FlowAnswers.PageOf(c, flow);
        return SessionSatisfies.AalError(c.Config, c.Config.SelfService.Flows.Settings.RequiredAal) with
        {
            Reason = EnrolFirstReason,
            Details = new JsonObject { ["redirect_browser_to"] = url }, TopLevel = new JsonObject { ["redirect_browser_to"] = url },
        };
    }

    public const string EnrolFirstReason = "This account needs a second factor before anything else can be changed. Please set one up first.";

    /// <summary>By what the identity has now, which may be more than it had when the session was read.</summary>
    private static bool IsEnough(FlowContext c, Session session, string available) =>
        SessionSatisfies.Aal(session with { Identity = session.Identity! with { AvailableAal = available } }, c.Config.SelfService.Flows.Settings.RequiredAal);
}

using Ascent.Config;
using Ascent.Storage;

namespace Ascent.Sessions;

/// <summary>
/// <c>session.idle</c>: a session of a level ends when it has not been used for that long. A use is written down once a grain at most
/// (<see cref="SessionConfig.UseGrain"/>), so the last one may be a grain younger than the row says: that much is given on top.
/// So no session ends that was used in time, on whatever node.
/// </summary>
internal static class SessionIdle
{
    /// <summary>The session with the moment at which it ends for want of use.</summary>
    public static Session Judged(Session session, SessionConfig settings) =>
        settings.Idle?.Of(session.Aal) is { } idle ? session with { RestsUntil = session.UsedAt + idle + settings.UseGrain } : session;

    /// <summary>The same as a condition on rows of <c>session s</c>; empty where nothing is configured.</summary>
    public static string Condition(SessionConfig settings) => settings.Idle is null ? ""
        : " and s.used_at > case s.aal when 'aal3' then @idle3 when 'aal2' then @idle2 else @idle1 end";

    public static IEnumerable<(string, SqlValue)> Parameters(SessionConfig settings, DateTimeOffset now)
    {
        if (settings.Idle is not { } idle) yield break;
        yield return ("idle1", Since(idle.Aal1));
        yield return ("idle2", Since(idle.Aal2));
        yield return ("idle3", Since(idle.Aal3));

        DateTimeOffset Since(TimeSpan? limit) => limit is { } time ? now - time - settings.UseGrain : DateTimeOffset.UnixEpoch;
    }
}

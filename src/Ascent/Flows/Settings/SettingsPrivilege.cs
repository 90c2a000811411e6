using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Http;
using Ascent.Sessions;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Settings;

/// <summary>
/// What protects an account may be changed only shortly after its owner proved who they are. A browser's form waits meanwhile
/// and is carried out once, when the browser comes back from the login.
/// </summary>
internal sealed class SettingsPrivilege(Continuity continuity)
{
    public static readonly TimeSpan Waits = TimeSpan.FromMinutes(15);

    /// <summary>A window of nothing, or of less than the clock tells, is never open: any proof is older than it.</summary>
    public static bool IsGiven(AscentConfig config, Session session, DateTimeOffset now)
    {
        var window = config.SelfService.Flows.Settings.PrivilegedSessionMaxAge;
        return window > TimeSpan.Zero && session.AuthenticatedAt + window > now;
    }

    /// <summary>To the login, and back to this flow.</summary>
    public async Task<IResult> AskAsync(SettingsSubmission submission)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        var url = $"{c.Config.Serve.Public.BaseUrl}self-service/login/browser?refresh=true&return_to={Uri.EscapeDataString(Flow.ActionUrl(c.Config, FlowKind.Settings, flow.Id))}";
        if (!flow.IsApi) await continuity.PauseAsync(c, NameOf(flow), submission.Session.IdentityId, submission.Body, Waits);
        if (!flow.IsApi && !c.IsJson) return new RedirectResult(url);
        return ApiError.Forbidden("This changes what protects the account, and the last sign-in is too long ago. Confirm that it is you, then try again.", "session_refresh_required") with
        {
            TopLevel = new JsonObject { ["redirect_browser_to"] = url },
        };
    }

    /// <summary>The form that waited for this identity in this flow; it is handed out once.</summary>
    public Task<JsonObject?> ResumeAsync(FlowContext c, Flow flow, Session session) => continuity.ResumeAsync(c, NameOf(flow), session.IdentityId);

    private static string NameOf(Flow flow) => $"settings/{flow.Id}";
}

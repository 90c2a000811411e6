using Ascent.Identities;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Settings;

/// <summary>GET …/flows?id=: a flow as it stands, for the identity it belongs to, in whichever browser or app that is.</summary>
internal sealed class SettingsReading(FlowContexts contexts, FlowStore store, FlowAnswers answers, IdentityStore identities)
{
    public async Task<IResult> GetAsync(HttpContext http)
    {
        var c = await contexts.OpenAsync(http);
        CsrfCookie.Ensure(http, c.Config);
        if (c.Session is not { } session || await identities.StateAsync(c.Nid, session.IdentityId, c.Ct) is not { } state) return SettingsAccess.Missing(c);
        if (c.QueryId("id") is not { } id || await store.FindAsync(c.Nid, FlowKind.Settings, id, c.Ct) is not { } flow) return Http.ApiError.NotFound();
        if (flow.IdentityId != session.IdentityId) return SettingsAccess.OtherIdentity;
        if (SettingsAccess.TooWeak(c, session, state, FlowAnswers.PageOf(c, flow)) is { } tooWeak) return SettingsAccess.Answer(c, flow.IsApi, tooWeak);
        return flow.IsExpired(c.Now) ? FlowReading.Expired(c, flow) : answers.Shown(flow, new FlowJson.Extras(state.Identity));
    }
}

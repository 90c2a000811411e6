using Ascent.Flows;
using Ascent.Flows.Codes;
using Ascent.Flows.Recovery;
using Ascent.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Methods.Link;

/// <summary>Links that recover an account, handed out by an administrator.</summary>
internal static class LinkRecoveryEndpoints
{
    public static IEndpointRouteBuilder MapAdminLinkRecovery(this IEndpointRouteBuilder admin)
    {
        admin.MapPost("/recovery/link", HandOutAsync);
        return admin;
    }

    private static async Task<IResult> HandOutAsync(HttpContext http, RecoveryByAdmin recoveries, CodeStore codes)
    {
        var c = await recoveries.OpenAsync(http);
        var method = c.Config.SelfService.Methods.Link;
        if (!method.Enabled) return FlowGate.MethodDisabled;
        var asked = await RecoveryRequest.ReadAsync(http, method.Config.Lifespan) with { IsApi = false };
        var returnTo = c.Query("return_to");
        if (returnTo is not null && ReturnTo.Check(c.Config, returnTo) is ReturnToResult.Forbidden forbidden) return forbidden.Error;
        if (!await recoveries.KnowsAsync(c, asked.IdentityId)) return ApiError.BadRequest("There is no identity of this id.");
        var flow = RecoveryByAdmin.Begin(c, asked, returnTo);
        flow.Active = LinkRecovery.MethodName;
        var token = await recoveries.KeepAsync(c, flow, LinkRecovery.MethodName, asked.IdentityId, (tx, to, ct) => codes.IssueTokenAsync(tx, c.Nid, flow.Id, to, asked.Lifespan, ct));
        return RecoveryByAdmin.Answer(LinkRecovery.UrlOf(c.Config, flow.Id, token), null, flow.ExpiresAt, StatusCodes.Status200OK);
    }
}

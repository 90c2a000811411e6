using Ascent.Flows;
using Ascent.Flows.Codes;
using Ascent.Flows.Recovery;
using Ascent.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Methods.Code;

/// <summary>Codes that recover an account, handed out by an administrator.</summary>
internal static class CodeRecoveryEndpoints
{
    public static IEndpointRouteBuilder MapAdminCodeRecovery(this IEndpointRouteBuilder admin)
    {
        admin.MapPost("/recovery/code", HandOutAsync);
        return admin;
    }

    private static async Task<IResult> HandOutAsync(HttpContext http, RecoveryByAdmin recoveries, CodeStore codes)
    {
        var c = await recoveries.OpenAsync(http);
        var method = c.Config.SelfService.Methods.Code;
        if (!method.Enabled) return FlowGate.MethodDisabled;
        var asked = await RecoveryRequest.ReadAsync(http, method.Config.Lifespan);
        if (!await recoveries.KnowsAsync(c, asked.IdentityId)) return ApiError.NotFound("There is no identity of this id.");
        var flow = RecoveryByAdmin.Begin(c, asked, returnTo: null);
        flow.IsForAnyBrowser = true;
        CodeRecovery.AskForHandedOut(flow, asked.IdentityId);
        var code = await recoveries.KeepAsync(c, flow, CodeRecovery.MethodName, asked.IdentityId, (tx, to, ct) => codes.IssueDigitsAsync(tx, c.Nid, flow.Id, to, asked.Lifespan, ct));
        return RecoveryByAdmin.Answer(FlowAnswers.PageOf(c, flow), code, flow.ExpiresAt, StatusCodes.Status201Created);
    }
}

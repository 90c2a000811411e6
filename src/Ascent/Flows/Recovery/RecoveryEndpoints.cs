using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Flows.Recovery;

internal static class RecoveryEndpoints
{
    public static IEndpointRouteBuilder MapRecovery(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/self-service/recovery/browser", static (HttpContext http, RecoveryStart start) => start.StartAsync(http, isApi: false));
        routes.MapGet("/self-service/recovery/api", static (HttpContext http, RecoveryStart start) => start.StartAsync(http, isApi: true));
        routes.MapGet("/self-service/recovery/flows", static (HttpContext http, RecoveryStart start) => start.ReadAsync(http));
        routes.MapMethods("/self-service/recovery", ["GET", "POST"], static (HttpContext http, RecoverySubmit submit) => submit.SubmitAsync(http));
        return routes;
    }
}

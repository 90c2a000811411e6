using Ascent.Config;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Flows.Verification;

internal static class VerificationEndpoints
{
    public static IEndpointRouteBuilder MapVerification(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/self-service/verification/browser", static (HttpContext http, VerificationStart start) => start.StartAsync(http, isApi: false));
        routes.MapGet("/self-service/verification/api", static (HttpContext http, VerificationStart start) => start.StartAsync(http, isApi: true));
        routes.MapGet("/self-service/verification/flows", GetAsync);
        routes.MapMethods("/self-service/verification", ["GET", "POST"], static (HttpContext http, VerificationSubmit submit) => submit.SubmitAsync(http));
        return routes;
    }

    private static async Task<IResult> GetAsync(HttpContext http, FlowReading reading, ConfigStore config)
    {
        if (config.Current.SelfService.Flows.Verification.Enabled) return await reading.GetAsync(http, FlowKind.Verification);
        CsrfCookie.Ensure(http, config.Current);
        return VerificationStart.Disabled;
    }
}

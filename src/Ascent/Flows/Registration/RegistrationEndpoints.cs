using Ascent.Config;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Flows.Registration;

internal static class RegistrationEndpoints
{
    public static IEndpointRouteBuilder MapRegistration(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/self-service/registration/browser", static (HttpContext http, RegistrationStart start) => start.StartAsync(http, isApi: false));
        routes.MapGet("/self-service/registration/api", static (HttpContext http, RegistrationStart start) => start.StartAsync(http, isApi: true));
        routes.MapGet("/self-service/registration/flows", GetAsync);
        routes.MapMethods("/self-service/registration", ["GET", "POST"], static (HttpContext http, RegistrationSubmit submit) => submit.SubmitAsync(http));
        return routes;
    }

    private static async Task<IResult> GetAsync(HttpContext http, FlowReading reading, ConfigStore config)
    {
        if (config.Current.SelfService.Flows.Registration.Enabled) return await reading.GetAsync(http, FlowKind.Registration);
        CsrfCookie.Ensure(http, config.Current);
        return RegistrationStart.Disabled;
    }
}

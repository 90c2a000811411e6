using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Flows.Login;

internal static class LoginEndpoints
{
    public static IEndpointRouteBuilder MapLogin(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/self-service/login/browser", static (HttpContext http, LoginStart start) => start.StartAsync(http, isApi: false));
        routes.MapGet("/self-service/login/api", static (HttpContext http, LoginStart start) => start.StartAsync(http, isApi: true));
        routes.MapGet("/self-service/login/flows", static (HttpContext http, FlowReading reading) => reading.GetAsync(http, FlowKind.Login));
        routes.MapMethods("/self-service/login", ["GET", "POST"], static (HttpContext http, LoginSubmit submit) => submit.SubmitAsync(http));
        return routes;
    }
}

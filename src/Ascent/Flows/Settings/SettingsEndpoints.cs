using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Flows.Settings;

internal static class SettingsEndpoints
{
    public static IEndpointRouteBuilder MapSettings(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/self-service/settings/browser", static (HttpContext http, SettingsStart start) => start.StartAsync(http, isApi: false));
        routes.MapGet("/self-service/settings/api", static (HttpContext http, SettingsStart start) => start.StartAsync(http, isApi: true));
        routes.MapGet("/self-service/settings/flows", static (HttpContext http, SettingsReading reading) => reading.GetAsync(http));
        routes.MapMethods("/self-service/settings", ["GET", "POST"], static (HttpContext http, SettingsSubmit submit) => submit.SubmitAsync(http));
        return routes;
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Flows.Recovery;

/// <summary>
/// Owns getting back into an account by an address that belongs to it. Its methods are <see cref="IRecoveryMethod"/>s. Refuses: telling
/// whether anybody has an address, raising a session, and standing in for a second factor.
/// </summary>
internal static class RecoveryModule
{
    public static IServiceCollection AddRecovery(this IServiceCollection services) => services
        .AddSingleton<RecoveryMethods>()
        .AddSingleton<RecoveryFlows>()
        .AddSingleton<RecoveryStart>()
        .AddSingleton<RecoveryAnswers>()
        .AddSingleton<RecoverySubmit>()
        .AddSingleton<RecoveryCompletion>()
        .AddSingleton<RecoverySender>()
        .AddSingleton<RecoveryByAdmin>();

    public static IEndpointRouteBuilder MapRecovery(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/self-service/recovery/browser", static (HttpContext http, RecoveryStart start) => start.StartAsync(http, isApi: false));
        routes.MapGet("/self-service/recovery/api", static (HttpContext http, RecoveryStart start) => start.StartAsync(http, isApi: true));
        routes.MapGet("/self-service/recovery/flows", static (HttpContext http, RecoveryStart start) => start.ReadAsync(http));
        routes.MapMethods("/self-service/recovery", ["GET", "POST"], static (HttpContext http, RecoverySubmit submit) => submit.SubmitAsync(http));
        return routes;
    }
}

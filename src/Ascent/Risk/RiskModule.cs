using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Risk;

/// <summary>
/// Owns the counts of wrong attempts and the lockouts that follow. Names are kept as keyed hashes; what is unknown is counted
/// like what is known. Refuses: judging credentials (the methods do), and ending sessions: a lockout is about new attempts.
/// </summary>
internal static class RiskModule
{
    public static IServiceCollection AddRisk(this IServiceCollection services) => services
        .AddSingleton<ThrottleKeys>()
        .AddSingleton<LoginThrottle>()
        .AddSingleton<MessageLimits>()
        .AddSingleton<Lockouts>()
        .AddSingleton<ThrottleSweep>();

    public static void MapAdminLockouts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/lockouts", LockoutEndpoints.ListAsync);
        routes.MapDelete("/lockouts/{id}", LockoutEndpoints.DeleteAsync);
        routes.MapPost("/lockouts/unlock", LockoutEndpoints.UnlockAsync);
    }
}

using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Tenancy;

/// <summary>Owns the tenant, and whether the database that holds everything of it can be worked with.</summary>
internal static class TenancyModule
{
    public static IServiceCollection AddDatabaseWatch(this IServiceCollection services) => services
        .AddSingleton<DatabaseWatch>()
        .AddHostedService(s => s.GetRequiredService<DatabaseWatch>());
}

using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Jsonnet;

/// <summary>Templates that turn JSON into JSON: Jsonnet, and JSON with placeholders. Reads no files, keeps nothing.</summary>
internal static class JsonnetModule
{
    public static IServiceCollection AddJsonnet(this IServiceCollection services) => services
        .AddSingleton(p => new JsonnetEngine(p.GetRequiredService<TimeProvider>()))
        .AddSingleton<Templates>();
}

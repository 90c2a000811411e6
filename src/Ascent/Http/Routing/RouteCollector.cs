using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Http.Routing;

/// <summary>What modules map their routes onto; groups, filters and metadata work as anywhere in ASP.NET Core.</summary>
internal sealed class RouteCollector(IServiceProvider services) : IEndpointRouteBuilder
{
    public IServiceProvider ServiceProvider { get; } = services;
    public ICollection<EndpointDataSource> DataSources { get; } = [];

    public IApplicationBuilder CreateApplicationBuilder() => new ApplicationBuilder(ServiceProvider);

    public static RouteTable Collect(IServiceProvider services, string prefix, params Action<IEndpointRouteBuilder>?[] maps)
    {
        var collector = new RouteCollector(services);
        foreach (var map in maps) map?.Invoke(collector);
        return new RouteTable(collector.DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>(), prefix);
    }
}

/// <summary>Metadata of a route whose answers do not depend on cookies, so that they carry no <c>Vary: Cookie</c>.</summary>
internal sealed class SameForEverybody
{
    public static SameForEverybody Instance { get; } = new();
}

/// <summary>Metadata of a route that the request log may leave out.</summary>
internal sealed class HealthCheck
{
    public static HealthCheck Instance { get; } = new();
}

/// <summary>Metadata of an admin route that answers without the admin gate: health and nothing else.</summary>
internal sealed class OpenToAll
{
    public static OpenToAll Instance { get; } = new();
}

/// <summary>Metadata of a route whose answers set their own Cache-Control.</summary>
internal sealed class OwnCaching
{
    public static OwnCaching Instance { get; } = new();
}

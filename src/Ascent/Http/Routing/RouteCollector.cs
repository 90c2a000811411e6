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

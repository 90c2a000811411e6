using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Events;

/// <summary>
/// Owns the audit trail: what is written into it, how it is read, and for how long it is kept. Refuses: secrets, what people typed, and
/// types that are not in <see cref="EventTypes"/>.
/// </summary>
internal static class EventsModule
{
    public static IServiceCollection AddEvents(this IServiceCollection services) => services
        .AddSingleton<EventTrail>()
        .AddSingleton(s => new EventWriter(s.GetRequiredService<TimeProvider>(), s.GetRequiredService<EventTrail>()))
        .AddSingleton<EventStore>();

    public static void MapAdminEvents(this IEndpointRouteBuilder routes) => routes.MapGet("/events", EventEndpoints.ListAsync);
}

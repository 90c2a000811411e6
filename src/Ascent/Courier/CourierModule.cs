using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Courier;

/// <summary>
/// Owns messages to people: their words, their queue in the database and their way out, by SMTP or to an HTTP service. Its face
/// is <see cref="CourierQueue"/>. Refuses: deciding who is written to and why, and keeping what a message said once it is out.
/// </summary>
internal static class CourierModule
{
    public static IServiceCollection AddCourier(this IServiceCollection services) => services
        .AddSingleton<CourierSignal>()
        .AddSingleton<MessageSeal>()
        .AddSingleton<MessageStore>()
        .AddSingleton<CourierQueue>()
        .AddSingleton<CourierNode>()
        .AddSingleton<CourierGauge>()
        .AddHostedService(s => s.GetRequiredService<CourierGauge>())
        .AddSingleton<CourierWorker>()
        .AddHostedService(s => s.GetRequiredService<CourierWorker>());
}

using System.CommandLine;
using Ascent.Config;
using Ascent.Http.Telemetry;

namespace Ascent.Server.Commands;

internal static class CourierCommand
{
    public static Command Create()
    {
        var dev = new Option<bool>("--dev") { Description = "Development mode, as Kratos has it: what messages say is kept. Never in production." };
        var optOut = new Option<bool>("--sqa-opt-out") { Description = "Accepted for Kratos's sake; we send no telemetry.", Hidden = true };
        var watch = new Command("watch", "Send what is queued, until stopped. Any number of these may run beside each other.") { dev, optOut };
        watch.SetAction((parsed, ct) => WatchAsync(Workplace.Source(parsed) with { Dev = parsed.GetValue(dev), WatchCourier = true }, ct));
        return new Command("courier", "Mail and text messages.") { watch };
    }

    private static async Task<int> WatchAsync(ConfigSource source, CancellationToken ct)
    {
        var loader = new ConfigLoader(source);
        return await StartReport.GuardAsync(loader, async () =>
        {
            await using var host = await CourierHost.BuildAsync(loader, TimeProvider.System, w => StartLog.Warn(loader.Log, Console.Error, w.ToString()), ct);
            await host.RunAsync(ct);
        });
    }
}

using System.CommandLine;
using Ascent.Config;
using Ascent.Courier;
using Ascent.Events;
using Ascent.Http.Telemetry;
using Ascent.Storage;
using Ascent.Tenancy;

namespace Ascent.Server.Commands;

internal static class CourierCommand
{
    public static Command Create()
    {
        var dev = new Option<bool>("--dev") { Description = "Development mode, as Kratos has it: what messages say is kept. Never in production." };
        var optOut = new Option<bool>("--sqa-opt-out") { Description = "Accepted for Kratos's sake; we send no telemetry.", Hidden = true };
        var watch = new Command("watch", "Send what is queued, until stopped. Any number of these may run beside each other.") { dev, optOut };
        watch.SetAction((parsed, ct) => WatchAsync(Workplace.Source(parsed) with { Dev = parsed.GetValue(dev), WatchCourier = true }, ct));
        var message = new Argument<Guid>("message") { Description = "The message's id." };
        var resend = new Command("resend", "Send a message now that waits for its next attempt.") { message, CommandLine.FromEnvironment };
        resend.SetAction((parsed, ct) => ResendAsync(parsed, parsed.GetValue(message), ct));
        return new Command("courier", "Mail and text messages.") { watch, resend };
    }

    private static async Task<int> ResendAsync(ParseResult parsed, Guid id, CancellationToken ct)
    {
        await using var db = Workplace.OpenDatabase(parsed);
        await new Migrator(db, TimeProvider.System).EnsureCurrentAsync(ct);
        var tenant = await Tenant.LoadDefaultAsync(db, TimeProvider.System, ct);
        switch (await MessageResending.ResendAsync(db, new EventWriter(TimeProvider.System), tenant.Nid, id, "operator", TimeProvider.System.GetUtcNow(), ct))
        {
            case Resending.Due:
                Console.WriteLine($"The message {id} is sent as soon as a courier looks.");
                return 0;
            case Resending.UnderWay: throw new CommandFailedException($"The message {id} is being sent at this moment.");
            case Resending.Over: throw new CommandFailedException($"The message {id} is over, and what it said is not kept: its receiver asks for another.");
            default: throw new CommandFailedException($"There is no message {id}.");
        }
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

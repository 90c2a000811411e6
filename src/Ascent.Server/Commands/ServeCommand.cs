using System.CommandLine;
using Ascent.Config;
using Ascent.Http.Telemetry;

namespace Ascent.Server.Commands;

internal static class ServeCommand
{
    public static Command Create()
    {
        var dev = new Option<bool>("--dev") { Description = "Development mode, as Kratos has it. Never in production." };
        var courier = new Option<bool>("--watch-courier") { Description = "Send mail from this process too." };
        var optOut = new Option<bool>("--sqa-opt-out") { Description = "Accepted for Kratos's sake; we send no telemetry.", Hidden = true };
        var command = new Command("serve", "Serve the public and the admin API.") { dev, courier, optOut };
        var all = new Command("all", "The same as serve.") { dev, courier, optOut };
        command.Add(all);
        Task<int> Run(ParseResult parsed, CancellationToken ct) => RunAsync(Workplace.Source(parsed) with { Dev = parsed.GetValue(dev), WatchCourier = parsed.GetValue(courier) }, ct);
        command.SetAction(Run);
        all.SetAction(Run);
        return command;
    }

    private static async Task<int> RunAsync(ConfigSource source, CancellationToken ct)
    {
        var loader = new ConfigLoader(source);
        return await StartReport.GuardAsync(loader, async () =>
        {
            await using var server = await AscentServer.BuildAsync(loader, TimeProvider.System, w => StartLog.Warn(loader.Log, Console.Error, w.ToString()), ct);
            ServiceManager.Follow(server.Services);
            await server.RunAsync(ct);
        });
    }
}

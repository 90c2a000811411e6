using System.CommandLine;
using Ascent.Config;
using Ascent.Courier;
using Ascent.Events;
using Ascent.Flows;
using Ascent.Risk;
using Ascent.Sessions;
using Ascent.Storage;
using Ascent.Tenancy;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ascent.Server.Commands;

internal static class CleanupCommand
{
    public static Command Create()
    {
        var batch = new Option<int>("--batch-size", "-b") { Description = "Rows removed at a time.", DefaultValueFactory = _ => 100 };
        var keep = new Option<string>("--keep-last") { Description = "Keep what expired within this time, such as 24h.", DefaultValueFactory = _ => "0s" };
        var sql = new Command("sql", "Remove everything that has expired; safe while the server serves.") { CommandLine.Dsn, CommandLine.FromEnvironment, batch, keep };
        sql.SetAction((parsed, ct) => RunAsync(parsed, parsed.GetValue(batch), parsed.GetValue(keep)!, ct));
        return new Command("cleanup", "Upkeep of the database.") { sql };
    }

    private static async Task<int> RunAsync(ParseResult parsed, int batch, string keep, CancellationToken ct)
    {
        if (!GoDuration.TryParse(keep, out var older)) throw new CommandFailedException($"--keep-last is '{keep}'; a duration such as 24h or 30m is right.");
        if (batch < 1) throw new CommandFailedException("--batch-size must be at least 1.");
        var files = parsed.GetValue(CommandLine.Config) ?? [];
        await using var db = Workplace.OpenDatabase(parsed, parsed.GetValue(CommandLine.Dsn));
        await new Migrator(db, TimeProvider.System).EnsureCurrentAsync(ct);
        var tenant = await Tenant.LoadDefaultAsync(db, TimeProvider.System, ct);
        // How long events are kept only the configuration says; without one none is removed.
        using var config = new ConfigStore(files.Length > 0 ? Workplace.LoadConfig(new ConfigLoader(Workplace.Source(parsed))) : new AscentConfig { Audit = new AuditConfig { Retention = TimeSpan.Zero } });
        using var cleanup = new Cleanup(new SessionSweep(db, TimeProvider.System), new FlowSweep(db, TimeProvider.System), new ThrottleSweep(db, TimeProvider.System), new MessageStore(db), new EventStore(db), tenant, config, TimeProvider.System, NullLogger<Cleanup>.Instance);
        Console.WriteLine($"Removed {await cleanup.RunOnceAsync(older, batch, ct)} expired rows.");
        return 0;
    }
}

using Ascent.Config;
using Ascent.Courier;
using Ascent.Events;
using Ascent.Flows;
using Ascent.Risk;
using Ascent.Sessions;
using Ascent.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ascent;

/// <summary>Removes what has expired, a batch at a time, while the server serves; the command line runs the same at once.</summary>
internal sealed partial class Cleanup(SessionSweep sessions, FlowSweep flows, ThrottleSweep throttle, MessageStore messages, EventStore events, Tenant tenant, ConfigStore config, TimeProvider time, ILogger<Cleanup> log, DatabaseWatch? watch = null) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    /// <summary>Who comes back to a form that was left open hears that it expired, and gets a fresh one in its place.</summary>
    private static readonly TimeSpan FlowsKept = TimeSpan.FromDays(1);

    /// <summary>Administrators may want to know for a while what became of a message; what it said was wiped long before.</summary>
    private static readonly TimeSpan MessagesKept = TimeSpan.FromDays(30);

    private static readonly TimeSpan BetweenBatches = TimeSpan.FromMilliseconds(200);

    /// <summary>Everything that is over for as long as this; returns how many rows it were.</summary>
    public Task<int> RunOnceAsync(TimeSpan olderThan, int batch, CancellationToken ct) => RunAsync(olderThan, olderThan, batch, ct);

    /// <summary>What the server does by itself, again and again.</summary>
    public Task<int> RunRoundAsync(CancellationToken ct)
    {
        var settings = config.Current.Database.Cleanup;
        return RunAsync(settings.OlderThan, settings.OlderThan > FlowsKept ? settings.OlderThan : FlowsKept, settings.BatchSize, ct);
    }

    private async Task<int> RunAsync(TimeSpan olderThan, TimeSpan flowsOlderThan, int batch, CancellationToken ct)
    {
        var sum = 0;
        foreach (var sweep in Sweeps(olderThan, flowsOlderThan))
            for (int gone; (gone = await sweep(batch, ct)) > 0;)
            {
                sum += gone;
                if (gone < batch) break;
                await Task.Delay(BetweenBatches, time, ct);
            }
        return sum;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var gone = await RunRoundAsync(stoppingToken);
                if (gone > 0) Removed(gone);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (watch?.Note(e) is null) Failed(e);
            }
        }
    }

    private IEnumerable<Func<int, CancellationToken, Task<int>>> Sweeps(TimeSpan olderThan, TimeSpan flowsOlderThan) =>
    [
        (batch, ct) => sessions.DeleteExpiredAsync(tenant.Nid, olderThan, batch, ct),
        (batch, ct) => flows.DeleteExpiredAsync(tenant.Nid, flowsOlderThan, batch, ct),
        (batch, ct) => throttle.DeleteExpiredAsync(tenant.Nid, batch, ct),
        .. config.Current.Audit.Retention is { Ticks: > 0 } kept ? [(batch, ct) => events.DeleteBeforeAsync(tenant.Nid, Before(kept), batch, ct)] : Array.Empty<Func<int, CancellationToken, Task<int>>>(),
        (batch, ct) => messages.DeleteFinishedAsync(tenant.Nid, time.GetUtcNow() - MessagesKept - olderThan, batch, ct),
    ];

    /// <summary>So long ago, or the beginning of time where that is not as long ago.</summary>
    private DateTimeOffset Before(TimeSpan kept) => time.GetUtcNow() is var now && kept < now - DateTimeOffset.UnixEpoch ? now - kept : DateTimeOffset.UnixEpoch;

    [LoggerMessage(LogLevel.Information, "Removed {Count} expired rows.")]
    private partial void Removed(int count);

    [LoggerMessage(LogLevel.Warning, "Expired rows could not be removed; the next round tries again.")]
    private partial void Failed(Exception e);
}

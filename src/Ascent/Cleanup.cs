using Ascent.Config;
using Ascent.Courier;
using Ascent.Flows;
using Ascent.Risk;
using Ascent.Sessions;
using Ascent.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ascent;

/// <summary>Removes what has expired, a batch at a time, while the server serves; the command line runs the same at once.</summary>
internal sealed partial class Cleanup(SessionSweep sessions, FlowSweep flows, ThrottleSweep throttle, MessageStore messages, Tenant tenant, ConfigStore config, TimeProvider time, ILogger<Cleanup> log) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);
    /// <summary>Administrators may want to know for a while what became of a message; what it said was wiped long before.</summary>
    private static readonly TimeSpan MessagesKept = TimeSpan.FromDays(30);

    private static readonly TimeSpan BetweenBatches = TimeSpan.FromMilliseconds(200);

    /// <summary>Everything that is over for as long as this; returns how many rows it were.</summary>
    public async Task<int> RunOnceAsync(TimeSpan olderThan, int batch, CancellationToken ct)
    {
        var sum = 0;
        foreach (var sweep in Sweeps())
            for (int gone; (gone = await sweep(olderThan, batch, ct)) > 0;)
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
                var settings = config.Current.Database.Cleanup;
                var gone = await RunOnceAsync(settings.OlderThan, settings.BatchSize, stoppingToken);
                if (gone > 0) Removed(gone);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                Failed(e);
            }
        }
    }

    private IEnumerable<Func<TimeSpan, int, CancellationToken, Task<int>>> Sweeps() =>
    [
        (olderThan, batch, ct) => sessions.DeleteExpiredAsync(tenant.Nid, olderThan, batch, ct),
        (olderThan, batch, ct) => flows.DeleteExpiredAsync(tenant.Nid, olderThan, batch, ct),
        (_, batch, ct) => throttle.DeleteExpiredAsync(tenant.Nid, batch, ct),
        (olderThan, batch, ct) => messages.DeleteFinishedAsync(tenant.Nid, time.GetUtcNow() - MessagesKept - olderThan, batch, ct),
    ];

    [LoggerMessage(LogLevel.Information, "Removed {Count} expired rows.")]
    private partial void Removed(int count);

    [LoggerMessage(LogLevel.Warning, "Expired rows could not be removed; the next round tries again.")]
    private partial void Failed(Exception e);
}

using System.Diagnostics.Metrics;
using Ascent.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ascent.Courier;

/// <summary>How much waits to be sent and for how long, looked at now and then by every node, whether it sends or not; and what was sent.</summary>
internal sealed partial class CourierGauge : BackgroundService
{
    private const int MostCounted = 10_000;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    private readonly Meter meter = new("Ascent.Courier");
    private readonly Counter<long> deliveries;
    private readonly MessageStore store;
    private readonly Tenant tenant;
    private readonly TimeProvider time;
    private readonly ILogger<CourierGauge> log;
    private readonly DatabaseWatch watch;
    private (int Count, DateTimeOffset? Oldest) queued;

    public CourierGauge(MessageStore store, Tenant tenant, TimeProvider time, ILogger<CourierGauge> log, DatabaseWatch watch)
    {
        (this.store, this.tenant, this.time, this.log, this.watch) = (store, tenant, time, log, watch);
        deliveries = meter.CreateCounter<long>("ascent.courier.deliveries", "{attempt}", "Attempts to deliver a message, by channel and outcome");
        meter.CreateObservableGauge("ascent.courier.queued", () => queued.Count, "{message}", $"Messages that wait to be sent, counted up to {MostCounted}");
        meter.CreateObservableGauge("ascent.courier.oldest.age", () => queued.Oldest is { } at ? Math.Max(0, (this.time.GetUtcNow() - at).TotalSeconds) : 0, "s", "Age of the oldest message that waits");
    }

    public void Delivered(string channel, string outcome) => deliveries.Add(1, new("channel", channel), new("outcome", outcome));

    /// <summary>Looks at the queue.</summary>
    public async Task LookAsync(CancellationToken ct) => queued = await store.WaitingAsync(tenant.Nid, MostCounted, ct);

    public override void Dispose()
    {
        meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (watch.Note(e) is null) NotSeen(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Warning, "How much mail waits could not be looked at; it is tried again.")]
    private partial void NotSeen(Exception e);
}

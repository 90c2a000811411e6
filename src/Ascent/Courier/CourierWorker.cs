using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Ascent.Config;
using Ascent.Events;
using Ascent.Storage;
using Ascent.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Ascent.Courier;

/// <summary>
/// Sends what is queued. A message is taken by a lease longer than any attempt lasts, so that two workers never hold the same one,
/// and a worker that is killed delays its messages until others see that it is dead (<see cref="CourierNode"/>) and loses none. One that is
/// slow holds up nobody else's.
/// </summary>
internal sealed partial class CourierWorker(Db db, MessageStore store, CourierPart part, MessageSeal seal, CourierSignal signal, CourierNode node, ConfigStore config, Tenant tenant, EventWriter events,
    TimeProvider time, ILogger<CourierWorker> log, DatabaseWatch? watch = null, CourierGauge? gauge = null) : BackgroundService
{
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(3);

    private static readonly ActivitySource Spans = new("Ascent.Courier");

    private const int MostAtOnce = 64, WriteAttempts = 5;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5), FirstBackOff = TimeSpan.FromSeconds(2), MostBackOff = TimeSpan.FromMinutes(10);

    /// <summary>After a signal, the transaction that queues may take this long to commit.</summary>
    private static readonly TimeSpan[] Soon = [.. ((int[])[5, 10, 20, 40, 80, 160]).Select(ms => TimeSpan.FromMilliseconds(ms))];

    private readonly ConcurrentDictionary<Guid, Task> underWay = [];
    private volatile bool full;

    /// <summary>Works until it is stopped, whatever the configuration says of watching; what is under way then gets a moment to end.</summary>
    public async Task WatchAsync(CancellationToken stopping)
    {
        using var hard = new CancellationTokenSource();
        using var living = new CancellationTokenSource();
        var setup = part.Current;
        await node.TickAsync(stopping);
        var life = node.LiveAsync(living.Token);
        var quick = Soon.Length;
        while (!stopping.IsCancellationRequested)
        {
            var worker = config.Current.Courier.Worker;
            // What waits since a server could not be reached does not wait on when the configuration has a better one.
            if (!ReferenceEquals(setup, part.Current) && await AskAsync(() => MessageResending.HurryAsync(db, tenant.Nid, time.GetUtcNow(), stopping), otherwise: -1, stopping) >= 0) setup = part.Current;
            var free = Math.Min(worker.PullCount, MostAtOnce) - underWay.Count;
            var claimed = free > 0 ? await AskAsync(() => store.ClaimAsync(tenant.Nid, free, node.Id, time.GetUtcNow(), Lease, stopping), otherwise: [], stopping) : [];
            foreach (var message in claimed) Start(message, hard.Token);
            if (claimed.Count > 0) quick = 0;
            full = claimed.Count == Math.Max(free, 0);
            if (full && free > 0) continue;
            try
            {
                var wait = quick < Soon.Length ? Min(Soon[quick++], worker.PullWait) : worker.PullWait;
                if (await signal.WaitAsync(wait, stopping)) quick = 0;
            }
            catch (OperationCanceledException)
            {
                break;
            }
        }
        await EndAsync(hard);
        await living.CancelAsync();
        await life;
        await node.LeaveAsync();
    }

    /// <summary>Sends once what is due now, and waits for it; gives how many messages it took.</summary>
    public async Task<int> SendDueAsync(int most, CancellationToken ct)
    {
        var claimed = await store.ClaimAsync(tenant.Nid, most, node.Id, time.GetUtcNow(), Lease, ct);
        await Task.WhenAll(claimed.Select(m => AttemptAsync(m, ct)));
        return claimed.Count;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => config.Current.WatchCourier ? WatchAsync(stoppingToken) : Task.CompletedTask;

    /// <summary>What the database answers; where it does not, that is told, and asked again at the next look.</summary>
    private async Task<T> AskAsync<T>(Func<Task<T>> ask, T otherwise, CancellationToken ct)
    {
        try
        {
            return await ask();
        }
        catch (Exception e)
        {
            if (!ct.IsCancellationRequested && watch?.Note(e) is null) LogNotRead(e);
            return otherwise;
        }
    }

    private void Start(ClaimedMessage message, CancellationToken hard)
    {
        var started = new TaskCompletionSource();
        var alive = node.Alive;
        underWay[message.Id] = started.Task;
        _ = Task.Run(async () =>
        {
            try
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(hard, alive);
                await AttemptAsync(message, either.Token);
            }
            catch (Exception e)
            {
                if (watch?.Note(e) is null) LogLost(e, message.Id);
            }
            finally
            {
                underWay.TryRemove(message.Id, out _);
                started.SetResult();
                if (full) signal.Raise();
            }
        }, CancellationToken.None);
    }

    private async Task EndAsync(CancellationTokenSource hard)
    {
        var all = Task.WhenAll(underWay.Values);
        await Task.WhenAny(all, Task.Delay(Grace, time, CancellationToken.None));
        await hard.CancelAsync();
        await all;
    }

    private async Task AttemptAsync(ClaimedMessage message, CancellationToken ct)
    {
        Delivery delivery;
        try
        {
            using var span = Spans.StartActivity("deliver message", ActivityKind.Client)?.SetTag("ascent.message.id", message.Id).SetTag("ascent.message.template", message.TemplateType);
            delivery = await SendAsync(message, ct);
            if (delivery is not Delivery.Sent) span?.SetStatus(ActivityStatusCode.Error);
        }
        catch (OperationCanceledException)
        {
            await WriteAsync(message.Id, () => store.ReleaseAsync(tenant.Nid, message, time.GetUtcNow(), CancellationToken.None));
            return;
        }
        catch (Exception e)
        {
            LogUnexpected(e, message.Id);
            delivery = new Delivery.Failed("An error within the courier; the log has it.");
        }
        var outcome = Judge(message, delivery);
        await WriteAsync(message.Id, () => RecordAsync(message, outcome));
        Tell(message, delivery, outcome);
    }

    private Task<Delivery> SendAsync(ClaimedMessage message, CancellationToken ct)
    {
        if (seal.Open(message.Id, message.Content) is not { } content)
            return Task.FromResult<Delivery>(new Delivery.Failed("The message's content was encrypted with a secret that is not in secrets.cipher any more."));
        if (message.IsForNobody) return Task.FromResult<Delivery>(new Delivery.Sent());
        var setup = part.Current;
        var channel = message.Channel == MessageChannel.Email ? setup.Email : setup.Sms;
        if (channel is null)
        {
            return Task.FromResult<Delivery>(new Delivery.Failed(message.Channel == MessageChannel.Email
                ? "No mail server is configured: courier.smtp.connection_uri is missing."
                : "No way for text messages is configured: courier.channels has none with the id sms."));
        }
        return channel.SendAsync(new Outgoing(message.Id, message.Channel, message.Recipient, message.TemplateType, content, message.CreatedAt), ct);
    }

    private AttemptOutcome Judge(ClaimedMessage message, Delivery delivery)
    {
        var keep = config.Current.Dev;
        return delivery switch
        {
            Delivery.Sent => new AttemptOutcome(MessageStatus.Sent, null, null, keep),
            Delivery.Failed f when message.SendCount < config.Current.Courier.MessageRetries => new AttemptOutcome(MessageStatus.Queued, time.GetUtcNow() + BackOff(message.SendCount), f.Reason, true),
            Delivery.Failed f => new AttemptOutcome(MessageStatus.Abandoned, null, f.Reason, keep),
            Delivery.Refused r => new AttemptOutcome(MessageStatus.Abandoned, null, r.Reason, keep),
            _ => throw new UnreachableException(),
        };
    }

    private async Task RecordAsync(ClaimedMessage message, AttemptOutcome outcome)
    {
        var now = time.GetUtcNow();
        var ours = await db.WriteAsync(async (tx, ct) =>
        {
            if (!await MessageStore.FinishAsync(tx, tenant.Nid, message, outcome, now, ct)) return false;
            if (outcome.Status == MessageStatus.Abandoned)
                await events.WriteAsync(tx, tenant.Nid, new Event("message.abandoned") { Actor = "system", Data = new() { ["message_id"] = message.Id.ToString(), ["template_type"] = message.TemplateType, ["channel"] = MessageStore.NameOf(message.Channel) } }, ct);
            return true;
        }, CancellationToken.None);
        if (!ours) LogTakenOver(message.Id);
    }

    /// <summary>What is not written down is sent a second time, so it is tried while the lease lasts.</summary>
    private async Task WriteAsync(Guid id, Func<Task> write)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await write();
                return;
            }
            catch (Exception e) when (attempt < WriteAttempts)
            {
                if (watch?.Note(e) is null) LogNotWritten(e, id);
                await Task.Delay(TimeSpan.FromSeconds(attempt), time, CancellationToken.None);
            }
        }
    }

    // Two seconds, then four times as long each time, a tenth more or less, so that many do not come back at once.
    private static TimeSpan BackOff(int failedBefore)
    {
        var plain = failedBefore < 8 ? Min(FirstBackOff * Math.Pow(4, failedBefore), MostBackOff) : MostBackOff;
        return plain * (0.9 + (RandomNumberGenerator.GetInt32(201) / 1000.0));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private void Tell(ClaimedMessage message, Delivery delivery, AttemptOutcome outcome)
    {
        if (message.IsForNobody) return;
        gauge?.Delivered(MessageStore.NameOf(message.Channel), delivery is Delivery.Sent ? "sent" : outcome.Status == MessageStatus.Abandoned ? "abandoned" : "failed");
        if (delivery is Delivery.Sent) LogSent(message.Id, message.TemplateType, message.SendCount + 1);
        else if (outcome.Status == MessageStatus.Abandoned) LogAbandoned(message.Id, message.TemplateType, message.SendCount + 1, Why(message, outcome));
        else LogAgain(message.Id, message.TemplateType, message.SendCount + 1, Why(message, outcome));
    }

    /// <summary>A mail server may repeat the address, which stays out of logs.</summary>
    private static string Why(ClaimedMessage message, AttemptOutcome outcome) => outcome.Error is { } error && message.Recipient.Length > 0
        ? error.Replace(message.Recipient, "<recipient>", StringComparison.OrdinalIgnoreCase)
        : outcome.Error ?? "";

    [LoggerMessage(LogLevel.Debug, "Message {Id} ({Template}) was sent at attempt {Attempt}.")]
    private partial void LogSent(Guid id, string template, int attempt);

    [LoggerMessage(LogLevel.Warning, "Message {Id} ({Template}) could not be sent at attempt {Attempt} and will be tried again: {Why}")]
    private partial void LogAgain(Guid id, string template, int attempt, string why);

    [LoggerMessage(LogLevel.Error, "Message {Id} ({Template}) was abandoned after attempt {Attempt}: {Why}")]
    private partial void LogAbandoned(Guid id, string template, int attempt, string why);

    [LoggerMessage(LogLevel.Warning, "Message {Id} was taken over by another worker before its attempt ended; it may have been sent twice.")]
    private partial void LogTakenOver(Guid id);

    [LoggerMessage(LogLevel.Warning, "What became of message {Id} could not be written down; it is tried again.")]
    private partial void LogNotWritten(Exception e, Guid id);

    [LoggerMessage(LogLevel.Error, "What became of message {Id} could not be written down; it will be sent again when its lease is over.")]
    private partial void LogLost(Exception e, Guid id);

    [LoggerMessage(LogLevel.Error, "Message {Id} met an error within the courier.")]
    private partial void LogUnexpected(Exception e, Guid id);

    [LoggerMessage(LogLevel.Warning, "The queue of messages could not be read; it is tried again.")]
    private partial void LogNotRead(Exception e);
}

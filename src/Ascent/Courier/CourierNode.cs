using Ascent.Storage;
using Ascent.Tenancy;
using Microsoft.Extensions.Logging;

namespace Ascent.Courier;

/// <summary>
/// This process among those that send. It counts up a number in the database while it lives, and watches the others': whose number
/// stands still is dead, and what it held is free. Times are spans of a process's own clock, so clocks may differ. One that cannot count
/// stops sending before the others believe it dead, and one that was believed dead, such as after a pause, goes on under another name.
/// </summary>
internal sealed partial class CourierNode(Db db, Tenant tenant, CourierSignal signal, TimeProvider time, ILogger<CourierNode> log, DatabaseWatch? watch = null) : IDisposable
{
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(2), Fence = TimeSpan.FromSeconds(8), Silence = TimeSpan.FromSeconds(15);

    /// <summary>A number that cannot be written by then is tried anew.</summary>
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(4);

    private readonly Dictionary<Guid, (long Beat, TimeSpan Silent, long At)> others = [];
    private readonly Lock gate = new();
    private CancellationTokenSource alive = new();
    private Guid? id;

    /// <summary>Under which name messages are taken; null where only the end of their lease frees them.</summary>
    public Guid? Id { get { lock (gate) return id; } }

    /// <summary>Cancelled as soon as others may take what this one holds.</summary>
    public CancellationToken Alive { get { lock (gate) return alive.Token; } }

    public async Task LiveAsync(CancellationToken stopping)
    {
        await using var fence = time.CreateTimer(_ => LoseAll(), null, Fence, Timeout.InfiniteTimeSpan);
        using var timer = new PeriodicTimer(Beat, time);
        try
        {
            do
            {
                if (await TickAsync(stopping)) fence.Change(Fence, Timeout.InfiniteTimeSpan);
            }
            while (await timer.WaitForNextTickAsync(stopping));
        }
        catch (OperationCanceledException)
        {
            // It is being stopped, and holds its messages until their attempts have ended.
        }
    }

    public void Dispose()
    {
        lock (gate) alive.Dispose();
    }

    /// <summary>The last that it does: it holds nothing any more.</summary>
    public async Task LeaveAsync()
    {
        if (Id is not { } mine) return;
        try
        {
            await FreeAsync(mine, null, CancellationToken.None);
        }
        catch (Exception e)
        {
            Silent(e);
        }
    }

    /// <summary>Counts up, and looks at the others; false where the database did not answer.</summary>
    internal async Task<bool> TickAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var late = time.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), limit, Attempt, Timeout.InfiniteTimeSpan);
        try
        {
            await CountAsync(limit.Token);
            lock (gate)
                if (alive.IsCancellationRequested) alive = new CancellationTokenSource();
            await WatchOthersAsync(limit.Token);
            return true;
        }
        catch (Exception e)
        {
            if (!ct.IsCancellationRequested) Silent(e);
            return false;
        }
    }

    private async Task CountAsync(CancellationToken ct)
    {
        if (Id is { } mine)
        {
            var counted = await db.ExecuteAsync(new Sql("update courier_node set beat = beat + 1 where nid = @nid and id = @id", ("nid", tenant.Nid), ("id", mine)), ct);
            if (counted > 0) return;
            LogBuried();
            LoseAll();
        }
        var next = Guid.CreateVersion7(time.GetUtcNow());
        await db.ExecuteAsync(new Sql("insert into courier_node (nid, id, beat) values (@nid, @id, 0)", ("nid", tenant.Nid), ("id", next)), ct);
        lock (gate) id = next;
    }

    private async Task WatchOthersAsync(CancellationToken ct)
    {
        var mine = Id;
        var found = await db.ReadAsync(new Sql("select id, beat from courier_node where nid = @nid", ("nid", tenant.Nid)),
            r => (Id: r.Guid(0), Beat: r.Long(1)), ct);
        var now = time.GetTimestamp();
        foreach (var gone in others.Keys.Except(found.Select(n => n.Id)).ToArray()) others.Remove(gone);
        foreach (var (node, beat) in found.Where(n => n.Id != mine))
        {
            // Between two looks counts at most what lies between two beats: while nobody could look, nobody could count either.
            var still = others.TryGetValue(node, out var known) && known.Beat == beat;
            var silent = still ? known.Silent + Min(time.GetElapsedTime(known.At, now), 2 * Beat) : TimeSpan.Zero;
            others[node] = (beat, silent, now);
            if (silent < Silence) continue;
            if (await FreeAsync(node, beat, ct) is { } freed)
            {
                LogDead(freed);
                if (freed > 0) signal.Raise();
            }
        }
    }

    /// <summary>Removes a node, if its number is still this, and frees what it holds; gives how many messages, null where it was not removed.</summary>
    private Task<int?> FreeAsync(Guid node, long? beat, CancellationToken ct) => db.WriteAsync<int?>(async (tx, token) =>
    {
        var gone = await tx.ExecuteAsync(new Sql("delete from courier_node where nid = @nid and id = @id and beat = coalesce(@beat, beat)",
            ("nid", tenant.Nid), ("id", node), ("beat", beat)), token);
        if (gone == 0) return null;
        return await MessageStore.FreeAsync(tx, tenant.Nid, node, time.GetUtcNow(), token);
    }, ct);

    private void LoseAll()
    {
        CancellationTokenSource lost;
        lock (gate) lost = alive;
        lost.Cancel();
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private void Silent(Exception e)
    {
        if (e is OperationCanceledException) LogLate(Attempt.TotalSeconds);
        else if (watch?.Note(e) is null) LogSilent(e);
    }

    [LoggerMessage(LogLevel.Warning, "The database did not take within {Seconds} seconds that this process sends messages; it is tried again.")]
    private partial void LogLate(double seconds);

    [LoggerMessage(LogLevel.Warning, "Another process that sent messages is gone; {Count} that it held are taken over.")]
    private partial void LogDead(int count);

    [LoggerMessage(LogLevel.Warning, "This process was silent for so long that others took over the messages that it held; it goes on with new ones.")]
    private partial void LogBuried();

    [LoggerMessage(LogLevel.Warning, "This process cannot tell the others that it sends messages; it is tried again.")]
    private partial void LogSilent(Exception e);
}

namespace Ascent.Storage;

/// <summary>
/// A transaction in progress. Work inside it touches the database alone: no HTTP, no hashing, no waiting, since on SQLite the
/// one writer is held meanwhile.
/// </summary>
internal abstract class Tx
{
    private List<Action>? committed;

    public abstract Task<List<T>> ReadAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct);
    public abstract Task<int> ExecuteAsync(Sql sql, CancellationToken ct);

    /// <summary>
    /// Has a statement run of which nobody here awaits the outcome: before the next one that is awaited, at the latest with the commit, and
    /// without a way to the database and back of its own. If it fails, the next one does.
    /// </summary>
    public abstract Task QueueAsync(Sql sql, CancellationToken ct);

    /// <summary>As <see cref="QueueAsync"/>, for a statement whose answer is wanted once the next one that is awaited has come back.</summary>
    public abstract Task<Later<List<T>>> ReadLaterAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct);

    /// <summary>Has something told once the transaction is committed; never, if it is not. It may not throw and must be quick.</summary>
    public void OnCommitted(Action tell) => (committed ??= []).Add(tell);

    public async Task<T?> ReadOneAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct) where T : class
    {
        var rows = await ReadAsync(sql, map, ct);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>The first column of the first row, or null.</summary>
    public async Task<TValue?> ReadValueAsync<TValue>(Sql sql, Func<Row, TValue> map, CancellationToken ct) where TValue : struct
    {
        var rows = await ReadAsync(sql, map, ct);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>What is to be told of the work until now; the next work begins with nothing.</summary>
    internal List<Action>? TakeCommitted()
    {
        var taken = committed;
        committed = null;
        return taken;
    }

    internal void TellCommitted()
    {
        foreach (var tell in TakeCommitted() ?? []) tell();
    }
}

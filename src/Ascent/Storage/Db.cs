namespace Ascent.Storage;

/// <summary>
/// The database: reads outside a transaction see committed truth; writes go through <see cref="WriteAsync{T}"/>, which commits
/// before it returns and runs the work again when the engine asks for that (deadlock, serialisation).
/// </summary>
internal abstract class Db : IAsyncDisposable
{
    public abstract Dialect Dialect { get; }

    /// <summary>Which database it is, for operators; no secret is in it.</summary>
    public abstract string Where { get; }

    public abstract Task<List<T>> ReadAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct);

    /// <summary>Runs the work in one transaction. An exception rolls it back and nothing of it remains.</summary>
    public abstract Task<T> WriteAsync<T>(Func<Tx, CancellationToken, Task<T>> work, CancellationToken ct);

    /// <summary>A statement outside any transaction, as migrations need it.</summary>
    public abstract Task ExecuteScriptAsync(string script, CancellationToken ct);

    /// <summary>Whether the database answers.</summary>
    public abstract Task PingAsync(CancellationToken ct);

    /// <summary>The columns that each table has, by table.</summary>
    public abstract Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> ReadSchemaAsync(CancellationToken ct);

    public abstract ValueTask DisposeAsync();

    public async Task<T?> ReadOneAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct) where T : class
    {
        var rows = await ReadAsync(sql, map, ct);
        return rows.Count == 0 ? null : rows[0];
    }

    public async Task<TValue?> ReadValueAsync<TValue>(Sql sql, Func<Row, TValue> map, CancellationToken ct) where TValue : struct
    {
        var rows = await ReadAsync(sql, map, ct);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>One statement that writes and says what it wrote: a transaction of its own.</summary>
    public virtual Task<List<T>> ChangeAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct) => WriteAsync((tx, token) => tx.ReadAsync(sql, map, token), ct);

    /// <summary>One statement that writes: a transaction of its own.</summary>
    public virtual Task<int> ExecuteAsync(Sql sql, CancellationToken ct) => WriteAsync((tx, token) => tx.ExecuteAsync(sql, token), ct);

    public Task WriteAsync(Func<Tx, CancellationToken, Task> work, CancellationToken ct) =>
        WriteAsync(async (tx, token) => { await work(tx, token); return true; }, ct);
}

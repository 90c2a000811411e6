namespace Ascent.Storage;

/// <summary>
/// A transaction in progress. Work inside it touches the database alone: no HTTP, no hashing, no waiting, since on SQLite the
/// one writer is held meanwhile.
/// </summary>
internal abstract class Tx
{
    public abstract Task<List<T>> ReadAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct);
    public abstract Task<int> ExecuteAsync(Sql sql, CancellationToken ct);

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
}

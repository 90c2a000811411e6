using Npgsql;

namespace Ascent.Storage.Postgres;

/// <summary>A transaction; what was queued goes with the next statement or with the commit, in one message to the server.</summary>
internal sealed class PostgresTx(PostgresDialect dialect, NpgsqlConnection connection, NpgsqlTransaction transaction) : Tx
{
    private readonly List<(Sql Sql, Func<NpgsqlDataReader, CancellationToken, Task>? Take)> queued = [];

    public override Task<List<T>> ReadAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct) =>
        SendAsync(dialect.BatchCommand(sql), reader => dialect.RowsAsync(reader, map, ct), ct);

    public override async Task<int> ExecuteAsync(Sql sql, CancellationToken ct)
    {
        if (queued.Count == 0)
        {
            // Not as a batch of one: that takes no scripts.
            await using var command = dialect.Command(connection, sql);
            return await dialect.TranslatingAsync(() => command.ExecuteNonQueryAsync(ct));
        }
        var last = dialect.BatchCommand(sql);
        await SendAsync(last, reader => ToEndAsync(reader, ct), ct);
        return last.RecordsAffected;
    }

    public override Task QueueAsync(Sql sql, CancellationToken ct)
    {
        queued.Add((sql, null));
        return Task.CompletedTask;
    }

    public override Task<Later<List<T>>> ReadLaterAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct)
    {
        var later = new Later<List<T>>();
        queued.Add((sql, async (reader, token) => later.Set(await dialect.RowsAsync(reader, map, token))));
        return Task.FromResult(later);
    }

    public async Task CommitAsync(CancellationToken ct)
    {
        if (queued.Count == 0) await transaction.CommitAsync(ct);
        else await SendAsync(new NpgsqlBatchCommand("commit"), reader => ToEndAsync(reader, ct), ct);
    }

    private async Task<T> SendAsync<T>(NpgsqlBatchCommand last, Func<NpgsqlDataReader, Task<T>> take, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(connection, transaction);
        foreach (var (sql, _) in queued) batch.BatchCommands.Add(dialect.BatchCommand(sql));
        batch.BatchCommands.Add(last);
        var earlier = queued.Where(q => q.Take is not null).Select(q => q.Take!).ToArray();
        queued.Clear();
        return await dialect.TranslatingAsync(async () =>
        {
            await using var reader = await batch.ExecuteReaderAsync(ct);
            // The driver goes from one answer with rows to the next: statements without rows stand in nobody's way.
            foreach (var one in earlier)
            {
                await one(reader, ct);
                await reader.NextResultAsync(ct);
            }
            return await take(reader);
        });
    }

    private static async Task<bool> ToEndAsync(NpgsqlDataReader reader, CancellationToken ct)
    {
        while (await reader.NextResultAsync(ct)) { }
        return true;
    }
}

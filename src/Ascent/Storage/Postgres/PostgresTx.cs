using Npgsql;

namespace Ascent.Storage.Postgres;

/// <summary>A transaction; what was queued goes with the next statement or with the commit, in one message to the server.</summary>
internal sealed class PostgresTx(PostgresDialect dialect, NpgsqlConnection connection, NpgsqlTransaction transaction) : Tx
{
    private readonly List<Sql> queued = [];

    public override async Task<List<T>> ReadAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct)
    {
        await using var batch = Batch(dialect.BatchCommand(sql));
        return await dialect.TranslatingAsync(async () =>
        {
            await using var reader = await batch.ExecuteReaderAsync(ct);
            return await dialect.RowsAsync(reader, map, ct);
        });
    }

    public override async Task<int> ExecuteAsync(Sql sql, CancellationToken ct)
    {
        if (queued.Count == 0)
        {
            // Not as a batch of one: that takes no scripts.
            await using var command = dialect.Command(connection, sql);
            return await dialect.TranslatingAsync(() => command.ExecuteNonQueryAsync(ct));
        }
        await using var batch = Batch(dialect.BatchCommand(sql));
        await dialect.TranslatingAsync(() => batch.ExecuteNonQueryAsync(ct));
        return batch.BatchCommands[^1].RecordsAffected;
    }

    public override Task QueueAsync(Sql sql, CancellationToken ct)
    {
        queued.Add(sql);
        return Task.CompletedTask;
    }

    public async Task CommitAsync(CancellationToken ct)
    {
        if (queued.Count == 0)
        {
            await transaction.CommitAsync(ct);
            return;
        }
        await using var batch = Batch(new NpgsqlBatchCommand("commit"));
        await dialect.TranslatingAsync(() => batch.ExecuteNonQueryAsync(ct));
    }

    private NpgsqlBatch Batch(NpgsqlBatchCommand last)
    {
        var batch = new NpgsqlBatch(connection, transaction);
        foreach (var sql in queued) batch.BatchCommands.Add(dialect.BatchCommand(sql));
        queued.Clear();
        batch.BatchCommands.Add(last);
        return batch;
    }
}

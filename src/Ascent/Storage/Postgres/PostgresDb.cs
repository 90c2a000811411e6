using Npgsql;

namespace Ascent.Storage.Postgres;

/// <summary>PostgreSQL by Npgsql: pooled connections, statements prepared on their second use.</summary>
internal sealed class PostgresDb : Db
{
    private const int Attempts = 5;
    private const int MostOwnConnections = 2;
    private readonly PostgresDialect dialect = new();
    private readonly NpgsqlDataSource source, unpooled;
    private readonly ConnectBreaker breaker = new();
    private readonly string at;

    public PostgresDb(NpgsqlConnectionStringBuilder connection)
    {
        if (connection.MaxPoolSize < 2) throw new StorageUnusableException($"dsn: max_conns={connection.MaxPoolSize} leaves no connection to look sessions up by; at least 2 are needed.");
        at = $"{(connection.Host is ['/', ..] ? connection.Host : connection.Host!.Contains(':', StringComparison.Ordinal) ? $"[{connection.Host}]" : connection.Host)}:{connection.Port}";
        Where = $"postgres at {at}, database {connection.Database}";
        OwnConnections = Math.Min(MostOwnConnections, connection.MaxPoolSize - 1);
        var pooled = connection.MaxPoolSize - OwnConnections;
        source = Source(new NpgsqlConnectionStringBuilder(connection.ConnectionString) { MaxPoolSize = pooled, MinPoolSize = Math.Min(connection.MinPoolSize, pooled) });
        unpooled = Source(new NpgsqlConnectionStringBuilder(connection.ConnectionString) { Pooling = false });
    }

    public override Dialect Dialect => dialect;
    public override string Where { get; }

    /// <summary>How many of the connections that the DSN allows are for <see cref="OpenOwnAsync"/>; the pool has the others.</summary>
    public int OwnConnections { get; }

    /// <summary>
    /// A connection for who keeps it, with settings and statements of its own: the session lookup. It never gets into the pool:
    /// closed, whatever state it is in, it is gone.
    /// </summary>
    public async ValueTask<NpgsqlConnection> OpenOwnAsync(CancellationToken ct)
    {
        try
        {
            return await unpooled.OpenConnectionAsync(ct);
        }
        catch (NpgsqlException e) when (PostgresFaults.Of(e, at) is { } fault)
        {
            throw new StorageUnusableException(fault, e);
        }
    }

    public override async Task<List<T>> ReadAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        await using var command = dialect.Command(connection, sql);
        return await dialect.TranslatingAsync(async () =>
        {
            await using var reader = await command.ExecuteReaderAsync(ct);
            return await dialect.RowsAsync(reader, map, ct);
        });
    }

    public override Task<List<T>> ChangeAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct) => RepeatingAsync(() => ReadAsync(sql, map, ct));

    public override Task<int> ExecuteAsync(Sql sql, CancellationToken ct) => RepeatingAsync(async () =>
    {
        await using var connection = await OpenAsync(ct);
        await using var command = dialect.Command(connection, sql);
        return await dialect.TranslatingAsync(() => command.ExecuteNonQueryAsync(ct));
    });

    public override Task<T> WriteAsync<T>(Func<Tx, CancellationToken, Task<T>> work, CancellationToken ct) => RepeatingAsync(async () =>
    {
        await using var connection = await OpenAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var tx = new PostgresTx(dialect, connection, transaction);
        var result = await work(tx, ct);
        await tx.CommitAsync(ct);
        tx.TellCommitted();
        return result;
    });

    /// <summary>Where the engine asks for it the work starts anew, on the state that won: nothing of it was committed.</summary>
    private static async Task<T> RepeatingAsync<T>(Func<Task<T>> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await work();
            }
            catch (PostgresException e) when (attempt < Attempts && e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
            }
        }
    }

    public override async Task ExecuteScriptAsync(string script, CancellationToken ct)
    {
        await using var connection = await OpenAsync(ct);
        await using var command = new NpgsqlCommand(Dialect.Resolve(script), connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    public override async Task PingAsync(CancellationToken ct)
    {
        breaker.LetThrough();
        await using var connection = await OpenAsync(ct);
        await using var command = new NpgsqlCommand("select 1", connection);
        await command.ExecuteScalarAsync(ct);
    }

    public override async Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> ReadSchemaAsync(CancellationToken ct)
    {
        var columns = await ReadAsync(new Sql("select table_name, column_name from information_schema.columns where table_schema = current_schema()"), r => (Table: r.Text(0), Column: r.Text(1)), ct);
        return columns.GroupBy(c => c.Table, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => (IReadOnlySet<string>)g.Select(c => c.Column).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    public override async ValueTask DisposeAsync()
    {
        await unpooled.DisposeAsync();
        await source.DisposeAsync();
    }

    /// <summary>
    /// Each statement finds its rows by keys, so one plan serves all values. Left to itself the server weighs that anew at each run, and for a
    /// list of ids (<c>= any</c>) it then plans each run, which costs several times what the statement does.
    /// </summary>
    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder connection)
    {
        const string OnePlan = "set plan_cache_mode = force_generic_plan";
        var builder = new NpgsqlDataSourceBuilder(connection.ConnectionString) { Name = connection.Pooling ? "ascent" : "ascent-sessions" };
        builder.UsePhysicalConnectionInitializer(
            opened =>
            {
                using var command = new NpgsqlCommand(OnePlan, opened);
                command.ExecuteNonQuery();
            },
            async opened =>
            {
                await using var command = new NpgsqlCommand(OnePlan, opened);
                await command.ExecuteNonQueryAsync();
            });
        return builder.Build();
    }

    private async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken ct)
    {
        breaker.ThrowIfOpen();
        try
        {
            var opened = await source.OpenConnectionAsync(ct);
            breaker.Close();
            return opened;
        }
        catch (NpgsqlException e) when (PostgresFaults.Of(e, at) is { } fault)
        {
            var told = new StorageUnusableException(fault, e);
            if (ConnectBreaker.IsForAll(e)) breaker.Open(told);
            throw told;
        }
    }
}

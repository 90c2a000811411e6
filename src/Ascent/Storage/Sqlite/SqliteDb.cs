using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Data.Sqlite;

namespace Ascent.Storage.Sqlite;

/// <summary>SQLite in WAL mode: one writer behind a queue, as many readers as there are threads that read.</summary>
internal sealed class SqliteDb : Db
{
    private const string WriterPragmas = "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 10000; pragma temp_store = memory; pragma wal_autocheckpoint = 2000;";
    private const string ReaderPragmas = "pragma query_only = on; pragma busy_timeout = 10000; pragma temp_store = memory; pragma mmap_size = 1073741824;";
    private readonly ConcurrentBag<SqliteConnectionState> readers = [];
    private readonly string? temporary;
    private readonly string connectionString;
    private readonly Meter meter = new("Ascent.Sqlite");
    private readonly SqliteWriter writer;

    public SqliteDb(Dsn.Sqlite dsn)
    {
        _ = SqliteLibrary.Version;
        temporary = dsn.Path is null ? Path.Combine(Path.GetTempPath(), $"ascent-{Guid.CreateVersion7():n}.sqlite") : null;
        connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = dsn.Path ?? temporary,
            Mode = dsn.ReadWriteCreate ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = 30,
        }.ToString();
        if (dsn.ReadWriteCreate) SqliteFile.CreatePrivate(dsn.Path ?? temporary!);
        writer = new SqliteWriter(new SqliteConnectionState(connectionString, Dialect, WriterPragmas));
        meter.CreateObservableGauge("ascent.sqlite.writes.waiting", () => writer.Waiting, "{transaction}", "Transactions that wait for the one writer");
    }

    public override Dialect Dialect { get; } = new SqliteDialect();
    public override string Where => temporary is null ? $"sqlite file {new SqliteConnectionStringBuilder(connectionString).DataSource}" : "sqlite in memory, gone with the process";

    public override Task<List<T>> ReadAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var reader = Rent();
        try
        {
            return Task.FromResult(reader.Read(sql, map));
        }
        finally
        {
            Return(reader);
        }
    }

    /// <summary>A reading connection for the few who keep statements of their own; give it back.</summary>
    public SqliteConnectionState Rent() => readers.TryTake(out var reader) ? reader : new SqliteConnectionState(connectionString, Dialect, ReaderPragmas);

    public void Return(SqliteConnectionState reader) => readers.Add(reader);

    public override Task<T> WriteAsync<T>(Func<Tx, CancellationToken, Task<T>> work, CancellationToken ct) => writer.WriteAsync(work, ct);

    public override Task ExecuteScriptAsync(string script, CancellationToken ct) =>
        writer.WriteAsync(async (tx, token) => await tx.ExecuteAsync(new Sql(script), token), ct);

    public override Task PingAsync(CancellationToken ct) => ReadAsync(new Sql("select 1"), r => r.Int(0), ct);

    public override async Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> ReadSchemaAsync(CancellationToken ct)
    {
        var columns = await ReadAsync(new Sql("select m.name, c.name from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\'"), r => (Table: r.Text(0), Column: r.Text(1)), ct);
        return columns.GroupBy(c => c.Table, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => (IReadOnlySet<string>)g.Select(c => c.Column).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    public override ValueTask DisposeAsync()
    {
        meter.Dispose();
        while (readers.TryTake(out var reader)) reader.Dispose();
        writer.Dispose();
        if (temporary is not null)
            foreach (var file in (string[])[temporary, $"{temporary}-wal", $"{temporary}-shm"])
                File.Delete(file);
        return ValueTask.CompletedTask;
    }
}

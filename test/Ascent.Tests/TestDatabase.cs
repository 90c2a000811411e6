using Ascent.Storage;
using Npgsql;

namespace Ascent.Tests;

/// <summary>
/// A fresh, migrated database of one engine. SQLite needs nothing; PostgreSQL needs the DSN of a server's maintenance database in
/// ASCENT_TEST_POSTGRES (test.sh starts one), else its tests are skipped by name.
/// </summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private readonly Func<ValueTask> drop;

    private TestDatabase(string engine, string dsn, Func<ValueTask> drop)
    {
        Engine = engine;
        Dsn = dsn;
        this.drop = drop;
        Db = Databases.Open(dsn);
    }

    /// <summary>For [MemberData]: every engine that Ascent runs on.</summary>
    public static TheoryData<string> Engines => new("sqlite", "postgres");

    public string Engine { get; }
    public string Dsn { get; }
    public Db Db { get; }

    public static async Task<TestDatabase> CreateAsync(string engine, bool migrate = true)
    {
        var database = engine == "sqlite" ? Sqlite() : await PostgresAsync();
        if (migrate) await new Migrator(database.Db, TimeProvider.System).MigrateAsync(CancellationToken.None);
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        await Db.DisposeAsync();
        await drop();
    }

    private static TestDatabase Sqlite()
    {
        var directory = Directory.CreateTempSubdirectory("ascent-test-");
        return new TestDatabase("sqlite", $"sqlite://{directory.FullName}/db.sqlite?_fk=true", () =>
        {
            directory.Delete(recursive: true);
            return ValueTask.CompletedTask;
        });
    }

    private static async Task<TestDatabase> PostgresAsync()
    {
        var server = Environment.GetEnvironmentVariable("ASCENT_TEST_POSTGRES");
        if (string.IsNullOrEmpty(server)) Assert.Skip("PostgreSQL is not there: ASCENT_TEST_POSTGRES names no server.");
        var name = $"ascent_{Guid.CreateVersion7():n}";
        await AdministerAsync(server, $"create database {name}");
        var dsn = new UriBuilder(server) { Path = name }.Uri.ToString();
        return new TestDatabase("postgres", dsn, async () => await AdministerAsync(server, $"drop database if exists {name} with (force)"));
    }

    private static async Task AdministerAsync(string dsn, string statement)
    {
        var settings = ((Ascent.Storage.Dsn.Postgres)Ascent.Storage.Dsn.Parse(dsn)).Connection;
        settings.Pooling = false;
        await using var connection = new NpgsqlConnection(settings.ToString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}

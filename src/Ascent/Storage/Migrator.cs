using System.Globalization;
using System.Reflection;
using Ascent.Storage.Sqlite;

namespace Ascent.Storage;

/// <summary>
/// Numbered, forward-only scripts that lie in the assembly: <c>0007_name.sql</c> for both engines, and where one must differ
/// <c>0007_name.sqlite.sql</c> or <c>0007_name.postgres.sql</c> in its place.
/// </summary>
internal sealed class Migrator(Db db, TimeProvider time)
{
    private const string VersionTable = "create table if not exists schema_version (version integer not null primary key, name text not null, applied_at bigint not null)";

    public sealed record Migration(int Version, string Name, string Script);

    public static int Latest { get; } = All("sqlite")[^1].Version;

    public static IReadOnlyList<Migration> All(string engine)
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames().Where(n => n.StartsWith("migrations/", StringComparison.Ordinal))
            .Select(n => (Resource: n, Parts: n["migrations/".Length..].Split('.')))
            .Where(f => f.Parts.Length == 2 || f.Parts[1] == engine)
            .GroupBy(f => f.Parts[0], StringComparer.Ordinal)
            .Select(g => g.MaxBy(f => f.Parts.Length))
            .OrderBy(f => f.Parts[0], StringComparer.Ordinal)
            .Select(f => new Migration(int.Parse(f.Parts[0].AsSpan(0, 4), CultureInfo.InvariantCulture), f.Parts[0][5..], Read(assembly, f.Resource)))];
    }

    /// <summary>Everything that a fresh database of this engine is made with, its version included, as one script.</summary>
    public static string Script(Dialect dialect, DateTimeOffset at) => dialect.Resolve($"{VersionTable};\n\n") + string.Join("\n", All(dialect.Name).Select(m => $"""
        -- {m.Version:0000} {m.Name}
        {dialect.Resolve(m.Script)}
        insert into schema_version (version, name, applied_at) values ({m.Version}, '{m.Name}', {Instant.ToMicroseconds(at)});

        """));

    /// <summary>Applies what is missing, each script in a transaction of its own; returns their names.</summary>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken ct)
    {
        await db.WriteAsync(async (tx, token) =>
        {
            await LockAsync(tx, token);
            await tx.ExecuteAsync(new Sql(VersionTable), token);
        }, ct);
        var applied = new List<string>();
        foreach (var migration in All(db.Dialect.Name))
        {
            var isNew = await db.WriteAsync(async (tx, token) =>
            {
                await LockAsync(tx, token);
                var known = await tx.ReadAsync(new Sql("select version from schema_version where version = @version", ("version", migration.Version)), r => r.Int(0), token);
                if (known.Count > 0) return false;
                await tx.ExecuteAsync(new Sql(migration.Script), token);
                await tx.ExecuteAsync(new Sql("insert into schema_version (version, name, applied_at) values (@version, @name, @at)",
                    ("version", migration.Version), ("name", migration.Name), ("at", time.GetUtcNow())), token);
                return true;
            }, ct);
            if (isNew) applied.Add($"{migration.Version:0000} {migration.Name}");
        }
        await VerifyAsync(ct);
        return applied;
    }

    /// <summary>The version that the database is at; 0 for an empty one.</summary>
    public async Task<int> VersionAsync(CancellationToken ct)
    {
        var schema = await db.ReadSchemaAsync(ct);
        if (!schema.ContainsKey("schema_version")) return 0;
        return await db.ReadValueAsync(new Sql("select coalesce(max(version), 0) from schema_version"), r => r.Int(0), ct) ?? 0;
    }

    /// <summary>Refuses a database that this program cannot work with, and says what to do.</summary>
    public async Task EnsureCurrentAsync(CancellationToken ct)
    {
        var version = await VersionAsync(ct);
        if (version < Latest) throw new StorageUnusableException($"The database is at schema version {version}, this program needs {Latest}. Run: ascent migrate sql -e --yes  (with DSN in the environment), then start again.");
        if (version > Latest) throw new StorageUnusableException($"The database is at schema version {version}, newer than this program's {Latest}. Start the newer program, or restore a backup from before its migration.");
        await VerifyAsync(ct);
    }

    private async Task LockAsync(Tx tx, CancellationToken ct)
    {
        if (db.Dialect.MigrationLock is { } text) await tx.ReadAsync(new Sql(text), _ => 0, ct);
    }

    /// <summary>Compares tables and columns with those that the scripts make.</summary>
    private async Task VerifyAsync(CancellationToken ct)
    {
        var actual = await db.ReadSchemaAsync(ct);
        var faults = new List<string>();
        foreach (var (table, columns) in await ExpectedAsync(ct))
            if (!actual.TryGetValue(table, out var there)) faults.Add($"table {table} is missing");
            else faults.AddRange(columns.Where(c => !there.Contains(c)).Select(c => $"column {table}.{c} is missing"));
        if (faults.Count > 0) throw new StorageUnusableException($"The database says it is at version {Latest}, but {string.Join(", ", faults)}. It was changed by hand or restored in part; restore it from a backup.");
    }

    private static async Task<IReadOnlyDictionary<string, IReadOnlySet<string>>> ExpectedAsync(CancellationToken ct)
    {
        await using var scratch = new SqliteDb(new Dsn.Sqlite(null, true));
        await scratch.ExecuteScriptAsync(Script(scratch.Dialect, DateTimeOffset.UnixEpoch), ct);
        return await scratch.ReadSchemaAsync(ct);
    }

    private static string Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource) ?? throw new InvalidOperationException(resource);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

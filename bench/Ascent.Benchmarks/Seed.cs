using System.Text;
using Ascent.Crypto;
using Ascent.Sessions;
using Ascent.Storage;
using Ascent.Storage.Postgres;
using Ascent.Tenancy;
using Npgsql;
using NpgsqlTypes;

namespace Ascent.Benchmarks;

/// <summary>Fills a migrated database with sessions, ten to an identity, and writes their tokens to a file.</summary>
internal static class Seed
{
    private const int SessionsEach = 10;

    public static async Task RunAsync(string dsn, int count, string tokensFile)
    {
        await using var db = Databases.Open(dsn);
        await new Migrator(db, TimeProvider.System).MigrateAsync(CancellationToken.None);
        var tenant = await Tenant.LoadDefaultAsync(db, TimeProvider.System, CancellationToken.None);
        var identities = Enumerable.Range(0, Math.Max(1, count / SessionsEach)).Select(i => new IdentityRow(Guid.CreateVersion7(), i)).ToArray();
        var sessions = Enumerable.Range(0, count).Select(i => new SessionRow(Guid.CreateVersion7(), identities[i % identities.Length].Id, SessionToken.New())).ToArray();
        if (db is PostgresDb postgres) await CopyAsync(postgres, tenant.Nid, identities, sessions);
        else await InsertAsync(db, tenant.Nid, identities, sessions);
        await File.WriteAllLinesAsync(tokensFile, sessions.Select(s => s.Token.Value));
    }

    private sealed record IdentityRow(Guid Id, int Number)
    {
        public string Traits => $$"""{"email":"person{{Number}}@example.org","name":{"first":"Person","last":"Number {{Number}}" } }""";
        public string Verifiable => $$"""[{"id":"{{Id}}","value":"person{{Number}}@example.org","verified":true,"via":"email","status":"completed","verified_at":"2026-01-02T03:04:05Z","created_at":"2026-01-02T03:04:05Z","updated_at":"2026-01-02T03:04:05Z"}]""";
        public string Recovery => $$"""[{"id":"{{Id}}","value":"person{{Number}}@example.org","via":"email","created_at":"2026-01-02T03:04:05Z","updated_at":"2026-01-02T03:04:05Z"}]""";
    }

    private sealed record SessionRow(Guid Id, Guid IdentityId, SessionToken Token)
    {
        private static readonly DateTimeOffset Now = Instant.Truncate(TimeProvider.System.GetUtcNow());
        public DateTimeOffset At => Now;
        public DateTimeOffset Until => Now + TimeSpan.FromHours(24);
        public string Methods { get; } = Encoding.UTF8.GetString(AuthenticationMethod.Write([new AuthenticationMethod { Method = "password", Aal = "aal1", CompletedAt = Now }]));
        public string Devices { get; } = Encoding.UTF8.GetString(Device.Write([new DeviceInfo("203.0.113.7", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "Munich, DE").ToDevice(Guid.CreateVersion7())]));
    }

    private static Task InsertAsync(Db db, Guid nid, IdentityRow[] identities, SessionRow[] sessions) => db.WriteAsync(async (tx, ct) =>
    {
        var at = sessions[0].At;
        foreach (var i in identities)
            await tx.ExecuteAsync(new Sql("""
                insert into identity (nid, id, version, schema_id, state, state_changed_at, traits, verifiable_addresses, recovery_addresses, available_aal, created_at, updated_at)
                values (@nid, @id, 1, 'default', 'active', @at, @traits, @verifiable, @recovery, 'aal1', @at, @at)
                """, ("nid", nid), ("id", i.Id), ("at", at), ("traits", i.Traits), ("verifiable", i.Verifiable), ("recovery", i.Recovery)), ct);
        foreach (var s in sessions)
            await tx.ExecuteAsync(new Sql("""
                insert into session (nid, token_key, id, identity_id, active, aal, methods, devices, authenticated_at, issued_at, expires_at, used_at, created_at, updated_at)
                values (@nid, @key, @id, @identity, true, 'aal1', @methods, @devices, @at, @at, @until, @at, @at, @at)
                """, ("nid", nid), ("key", s.Token.Key), ("id", s.Id), ("identity", s.IdentityId), ("methods", s.Methods), ("devices", s.Devices), ("at", s.At), ("until", s.Until)), ct);
    }, CancellationToken.None);

    private static async Task CopyAsync(PostgresDb db, Guid nid, IdentityRow[] identities, SessionRow[] sessions)
    {
        await using var connection = await db.OpenOwnAsync(CancellationToken.None);
        var at = Instant.ToMicroseconds(sessions[0].At);
        await using (var copy = await connection.BeginBinaryImportAsync("copy identity (nid, id, version, schema_id, state, state_changed_at, traits, verifiable_addresses, recovery_addresses, available_aal, created_at, updated_at) from stdin (format binary)"))
        {
            foreach (var i in identities)
            {
                await copy.StartRowAsync();
                foreach (object value in (object[])[nid, i.Id, 1L, "default", "active", at, i.Traits, i.Verifiable, i.Recovery, "aal1", at, at]) await WriteAsync(copy, value);
            }
            await copy.CompleteAsync();
        }
        await using (var copy = await connection.BeginBinaryImportAsync("copy session (nid, token_key, id, identity_id, active, aal, methods, devices, authenticated_at, issued_at, expires_at, used_at, created_at, updated_at) from stdin (format binary)"))
        {
            foreach (var s in sessions)
            {
                await copy.StartRowAsync();
                var until = Instant.ToMicroseconds(s.Until);
                foreach (object value in (object[])[nid, s.Token.Key, s.Id, s.IdentityId, true, "aal1", s.Methods, s.Devices, at, at, until, at, at, at]) await WriteAsync(copy, value);
            }
            await copy.CompleteAsync();
        }
        await using var analyze = new NpgsqlCommand("vacuum analyze", connection);
        await analyze.ExecuteNonQueryAsync();
    }

    private static Task WriteAsync(NpgsqlBinaryImporter copy, object value) => value switch
    {
        Guid id => copy.WriteAsync(id, NpgsqlDbType.Uuid),
        string text => copy.WriteAsync(text, NpgsqlDbType.Text),
        bool flag => copy.WriteAsync(flag, NpgsqlDbType.Boolean),
        _ => copy.WriteAsync((long)value, NpgsqlDbType.Bigint),
    };
}

using Ascent.Identities;
using Ascent.Storage;
using Ascent.Storage.Sqlite;
using Ascent.Tenancy;
using Ascent.Tests.Flows;
using Ascent.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using SQLitePCL;

namespace Ascent.Tests.Storage;

/// <summary>SQLite knows how selective each index is, and goes to one person's rows without a look at all others'.</summary>
public sealed class SqlitePlansTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task Every_index_says_how_selective_it_is()
    {
        await using var database = await TestDatabase.CreateAsync("sqlite");
        var indexes = await database.Db.ReadAsync(new Sql("select name from sqlite_master where type = 'index' and tbl_name not in ('schema_version')"), r => r.Text(0), None);
        var known = await database.Db.ReadAsync(new Sql("select idx from sqlite_stat1"), r => r.Text(0), None);
        known.Order(StringComparer.Ordinal).ShouldBe(indexes.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task To_find_one_among_many_takes_no_more_steps_than_among_few()
    {
        await using var server = await RunningServer.StartAsync("sqlite");
        await SignIn.PersonAsync(server, "ada@example.org");
        var few = await StepsAsync(server);
        var tenant = server.Services.GetRequiredService<Tenant>();
        await server.Services.GetRequiredService<Db>().WriteAsync(async (tx, ct) =>
        {
            for (var i = 0; i < 500; i++)
            {
                var id = Guid.CreateVersion7();
                await tx.ExecuteAsync(new Sql("""
                    insert into identity (nid, id, version, schema_id, state, state_changed_at, traits, verifiable_addresses, recovery_addresses, available_aal, created_at, updated_at)
                    select nid, @id, version, schema_id, state, state_changed_at, traits, verifiable_addresses, recovery_addresses, available_aal, created_at, updated_at from identity limit 1
                    """, ("id", id)), ct);
                await tx.ExecuteAsync(new Sql("insert into credential (nid, identity_id, type, id, config, version, created_at, updated_at) values (@nid, @id, 'password', @id, '{}', 0, 1, 1)", ("nid", tenant.Nid), ("id", id)), ct);
                await tx.ExecuteAsync(new Sql("insert into credential_identifier (nid, type, identifier, identity_id) values (@nid, 'password', @name, @id)", ("nid", tenant.Nid), ("name", $"person{i}@example.org"), ("id", id)), ct);
            }
        }, None);

        (await StepsAsync(server)).ShouldBeLessThan(few * 2);
    }

    /// <summary>The steps of SQLite's machine to find a person by identifier and to read all their credentials.</summary>
    private static async Task<int> StepsAsync(RunningServer server)
    {
        var (db, store, nid) = ((SqliteDb)server.Services.GetRequiredService<Db>(), server.Services.GetRequiredService<IdentityStore>(), server.Services.GetRequiredService<Tenant>().Nid);
        var steps = 0;
        var readers = Enumerable.Range(0, 8).Select(_ => db.Rent()).ToList();
        foreach (var reader in readers)
        {
            raw.sqlite3_progress_handler(reader.Connection.Handle, 1, _ => { Interlocked.Increment(ref steps); return 0; }, null);
            db.Return(reader);
        }
        var match = (await store.FindByCredentialIdentifierAsync(nid, "password", "ada@example.org", None)).ShouldNotBeNull();
        (await store.CredentialsAsync(nid, match.Identity.Id, None)).ShouldNotBeEmpty();
        steps.ShouldBeGreaterThan(0);
        return steps;
    }
}

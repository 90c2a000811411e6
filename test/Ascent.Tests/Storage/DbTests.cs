using Ascent.Storage;
using Ascent.Tenancy;
using Shouldly;

namespace Ascent.Tests.Storage;

/// <summary>What every engine must do alike.</summary>
public sealed class DbTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Values_come_back_as_they_went_in(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine);
        var tenant = await Tenant.LoadDefaultAsync(database.Db, TimeProvider.System, None);
        var id = Guid.CreateVersion7();
        await InsertAsync(database.Db, tenant.Nid, id, "x", "ünï ' \" {\"a\":1}");

        var row = await database.Db.ReadOneAsync(new Sql("select id, traits, external_id, organization_id, created_at from identity where nid = @nid and id = @id", ("nid", tenant.Nid), ("id", id)),
            r => new { Id = r.Guid(0), Traits = r.Text(1), External = r.TextOrNull(2), Organization = r.GuidOrNull(3), At = r.Time(4) }, None);

        row.ShouldNotBeNull();
        row.Id.ShouldBe(id);
        row.Traits.ShouldBe("ünï ' \" {\"a\":1}");
        row.External.ShouldBe("x");
        row.Organization.ShouldBeNull();
        row.At.ShouldBe(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, 901, TimeSpan.Zero));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Lists_of_any_length_find_their_rows(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine);
        var tenant = await Tenant.LoadDefaultAsync(database.Db, TimeProvider.System, None);
        var ids = Enumerable.Range(0, 9).Select(_ => Guid.CreateVersion7()).ToArray();
        foreach (var id in ids) await InsertAsync(database.Db, tenant.Nid, id, null, "{}");

        foreach (var count in (int[])[0, 1, 2, 3, 5, 9])
        {
            var found = await database.Db.ReadAsync(new Sql("select id from identity where nid = @nid and id = any(@ids)", ("nid", tenant.Nid), ("ids", ids[..count])), r => r.Guid(0), None);
            found.Order().ShouldBe(ids[..count].Order());
        }
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_taken_value_is_told_by_table_and_takes_nothing_with_it(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine);
        var tenant = await Tenant.LoadDefaultAsync(database.Db, TimeProvider.System, None);
        await InsertAsync(database.Db, tenant.Nid, Guid.CreateVersion7(), "taken", "{}");

        var others = Enumerable.Range(0, 20).Select(i => InsertAsync(database.Db, tenant.Nid, Guid.CreateVersion7(), i % 2 == 0 ? "taken" : $"free {i}", "{}")).ToArray();
        await Task.WhenAll(others.Select(t => t.ContinueWith(_ => { }, TaskScheduler.Default)));

        others.Count(t => t.IsCompletedSuccessfully).ShouldBe(10);
        foreach (var refused in others.Where(t => t.IsFaulted))
            refused.Exception!.InnerException.ShouldBeOfType<UniqueViolationException>().Table.ShouldBe("identity");
        (await database.Db.ReadValueAsync(new Sql("select count(*) from identity"), r => r.Long(0), None)).ShouldBe(11);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_transaction_that_throws_leaves_nothing(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine);
        var tenant = await Tenant.LoadDefaultAsync(database.Db, TimeProvider.System, None);

        await Should.ThrowAsync<InvalidOperationException>(database.Db.WriteAsync(async (tx, ct) =>
        {
            await InsertAsync(tx, tenant.Nid, Guid.CreateVersion7(), null, "{}", ct);
            throw new InvalidOperationException("on purpose");
        }, None));

        (await database.Db.ReadValueAsync(new Sql("select count(*) from identity"), r => r.Long(0), None)).ShouldBe(0);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_row_that_refers_to_none_is_refused(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine);
        await Should.ThrowAsync<MissingReferenceException>(InsertAsync(database.Db, Guid.CreateVersion7(), Guid.CreateVersion7(), null, "{}"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_name_in_a_text_is_none(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine);
        (await database.Db.ReadOneAsync(new Sql("select 'it''s ada@example.org, @one' || @one || '@two' || @one || @two", ("two", "2"), ("one", "1")), r => r.Text(0), None)).ShouldBe("it's ada@example.org, @one1@two12");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task What_was_queued_has_run_before_what_follows_and_before_the_commit(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine);
        var tenant = await Tenant.LoadDefaultAsync(database.Db, TimeProvider.System, None);
        Guid first = Guid.CreateVersion7(), second = Guid.CreateVersion7(), last = Guid.CreateVersion7();

        await database.Db.WriteAsync(async (tx, ct) =>
        {
            await tx.QueueAsync(Insertion(tenant.Nid, first, "first", "{}"), ct);
            await tx.QueueAsync(Insertion(tenant.Nid, second, "second", "{}"), ct);
            (await tx.ReadAsync(new Sql("select external_id from identity order by external_id"), r => r.Text(0), ct)).ShouldBe(["first", "second"]);
            await tx.QueueAsync(new Sql("delete from identity where id = @id", ("id", first)), ct);
            // How many it changed itself, whatever went before it.
            (await tx.ExecuteAsync(new Sql("update identity set external_id = @to", ("to", (string?)null)), ct)).ShouldBe(1);
            await tx.QueueAsync(Insertion(tenant.Nid, last, "last", "{}"), ct);
        }, None);

        (await database.Db.ReadAsync(new Sql("select id from identity"), r => r.Guid(0), None)).ShouldBe([second, last], ignoreOrder: true);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task What_was_queued_and_fails_takes_the_transaction_with_it(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine);
        var tenant = await Tenant.LoadDefaultAsync(database.Db, TimeProvider.System, None);
        await InsertAsync(database.Db, tenant.Nid, Guid.CreateVersion7(), "taken", "{}");

        foreach (var reads in (bool[])[false, true])
            (await Should.ThrowAsync<UniqueViolationException>(database.Db.WriteAsync(async (tx, ct) =>
            {
                await InsertAsync(tx, tenant.Nid, Guid.CreateVersion7(), "free", "{}", ct);
                await tx.QueueAsync(Insertion(tenant.Nid, Guid.CreateVersion7(), "taken", "{}"), ct);
                if (reads) await tx.ReadAsync(new Sql("select 1"), r => r.Int(0), ct);
            }, None))).Table.ShouldBe("identity");

        (await database.Db.ReadAsync(new Sql("select external_id from identity"), r => r.Text(0), None)).ShouldBe(["taken"]);
        await InsertAsync(database.Db, tenant.Nid, Guid.CreateVersion7(), "free", "{}"); // what failed has left nothing behind on its connection
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task One_statement_is_a_transaction_of_its_own(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine);
        var tenant = await Tenant.LoadDefaultAsync(database.Db, TimeProvider.System, None);
        (await database.Db.ExecuteAsync(Insertion(tenant.Nid, Guid.CreateVersion7(), "one", "{}"), None)).ShouldBe(1);
        (await database.Db.ChangeAsync(new Sql("update identity set external_id = @to where external_id = @from returning external_id", ("to", "two"), ("from", "one")), r => r.Text(0), None)).ShouldBe(["two"]);
        await Should.ThrowAsync<UniqueViolationException>(database.Db.ExecuteAsync(Insertion(tenant.Nid, Guid.CreateVersion7(), "two", "{}"), None));
        (await database.Db.ReadAsync(new Sql("select external_id from identity"), r => r.Text(0), None)).ShouldBe(["two"]);
    }

    [Fact]
    public async Task A_value_that_is_missing_has_its_type_so_that_the_statement_stays_prepared()
    {
        await using var database = await TestDatabase.CreateAsync("postgres");
        var prepared = await database.Db.WriteAsync(async (tx, ct) =>
        {
            // Null first: what it is must not have to be learned from the first value that comes.
            foreach (var missing in (bool[])[true, true, true, false, false, true, false])
                await tx.ReadAsync(new Sql("select @id as id, @at as at, @name as name", ("id", missing ? (Guid?)null : Guid.CreateVersion7()), ("at", missing ? (DateTimeOffset?)null : DateTimeOffset.UnixEpoch), ("name", missing ? (string?)null : "x")), r => 0, ct);
            return await tx.ReadAsync(new Sql("select generic_plans + custom_plans from pg_prepared_statements where statement like 'select $1 as id%'"), r => r.Long(0), ct);
        }, None);
        prepared.ShouldBe([6]); // all but the first, since a statement is prepared when it is run for the second time
    }

    [Fact]
    public async Task A_statement_with_a_list_is_not_planned_anew_each_time()
    {
        await using var database = await TestDatabase.CreateAsync("postgres");
        string[] types = ["password"];
        var planned = await database.Db.WriteAsync(async (tx, ct) =>
        {
            for (var i = 0; i < 20; i++)
                await tx.ReadAsync(new Sql("select i.id from identity i join credential c on c.nid = i.nid and c.identity_id = i.id where c.type = any(@types)", ("types", types)), r => r.Guid(0), ct);
            return await tx.ReadAsync(new Sql("select custom_plans from pg_prepared_statements where statement like 'select i.id from identity i join%'"), r => r.Long(0), ct);
        }, None);
        planned.ShouldBe([0]);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task What_is_read_later_is_there_after_the_next_statement(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine);
        var tenant = await Tenant.LoadDefaultAsync(database.Db, TimeProvider.System, None);
        foreach (var next in (string[])["read", "write", "commit"])
        {
            Later<List<string>>? changed = null, seen = null, none = null;
            await database.Db.WriteAsync(async (tx, ct) =>
            {
                await tx.QueueAsync(Insertion(tenant.Nid, Guid.CreateVersion7(), next, "{}"), ct);
                changed = await tx.ReadLaterAsync(new Sql("update identity set external_id = @to where external_id = @from returning external_id", ("to", $"{next} 2"), ("from", next)), r => r.Text(0), ct);
                await tx.QueueAsync(new Sql("update identity set traits = '[]' where external_id = @id", ("id", "nobody")), ct);
                none = await tx.ReadLaterAsync(new Sql("select external_id from identity where external_id = @id", ("id", next)), r => r.Text(0), ct);
                seen = await tx.ReadLaterAsync(new Sql("select external_id from identity where external_id = @id", ("id", $"{next} 2")), r => r.Text(0), ct);
                if (engine == "postgres") Should.Throw<InvalidOperationException>(() => seen.Value);
                if (next == "read") (await tx.ReadAsync(new Sql("select 7"), r => r.Int(0), ct)).ShouldBe([7]);
                if (next == "write") (await tx.ExecuteAsync(new Sql("update identity set traits = '{}' where external_id = @id", ("id", $"{next} 2")), ct)).ShouldBe(1);
            }, None);
            (changed!.Value, none!.Value, seen!.Value).ShouldSatisfyAllConditions(
                v => v.Item1.ShouldBe([$"{next} 2"]), v => v.Item2.ShouldBeEmpty(), v => v.Item3.ShouldBe([$"{next} 2"]));
        }
    }

    private static Task InsertAsync(Db db, Guid nid, Guid id, string? externalId, string traits) =>
        db.WriteAsync((tx, ct) => InsertAsync(tx, nid, id, externalId, traits, ct), None);

    private static Task<int> InsertAsync(Tx tx, Guid nid, Guid id, string? externalId, string traits, CancellationToken ct) => tx.ExecuteAsync(Insertion(nid, id, externalId, traits), ct);

    private static Sql Insertion(Guid nid, Guid id, string? externalId, string traits) => new("""
        insert into identity (nid, id, version, schema_id, state, state_changed_at, traits, verifiable_addresses, recovery_addresses, available_aal, external_id, created_at, updated_at)
        values (@nid, @id, 1, 'default', 'active', @at, @traits, '[]', '[]', 'aal0', @external, @at, @at)
        """, ("nid", nid), ("id", id), ("at", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, 901, TimeSpan.Zero)), ("traits", traits), ("external", externalId));
}

using Ascent.Storage;
using Shouldly;

namespace Ascent.Tests.Storage;

public sealed class MigratorTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_second_run_has_nothing_to_do(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine, migrate: false);
        var migrator = new Migrator(database.Db, TimeProvider.System);

        (await migrator.VersionAsync(None)).ShouldBe(0);
        (await migrator.MigrateAsync(None)).Count.ShouldBe(Migrator.All(engine).Count);
        (await migrator.MigrateAsync(None)).ShouldBeEmpty();
        (await migrator.VersionAsync(None)).ShouldBe(Migrator.Latest);
        await migrator.EnsureCurrentAsync(None);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Several_at_once_make_one_schema(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine, migrate: false);
        var runs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => new Migrator(database.Db, TimeProvider.System).MigrateAsync(None))));
        runs.Sum(r => r.Count).ShouldBe(Migrator.All(engine).Count);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_database_that_is_behind_is_refused_with_the_command(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine, migrate: false);
        var refused = await Should.ThrowAsync<StorageUnusableException>(new Migrator(database.Db, TimeProvider.System).EnsureCurrentAsync(None));
        refused.Message.ShouldContain("ascent migrate sql");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_missing_column_is_named(string engine)
    {
        await using var database = await TestDatabase.CreateAsync(engine);
        await database.Db.ExecuteScriptAsync("alter table session drop column devices", None);
        var refused = await Should.ThrowAsync<StorageUnusableException>(new Migrator(database.Db, TimeProvider.System).EnsureCurrentAsync(None));
        refused.Message.ShouldContain("session.devices");
    }
}

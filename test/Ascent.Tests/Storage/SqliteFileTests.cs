using System.Runtime.Versioning;
using Ascent.Storage;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Storage;

[SupportedOSPlatform("linux")]
public sealed class SqliteFileTests
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task A_database_that_is_made_is_its_owners_alone()
    {
        var folder = Directory.CreateTempSubdirectory("ascent-test-");
        var file = Path.Combine(folder.FullName, "db.sqlite");
        await using (var db = Databases.Open($"sqlite://{file}?mode=rwc"))
        {
            await new Migrator(db, TimeProvider.System).MigrateAsync(CancellationToken.None);
            await db.PingAsync(CancellationToken.None);
            foreach (var name in (string[])[file, $"{file}-wal", $"{file}-shm"]) File.GetUnixFileMode(name).ShouldBe(Private, name);
        }
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task One_that_others_may_read_keeps_its_mode_and_is_told_at_the_start()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        var file = workshop.Database.Dsn["sqlite://".Length..].Split('?')[0];
        await using (var server = await RunningServer.StartAsync(workshop)) server.Warnings.ShouldNotContain(w => w.Path == "dsn");
        File.SetUnixFileMode(file, Private | UnixFileMode.GroupRead);
        await using (var server = await RunningServer.StartAsync(workshop))
        {
            var warning = server.Warnings.Single(w => w.Path == "dsn");
            warning.Message.ShouldContain($"chmod 600 {file}");
        }
        File.GetUnixFileMode(file).ShouldBe(Private | UnixFileMode.GroupRead);
    }
}

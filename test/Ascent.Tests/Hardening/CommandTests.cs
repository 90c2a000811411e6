using System.Net;
using Ascent.Storage;
using Ascent.Tests.Flows;
using Ascent.Tests.Running;
using Shouldly;
using static System.Threading.CancellationToken;

namespace Ascent.Tests.Hardening;

/// <summary>The program as people type it: every command does what it says, and every mistake gets one clear line and an exit code.</summary>
public sealed class CommandTests
{
    /// <summary>The command line, the exit code, what is said.</summary>
    public static TheoryData<string, int, string> Mistakes => new()
    {
        { "", 2, "See: ascent --help" },
        { "frob", 2, "'frob'" },
        { "frob --help", 2, "'frob'" },
        { "serv", 2, "Did you mean serve?" },
        { "identites --help", 2, "Did you mean identities?" },
        { "identities lst", 2, "Did you mean list?" },
        { "help sessoins issue", 2, "Did you mean sessions?" },
        { "serve --watch-curier", 2, "Did you mean --watch-courier?" },
        { "identities get", 2, "See: ascent identities get --help" },
        { "identities list", 1, "--endpoint" },
        { "identities list --endpoint nonsense", 1, "--endpoint is 'nonsense'" },
        { "identities list --format xml -e http://127.0.0.1:1", 2, "'xml'" },
        { "identities list -e http://127.0.0.1:1", 1, "cannot be reached" },
        { "identities list -e http://127.0.0.1:1 --token-file /nowhere/token", 1, "/nowhere/token" },
        { "identities import /nowhere.json -e http://127.0.0.1:1", 1, "/nowhere.json" },
        { "identities patch x -e http://127.0.0.1:1", 1, "Nothing to change" },
        { "identities patch x --replace state=1 -e http://127.0.0.1:1", 1, "/path=value" },
        { "identities patch x --replace /state=inactive -e http://127.0.0.1:1", 1, "is no JSON" },
        { "remote status -e http://127.0.0.1:1", 1, "cannot be reached" },
        { "hashers argon2 hash", 2, "'hash'" },
        { "hashers argon2 hash a --memory lots", 1, "--memory is 'lots'" },
        { "hashers argon2 calibrate 0", 1, "requests-per-minute must be at least 1" },
        { "jsonnet lint /nowhere/x.jsonnet", 1, "/nowhere/x.jsonnet" },
        { "completion tcsh", 2, "'tcsh'" },
        { "secrets reencrypt", 1, "The configuration cannot be used" },
        { "serve --bogus", 2, "'--bogus'" },
        { "serve --config", 2, "'--config'" },
        { "migrate", 2, "See: ascent migrate --help" },
        { "migrate sql", 1, "No database named" },
        { "migrate sql -e", 1, "environment variable DSN is not set" },
        { "migrate sql mysql://ada:geheim@db/x --yes", 1, "sqlite:///" },
        { "migrate sql nonsense --yes", 1, "sqlite:///" },
        { "migrate sql status postgres://ada:geheim@127.0.0.1:1/x", 1, "cannot be reached" },
        { "migrate sql --print mysql", 1, "sqlite and postgres" },
        { "migrate sql -e --yes --frob", 2, "'--frob'" },
        { "cleanup sql", 1, "No database named" },
        { "cleanup sql sqlite:///nowhere/at/all.sqlite", 1, "/nowhere/at/all.sqlite" },
        { "cleanup sql memory --keep-last 3x", 1, "--keep-last is '3x'" },
        { "cleanup sql memory --batch-size 0", 1, "--batch-size must be at least 1" },
        { "cleanup sql memory --batch-size many", 2, "'many'" },
        { "cleanup sql memory", 1, "ascent migrate sql -e --yes" },
        { "sessions issue", 2, "'issue'" },
        { "sessions issue ada -e", 2, "'ada'" },
        { "sessions issue 5d3c1b5e-0000-4000-8000-000000000000", 1, "No database named" },
        { "courier watch --frob", 2, "'--frob'" },
        { "courier watch -c /nowhere/kratos.yml", 1, "/nowhere/kratos.yml" },
        { "config validate -c /nowhere/kratos.yml", 1, "/nowhere/kratos.yml" },
        { "config print -c /nowhere/kratos.yml", 1, "/nowhere/kratos.yml" },
        { "config print --format=xml", 2, "--format=xml" },
        { "serve -c /nowhere/kratos.yml", 1, "/nowhere/kratos.yml" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_gets_a_clear_line_and_an_exit_code(string line, int exit, string said)
    {
        var result = await RunningProgram.RunToEndAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        result.ExitCode.ShouldBe(exit, result.All);
        result.All.ShouldContain(said);
        result.All.ShouldNotContain("   at ");
        result.All.ShouldNotContain("Exception");
        result.All.ShouldNotContain("System.");
        result.All.ShouldNotContain("geheim");
        result.All.ShouldNotContain("Ascent.Server");
    }

    [Theory]
    [InlineData("--help", "ascent [command]")]
    [InlineData("serve --help", "ascent serve")]
    [InlineData("migrate sql -h", "ascent migrate sql")]
    [InlineData("config reference", "serve.admin.auth.tokens")]
    [InlineData("version", "Ascent 0.")]
    [InlineData("--version", "Ascent 0.")]
    [InlineData("help", "ascent [command]")]
    [InlineData("help migrate sql", "ascent migrate sql")]
    [InlineData("identities --help", "ascent identities [command]")]
    [InlineData("get identity --help", "ascent get identity")]
    public async Task Help_is_called_by_the_programs_name(string line, string said)
    {
        var result = await RunningProgram.RunToEndAsync(line.Split(' '));
        result.ExitCode.ShouldBe(0, result.All);
        result.Output.ShouldContain(said);
        result.All.ShouldNotContain("Ascent.Server");
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_database_goes_its_whole_way(string engine)
    {
        await using var workshop = await Workshop.CreateAsync(engine, migrate: false);
        var dsn = ("DSN", workshop.Database.Dsn);
        await File.WriteAllTextAsync(workshop.ConfigFile, workshop.Config());

        (await RunningProgram.RunToEndAsync(["migrate", "sql", "status", "-e"], dsn)).ExitCode.ShouldBe(1);
        var migrated = await RunningProgram.RunToEndAsync(["migrate", "sql", "-e", "--yes"], dsn);
        migrated.ExitCode.ShouldBe(0, migrated.All);
        migrated.Output.ShouldContain("applied 0001 base");
        var again = await RunningProgram.RunToEndAsync(["migrate", "sql", "up", workshop.Database.Dsn, "-y"]);
        again.ExitCode.ShouldBe(0, again.All);
        again.Output.ShouldNotContain("applied");
        (await RunningProgram.RunToEndAsync(["migrate", "sql", "status", "-c", workshop.ConfigFile])).ExitCode.ShouldBe(0);

        await using var server = await RunningServer.StartAsync(workshop);
        var ada = await SignIn.PersonAsync(server, "ada@example.org");
        var issued = await RunningProgram.RunToEndAsync(["sessions", "issue", ada, "-e", "-c", workshop.ConfigFile], dsn);
        issued.ExitCode.ShouldBe(0, issued.All);
        (await SignIn.WhoamiAsync(server, issued.Output.Trim())).Status.ShouldBe(HttpStatusCode.OK);
        var nobody = await RunningProgram.RunToEndAsync(["sessions", "issue", Guid.Empty.ToString(), "-e"], dsn);
        nobody.ExitCode.ShouldBe(1);
        nobody.Errors.ShouldContain("There is no identity");
        (await server.AdminAsync("PATCH", $"/admin/identities/{ada}", """[{"op":"replace","path":"/state","value":"inactive"}]""")).Status.ShouldBe(HttpStatusCode.OK);
        (await RunningProgram.RunToEndAsync(["sessions", "issue", ada, "-e"], dsn)).Errors.ShouldContain("inactive");

        await workshop.Database.Db.ExecuteAsync(new Sql("update session set expires_at = 1"), None);
        (await RunningProgram.RunToEndAsync(["cleanup", "sql", "-e", "--keep-last", "1h"], dsn)).Output.ShouldContain("Removed 1 ");
        (await RunningProgram.RunToEndAsync(["cleanup", "sql", "-e"], dsn)).Output.ShouldContain("Removed 0 ");
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_database_made_of_the_printed_script_is_as_good_as_a_migrated_one(string engine)
    {
        await using var workshop = await Workshop.CreateAsync(engine, migrate: false);
        var script = await RunningProgram.RunToEndAsync(["migrate", "sql", "--print", engine]);
        script.ExitCode.ShouldBe(0, script.All);
        // SQLite's writer is within a transaction already.
        var text = engine == "sqlite" ? script.Output.Replace("begin;\n", "", StringComparison.Ordinal).Replace("\ncommit;", "", StringComparison.Ordinal) : script.Output;
        await workshop.Database.Db.ExecuteScriptAsync(text, None);

        var status = await RunningProgram.RunToEndAsync(["migrate", "sql", "status", workshop.Database.Dsn]);
        status.Output.ShouldContain($"at version {Migrator.Latest},");
        status.ExitCode.ShouldBe(0, status.All);
        (await new Migrator(workshop.Database.Db, TimeProvider.System).MigrateAsync(None)).ShouldBeEmpty();
        await using var server = await RunningServer.StartAsync(workshop);
        await SignIn.PersonAsync(server, "ada@example.org");
    }

    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Cleanup_removes_messages_long_over_and_no_others(string engine)
    {
        await using var workshop = await Workshop.CreateAsync(engine);
        var db = workshop.Database.Db;
        var tenant = await Ascent.Tenancy.Tenant.LoadDefaultAsync(db, TimeProvider.System, None);
        foreach (var (recipient, status, age, due) in ((string, string, int, bool)[])[("old", "sent", 31, false), ("given-up", "abandoned", 31, false), ("young", "sent", 29, false), ("waiting", "queued", 31, true)])
        {
            var at = TimeProvider.System.GetUtcNow() - TimeSpan.FromDays(age);
            await db.ExecuteAsync(new Sql("""
                insert into message (nid, id, status, channel, recipient, template_type, send_count, due_at, created_at, updated_at)
                values (@nid, @id, @status, 'email', @recipient, 'recovery_valid', 1, @due, @at, @at)
                """, ("nid", tenant.Nid), ("id", Guid.CreateVersion7()), ("status", status), ("recipient", recipient), ("due", due ? at : (DateTimeOffset?)null), ("at", at)), None);
        }
        var result = await RunningProgram.RunToEndAsync(["cleanup", "sql", workshop.Database.Dsn]);
        result.ExitCode.ShouldBe(0, result.All);
        result.Output.ShouldContain("Removed 2 ");
        (await db.ReadAsync(new Sql("select recipient from message order by recipient"), r => r.Text(0), None)).ShouldBe(["waiting", "young"]);
    }
}

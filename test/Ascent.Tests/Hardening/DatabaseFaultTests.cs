using System.Net;
using System.Text.Json;
using Ascent.Storage;
using Ascent.Tests.Flows;
using Ascent.Tests.Running;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>The database goes away or takes no more: clients hear of it and when to come again, the log has one line and no traces.</summary>
public sealed class DatabaseFaultTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task While_postgres_is_away_every_route_says_503_and_it_comes_back_by_itself()
    {
        await using var workshop = await Workshop.CreateAsync("postgres");
        var dsn = new UriBuilder(workshop.Database.Dsn);
        using var gate = new Gate(new IPEndPoint(IPAddress.Loopback, dsn.Port));
        gate.Open();
        dsn.Port = gate.Port;
        var (program, open, admin) = await RunningProgram.ServeAsync(workshop, c => c.Replace(workshop.Database.Dsn, dsn.Uri.ToString(), StringComparison.Ordinal).Replace("level: error", "level: info", StringComparison.Ordinal), "--watch-courier");
        await using var running = program;
        using var clients = new Clients(open, admin);
        await Poll.UntilAsync("it says that it is up", Soon, () => Task.FromResult(program.Errors.Contains("serves in production mode", StringComparison.Ordinal)));
        program.Errors.ShouldContain($"postgres at {dsn.Host}:{gate.Port}");

        gate.Shut();
        foreach (var (client, path) in ((HttpClient, string)[])
        [
            (open, "/sessions/whoami"), (open, "/self-service/login/api"), (open, "/self-service/registration/browser"), (open, "/self-service/errors?id=5d3c1b5e-0000-4000-8000-000000000000"),
            (admin, "/admin/identities"), (admin, "/admin/events"), (admin, "/admin/courier/messages"), (admin, "/admin/lockouts"), (admin, "/admin/sessions"),
        ])
        {
            using var answer = await RunningServer.SendAsync(client, "GET", path, null, ("X-Session-Token", "ory_st_" + new string('a', 32)));
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, path);
            answer.Headers.RetryAfter.ShouldNotBeNull(path);
        }
        await Poll.UntilAsync("it is told", Soon, () => Task.FromResult(program.Errors.Contains("is unreachable since", StringComparison.Ordinal)));

        gate.Open();
        await Poll.UntilAsync("it is back", Soon, () => Task.FromResult(program.Errors.Contains("is back after", StringComparison.Ordinal)));
        await Poll.UntilAsync("it serves", Soon, async () => (await admin.GetAsync("/admin/identities")).StatusCode == HttpStatusCode.OK);
        program.Errors.Split("is unreachable since").Length.ShouldBe(2);
        program.Errors.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task A_full_disk_is_507_for_who_writes_and_nothing_for_who_reads()
    {
        await using var server = await RunningServer.StartAsync("sqlite");
        var db = server.Services.GetRequiredService<Db>();
        var ada = await SignIn.PersonAsync(server, "ada@example.org");
        await db.ExecuteScriptAsync("pragma max_page_count = 1", None);
        HttpStatusCode status = default;
        var body = "";
        for (var i = 0; i < 500 && status != HttpStatusCode.InsufficientStorage; i++)
            (status, body) = await server.AdminAsync("POST", "/admin/identities", JsonSerializer.Serialize(new { schema_id = "default", traits = new { email = $"p{i}@example.org", note = new string('x', 4000) } }));
        status.ShouldBe(HttpStatusCode.InsufficientStorage, body);
        JsonElement.Parse(body).GetProperty("error").GetProperty("id").GetString().ShouldBe("database_full");
        await server.GetAsync(ada);

        await db.ExecuteScriptAsync("pragma max_page_count = 1000000", None);
        await SignIn.PersonAsync(server, "bob@example.org");
    }

    /// <summary>SQLite's code, and words that tell this cause from the others.</summary>
    [Theory]
    [InlineData(8, "not writable")]
    [InlineData(11, "is damaged")]
    [InlineData(13, "no room left")]
    [InlineData(26, "is no database")]
    [InlineData(5, "locked by another program")]
    [InlineData(10, "reports an error")]
    [InlineData(14, "cannot be opened")]
    public void Each_cause_has_its_own_sentence(int code, string words) =>
        StorageFault.Of(new InvalidOperationException("outer", new SqliteException("x", code))).ShouldNotBeNull().Sentence.ShouldContain(words);

    [Fact]
    public void What_was_asked_wrongly_is_no_fault_of_the_database()
    {
        StorageFault.Of(new SqliteException("syntax", 1)).ShouldBeNull();
        StorageFault.Of(new InvalidOperationException("bug")).ShouldBeNull();
    }

    [Fact]
    public async Task A_hang_up_has_everything_read_again_and_a_stop_is_told()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        var (program, open, admin) = await RunningProgram.ServeAsync(workshop, c => c.Replace("{ level: error, format: text }", "{ level: info, format: json }", StringComparison.Ordinal), "--dev");
        await using var running = program;
        using var clients = new Clients(open, admin);
        await Poll.UntilAsync("it says that it is up", Soon, () => Task.FromResult(program.Errors.Contains("serves in development mode", StringComparison.Ordinal)));
        program.Errors.ShouldContain("DEVELOPMENT MODE");
        program.Errors.ShouldContain(workshop.ConfigFile);
        program.SignalHangUp();
        await Poll.UntilAsync("it was read again", Soon, () => Task.FromResult(program.Errors.Contains("Configuration read again", StringComparison.Ordinal)));
        (await open.GetAsync("/schemas")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await admin.PostAsync("/admin/identities", new StringContent("""{"schema_id":"default","traits":{"email":"ada@example.org"}}""", System.Text.Encoding.UTF8, "application/json"));
        program.Terminate();
        var end = await program.EndAsync();
        end.ExitCode.ShouldBe(0, end.All);
        var lines = end.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l)).ToArray();
        lines.ShouldContain(l => l.GetProperty("msg").GetString()!.Contains("stopped by SIGTERM"));
        var audit = lines.Where(l => l.GetProperty("audience").GetString() == "audit").ShouldHaveSingleItem();
        audit.GetProperty("type").GetString().ShouldBe("identity.created");
        audit.GetProperty("data").GetProperty("schema_id").GetString().ShouldBe("default");
    }

    [Fact]
    public async Task Faults_of_the_start_have_the_chosen_form()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        await File.WriteAllTextAsync(workshop.ConfigFile, workshop.Config().Replace("{ level: error, format: text }", "{ level: error, format: json }", StringComparison.Ordinal).Replace("algorithm: argon2,", "algorithm: rot13,", StringComparison.Ordinal));
        var result = await RunningProgram.RunToEndAsync(["serve", "-c", workshop.ConfigFile]);
        result.ExitCode.ShouldBe(1);
        var line = JsonElement.Parse(result.Errors.Trim());
        line.GetProperty("level").GetString().ShouldBe("fatal");
        line.GetProperty("msg").GetString()!.ShouldContain("hashers.algorithm");
    }

    [Fact]
    public async Task To_migrate_a_configuration_without_dsn_is_refused()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        await File.WriteAllTextAsync(workshop.ConfigFile, workshop.Config().Replace($"dsn: {workshop.Database.Dsn}", "", StringComparison.Ordinal));
        var result = await RunningProgram.RunToEndAsync(["migrate", "sql", "--yes", "-c", workshop.ConfigFile]);
        result.ExitCode.ShouldBe(1, result.All);
        result.Errors.ShouldContain("No database named");
        result.Output.ShouldNotContain("applied");
    }
}

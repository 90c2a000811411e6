using System.Net;
using System.Text.Json;
using Ascent.Events;
using Ascent.Storage;
using Ascent.Tenancy;
using Ascent.Tests.Flows;
using Ascent.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Events;

/// <summary>The audit trail as administrators read it.</summary>
public sealed class EventTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Wrong_attempts_are_events_whether_somebody_has_the_account_or_not(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        var ada = await SignIn.PersonAsync(server, "ada@example.org");
        await FailAsync(server, "ada@example.org");
        await FailAsync(server, "nobody@example.org");
        await SignIn.NativelyAsync(server, "ada@example.org");

        var failed = await ListAsync(server, "?type=login.failed");
        failed.Length.ShouldBe(2);
        failed[0].TryGetProperty("identity_id", out _).ShouldBeFalse();
        failed[0].GetProperty("data").GetProperty("reason").GetString().ShouldBe("unknown_account");
        failed[1].GetProperty("identity_id").GetString().ShouldBe(ada);
        failed[1].GetProperty("data").GetProperty("reason").GetString().ShouldBe("wrong_proof");
        failed[1].GetProperty("data").GetProperty("method").GetString().ShouldBe("password");
        failed[1].GetProperty("address").GetString().ShouldBe("127.0.0.1");
        failed.ShouldAllBe(e => !e.GetRawText().Contains("example.org") && !e.GetRawText().Contains("not-the-password"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task They_are_found_by_type_identity_actor_address_and_time_page_by_page(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        var ada = await SignIn.PersonAsync(server, "ada@example.org");
        var bob = await SignIn.PersonAsync(server, "bob@example.org");
        foreach (var name in (string[])["ada", "bob", "ada"]) await FailAsync(server, $"{name}@example.org");
        await SignIn.NativelyAsync(server, "bob@example.org");

        Types(await ListAsync(server, $"?identity_id={ada}")).ShouldBe(["login.failed", "login.failed", "identity.created"]);
        Types(await ListAsync(server, $"?identity_id={bob}&type=session.issued,identity.created")).ShouldBe(["session.issued", "identity.created"]);
        Types(await ListAsync(server, "?actor=admin")).ShouldBe(["identity.created", "identity.created"]);
        (await ListAsync(server, "?address=127.0.0.1")).Length.ShouldBe(4);
        (await ListAsync(server, "?address=192.0.2.1")).ShouldBeEmpty();
        (await ListAsync(server, "?since=1h")).Length.ShouldBe(6);
        (await ListAsync(server, "?until=1h")).ShouldBeEmpty();
        (await ListAsync(server, "?since=2020-01-01T00:00:00Z&until=2021-01-01T00:00:00Z")).ShouldBeEmpty();

        var seen = new List<string>();
        for (var path = "/admin/events?page_size=2"; path.Length > 0;)
        {
            using var response = await RunningServer.SendAsync(server.Admin, "GET", path);
            seen.AddRange(JsonElement.Parse(await response.Content.ReadAsStringAsync()).EnumerateArray().Select(e => e.GetProperty("id").GetString()!));
            path = response.Headers.GetValues("Link").Single().Split(',').FirstOrDefault(l => l.EndsWith("rel=\"next\"", StringComparison.Ordinal))?.Split('<', '>')[1] ?? "";
        }
        seen.ShouldBe((await ListAsync(server, "")).Select(e => e.GetProperty("id").GetString()!));
        seen.Count.ShouldBe(6);

        foreach (var bad in (string[])["?type=login.unknown", "?identity_id=x", "?since=soon", "?address=there", "?page_token=x", "?page_size=0"])
            (await server.AdminAsync("GET", "/admin/events" + bad)).Status.ShouldBe(HttpStatusCode.BadRequest, bad);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Of_the_deleted_stays_what_happened_and_not_where_they_were(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        var ada = await SignIn.PersonAsync(server, "ada@example.org");
        await FailAsync(server, "ada@example.org");
        await SignIn.NativelyAsync(server, "ada@example.org");
        (await ListAsync(server, $"?identity_id={ada}&address=127.0.0.1")).Length.ShouldBe(2);

        (await server.AdminAsync("DELETE", $"/admin/identities/{ada}")).Status.ShouldBe(HttpStatusCode.NoContent);

        var left = await ListAsync(server, $"?identity_id={ada}");
        Types(left).ShouldBe(["identity.deleted", "session.issued", "login.failed", "identity.created"]);
        left.ShouldAllBe(e => !e.GetRawText().Contains("127.0.0.1") && !e.GetRawText().Contains("user_agent"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task They_are_kept_for_as_long_as_the_configuration_says(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine, config => config + "\naudit: { retention: 1000h }");
        var (db, tenant) = (server.Services.GetRequiredService<Db>(), server.Services.GetRequiredService<Tenant>());
        foreach (var hours in (int[])[1001, 1001, 999])
        {
            var then = new EventWriter(new ManualTime(TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(hours)));
            await db.WriteAsync((tx, ct) => then.WriteAsync(tx, tenant.Nid, new Event("session.revoked") { Actor = "system" }, ct), None);
        }
        (await server.Services.GetRequiredService<Cleanup>().RunRoundAsync(None)).ShouldBe(2);
        (await ListAsync(server, "?type=session.revoked")).Length.ShouldBe(1);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Operators_read_them_on_the_command_line(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        var ada = await SignIn.PersonAsync(server, "ada@example.org");
        await FailAsync(server, "ada@example.org");
        var dsn = ("DSN", server.Workshop.Database.Dsn);
        var text = await RunningProgram.RunToEndAsync(["events", "-e"], dsn);
        text.ExitCode.ShouldBe(0, text.All);
        text.Output.Split('\n')[0].ShouldContain($"identity.created by admin identity={ada}");
        var json = await RunningProgram.RunToEndAsync(["events", "-e", "--format", "json", "--type", "login.failed", "--identity", ada, "--since", "1h"], dsn);
        JsonElement.Parse(json.Output.Trim()).GetProperty("type").GetString().ShouldBe("login.failed");
        var wrong = await RunningProgram.RunToEndAsync(["events", "-e", "--type", "login.unknown"], dsn);
        wrong.ExitCode.ShouldBe(1);
        wrong.Errors.ShouldContain("--type is 'login.unknown'");

        await using var following = RunningProgram.Run(["events", "-e", "--follow", "-n", "1"], dsn);
        await FailAsync(server, "ada@example.org");
        following.Terminate();
        (await following.EndAsync()).All.ShouldNotContain("   at ");
    }

    private static async Task FailAsync(RunningServer server, string identifier) =>
        (await SignIn.SubmitAsync(server, await SignIn.BeginAsync(server), new { method = "password", identifier, password = "not-the-password" })).Status.ShouldBe(HttpStatusCode.BadRequest);

    private static async Task<JsonElement[]> ListAsync(RunningServer server, string query)
    {
        var (status, body) = await server.AdminAsync("GET", "/admin/events" + query);
        status.ShouldBe(HttpStatusCode.OK, body);
        return [.. JsonElement.Parse(body).EnumerateArray()];
    }

    private static string[] Types(JsonElement[] events) => [.. events.Select(e => e.GetProperty("type").GetString()!)];
}

using System.Net;
using Ascent.Tests.Flows.Hooks;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Schemas;

/// <summary>A host of schemas that is away keeps no server down that has read from it before; one that nobody ever reached does.</summary>
public sealed class SchemaCopyTests
{
    [Theory]
    [MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_schema_that_was_known_before_is_served_from_its_copy_while_its_host_is_away(string engine)
    {
        await using var workshop = await Workshop.CreateAsync(engine);
        string url;
        await using (var host = await HookReceiver.StartAsync())
        {
            host.Answer = _ => (200, Workshop.Schema);
            url = $"{host.Url}/person.json";
            await using var first = await RunningServer.StartAsync(workshop, At(workshop, url));
            (await ReadyAsync(first)).ShouldBe("{\"status\":\"ok\"}");

            host.Answer = _ => (503, "");
            await using var troubled = await RunningServer.StartAsync(workshop, At(workshop, url));
            troubled.Warnings.ShouldContain(w => w.Message.Contains("answered 503; the copy of", StringComparison.Ordinal));

            host.Answer = _ => (404, "");
            (await Should.ThrowAsync<ConfigFaultsException>(() => RunningServer.StartAsync(workshop, At(workshop, url)))).Message.ShouldContain("answered 404");
        }
        await using (var server = await RunningServer.StartAsync(workshop, At(workshop, url)))
        {
            server.Warnings.ShouldContain(w => w.Path == "identity.schemas" && w.Message.Contains("the copy of", StringComparison.Ordinal));
            var ready = await ReadyAsync(server);
            ready.ShouldContain("\"status\":\"ok\"");
            ready.ShouldContain("\"schemas\":");
            ready.ShouldNotContain(url);
            await server.CreateAsync("""{"schema_id":"default","traits":{"email":"ada@example.org"}}""");
        }
        var validated = await RunningProgram.RunToEndAsync(["config", "validate", "-c", workshop.ConfigFile]);
        validated.ExitCode.ShouldBe(0, validated.All);
        (await Should.ThrowAsync<ConfigFaultsException>(() => RunningServer.StartAsync(workshop, At(workshop, url + ".other")))).Message.ShouldContain("identity.schemas.0.url");
        (await RunningProgram.RunToEndAsync(["config", "validate", "-c", workshop.ConfigFile])).Output.ShouldContain("fault    identity.schemas.0.url");
    }

    [Fact]
    public async Task An_address_that_may_no_longer_be_reached_is_a_fault_even_with_a_copy()
    {
        await using var workshop = await Workshop.CreateAsync("sqlite");
        await using var host = await HookReceiver.StartAsync();
        host.Answer = _ => (200, Workshop.Schema);
        await using (await RunningServer.StartAsync(workshop, At(workshop, host.Url))) { }
        (await Should.ThrowAsync<ConfigFaultsException>(() => RunningServer.StartAsync(workshop, c => At(workshop, host.Url)(c) + "\nclients: { http: { disallow_private_ip_ranges: true } }")))
            .Message.ShouldContain("disallow_private_ip_ranges");
    }

    private static Func<string, string> At(Workshop workshop, string url) => config => config.Replace($"file://{workshop.SchemaFile}", url, StringComparison.Ordinal);

    private static async Task<string> ReadyAsync(RunningServer server)
    {
        var (status, body) = await server.AdminAsync("GET", "/health/ready");
        status.ShouldBe(HttpStatusCode.OK, body);
        return body.Trim();
    }
}

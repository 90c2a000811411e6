using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ascent.Tests.Flows;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Commands;

/// <summary>The words that talk to the admin API, against a running server.</summary>
public sealed partial class IdentitiesCommandTests
{
    private const string Token = "a-token-of-the-test-suite-1234567890";

    [Fact]
    public async Task Identities_are_imported_shown_changed_and_deleted()
    {
        await using var server = await RunningServer.StartAsync("sqlite", ByItsPort);
        var file = server.Workshop.PathOf("people.json");
        await File.WriteAllTextAsync(file, """[{"schema_id":"default","traits":{"email":"ada@example.org"},"external_id":"c-1"},{"schema_id":"default","traits":{"email":"bob@example.org"}}]""");
        (await AscentAsync(server, "identities", "validate", file)).Output.ShouldContain("All identity files are valid.");

        var imported = JsonElement.Parse((await AscentAsync(server, "identities", "import", file, "--format", "json")).Output);
        imported.EnumerateArray().Select(i => i.GetProperty("traits").GetProperty("email").GetString()).ShouldBe(["ada@example.org", "bob@example.org"]);
        string[] ids = [.. imported.EnumerateArray().Select(i => i.GetProperty("id").GetString()!)];

        (await AscentAsync(server, "identities", "get", ids[0])).Output.ShouldContain($"ID                  {ids[0]}\nEXTERNAL ID         c-1\nVERIFIED ADDRESSES  ada@example.org");
        (await AscentAsync(server, "get", "identity", "c-1", "--external-id", "-q")).Output.Trim().ShouldBe(ids[0]);
        (await AscentAsync(server, "get", "identity", ids[0], ids[1], "--format", "json-pretty")).Output.ShouldStartWith("[\n  {\n    \"id\"");
        (await AscentAsync(server, "identities", "get", ids[0], "--format", "yaml")).Output.ShouldContain("email: \"ada@example.org\"");

        var first = JsonElement.Parse((await AscentAsync(server, "identities", "list", "--page-size", "1", "--format", "json")).Output);
        var token = first.GetProperty("next_page_token").GetString()!;
        token.ShouldNotBeEmpty();
        var second = await AscentAsync(server, "ls", "identities", "--page-size", "1", "--page-token", token, "-q");
        new[] { first.GetProperty("identities")[0].GetProperty("id").GetString(), second.Output.Trim() }.ShouldBe(ids, ignoreOrder: true);

        (await AscentAsync(server, "identities", "patch", ids[1], "--replace", "/state=\"inactive\"", "--add", "/metadata_public={\"plan\":\"pro\"}")).Output.ShouldContain(ids[1]);
        var bob = await server.GetAsync(ids[1]);
        (bob.GetProperty("state").GetString(), bob.GetProperty("metadata_public").GetProperty("plan").GetString()).ShouldBe(("inactive", "pro"));

        (await AscentAsync(server, "delete", "identity", ids[0], ids[1], "-q")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldBe(ids);
        (await server.AdminAsync("GET", $"/admin/identities/{ids[0]}")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_fails_is_told_for_each_and_ends_with_one()
    {
        await using var server = await RunningServer.StartAsync("sqlite", ByItsPort);
        var ada = await SignIn.PersonAsync(server, "ada@example.org");
        var nobody = Guid.CreateVersion7().ToString();
        var got = await RunAsync(server, "identities", "get", nobody, ada);
        got.ExitCode.ShouldBe(1);
        got.Output.ShouldContain(ada);
        got.Errors.ShouldContain($"{nobody}: ");

        var file = server.Workshop.PathOf("people.json");
        await File.WriteAllTextAsync(file, """[{"schema_id":"default","traits":{"email":"ada@example.org"}},{"schema_id":"default","traits":{"email":"bob@example.org"}}]""");
        var imported = await RunAsync(server, "import", "identities", file, "-q");
        imported.ExitCode.ShouldBe(1);
        imported.Errors.ShouldContain($"{file}[0]: ");
        (await server.GetAsync(imported.Output.Trim())).GetProperty("traits").GetProperty("email").GetString().ShouldBe("bob@example.org");

        await File.WriteAllTextAsync(file, """[{"schema_id":"default","traits":{"email":7}},{"schema_id":"default","trails":{}},{"traits":{}}]""");
        var validated = await RunAsync(server, "validate", "identity", file);
        validated.ExitCode.ShouldBe(1);
        validated.Errors.ShouldContain($"{file}[0]: I[#/traits/email]");
        validated.Errors.ShouldContain($"{file}[1]: ");
        validated.Errors.ShouldContain("trails");
        validated.Errors.ShouldContain($"{file}[2]: schema_id is required");
    }

    [Fact]
    public async Task A_server_with_tokens_is_asked_with_one()
    {
        await using var server = await RunningServer.StartAsync("sqlite", c => c.Replace("4434/\", host: 127.0.0.1,", $"4434/\", auth: {{ tokens: [ {{ name: ci, token: {Token} }} ] }}, host: 127.0.0.1,", StringComparison.Ordinal));
        var file = server.Workshop.PathOf("token");
        await File.WriteAllTextAsync(file, Token + "\n");
        (await RunAsync(server, "identities", "list")).ExitCode.ShouldBe(1);
        (await AscentAsync(server, "identities", "list", "--token-file", file)).Output.ShouldContain("NEXT PAGE TOKEN");
        var endpoint = ("ORY_SDK_URL", server.Admin.BaseAddress!.ToString());
        (await RunningProgram.RunToEndAsync(["identities", "list"], endpoint, ("ASCENT_ADMIN_TOKEN", Token))).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task A_server_s_state_and_version_are_told()
    {
        await using var server = await RunningServer.StartAsync("sqlite");
        (await AscentAsync(server, "remote", "status")).Output.ShouldBe("ALIVE  true\nREADY  true\n");
        (await AscentAsync(server, "remote", "status", "--format", "json")).Output.Trim().ShouldBe("""{"alive":true,"ready":true}""");
        (await AscentAsync(server, "remote", "version")).Output.ShouldStartWith("VERSION  0.");
    }

    /// <summary>Schemas are the public side's: the admin side leads there by the public base URL.</summary>
    private static string ByItsPort(string config)
    {
        var port = Workshop.FreePort();
        return PublicSide().Replace(config, $":{port}/${{between}}{port}");
    }

    private static async Task<ProgramResult> AscentAsync(RunningServer server, params string[] words)
    {
        var result = await RunAsync(server, words);
        result.ExitCode.ShouldBe(0, result.All);
        return result;
    }

    private static Task<ProgramResult> RunAsync(RunningServer server, params string[] words) => RunningProgram.RunToEndAsync(words, ("KRATOS_ADMIN_URL", server.Admin.BaseAddress!.ToString()));

    [GeneratedRegex("(?<=public: .*):4433/(?<between>.* port: )[0-9]+", RegexOptions.None, 1000)]
    private static partial Regex PublicSide();
}

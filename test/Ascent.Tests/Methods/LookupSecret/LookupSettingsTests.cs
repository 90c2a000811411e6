using System.Net;
using System.Text.Json.Nodes;
using Ascent.Storage;
using Ascent.Tests.Identities;
using Shouldly;

namespace Ascent.Tests.Methods.LookupSecret;

public sealed class LookupSettingsTests
{
    private const string Generate = """{"method":"lookup_secret","lookup_secret_regenerate":true}""";
    private const string Confirm = """{"method":"lookup_secret","lookup_secret_confirm":true}""";
    private const string Reveal = """{"method":"lookup_secret","lookup_secret_reveal":"true"}""";
    private const string Disable = """{"method":"lookup_secret","lookup_secret_disable":true}""";

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Codes_hold_once_they_are_confirmed_and_are_shown_used_and_unused(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        var id = await host.AddAsync();
        var token = await host.SignInAsync();
        var flow = await host.BeginAsync("settings", token);
        Own(flow).ShouldBe(["lookup_secret_regenerate"]);
        var codes = await GenerateAsync(host, flow, token);
        codes.Length.ShouldBe(12);
        (await host.AalAsync(token)).ShouldBe("aal1");
        (await CodesAsync(host, id)).ShouldBeEmpty();

        var confirmed = await host.SubmitAsync("settings", flow, token, Confirm);
        confirmed.ShouldBe(HttpStatusCode.OK).Messages().ShouldBe([1050001]);
        Own(JsonNode.Parse(confirmed.Text)!).ShouldBe(["lookup_secret_reveal", "lookup_secret_disable"]);
        (await host.AalAsync(token)).ShouldBe("aal2");
        (await CodesAsync(host, id)).ShouldBe(codes);

        (await StepUpAsync(host, codes[3])).ShouldBe(HttpStatusCode.OK);
        var revealed = JsonNode.Parse((await host.SubmitAsync("settings", await host.BeginAsync("settings", token), token, Reveal)).ShouldBe(HttpStatusCode.OK).Text)!;
        Own(revealed).ShouldBe(["lookup_secret_codes", "lookup_secret_disable", "lookup_secret_regenerate"]);
        var shown = revealed.Node("lookup_secret_codes")!["text"]!;
        shown["text"]!.ToString().ShouldBe(string.Join(", ", codes.Select((c, i) => i == 3 ? "used" : c)));
        shown["context"]!["secrets"]!.AsArray().Select(s => (int)s!["id"]!).ShouldBe(codes.Select((_, i) => i == 3 ? 1050014 : 1050009));
        (await host.Db.ReadAsync(new Sql("select type from event where type = 'identity.backup_codes_revealed'"), r => r.Text(0), CancellationToken.None)).ShouldHaveSingleItem();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task New_codes_take_the_place_of_the_old_when_they_are_confirmed(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        var id = await host.AddAsync("""
            "lookup_secret":{"config":{"codes":[{"code":"aaaa1111"},{"code":"bbbb2222"}]} }
            """);
        var token = await host.SignInAsync();
        var flow = await host.BeginAsync("settings", token);
        var codes = await GenerateAsync(host, flow, token);
        (await StepUpAsync(host, codes[0])).ShouldBe(HttpStatusCode.BadRequest);
        (await StepUpAsync(host, "aaaa1111")).ShouldBe(HttpStatusCode.OK);
        (await host.SubmitAsync("settings", flow, token, Confirm)).ShouldBe(HttpStatusCode.OK);
        (await CodesAsync(host, id)).ShouldBe(codes);
        (await StepUpAsync(host, "bbbb2222")).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000016]);
        (await StepUpAsync(host, codes[0])).ShouldBe(HttpStatusCode.OK);
        // Nothing is left to confirm: a used code does not come back.
        (await host.SubmitAsync("settings", flow, token, Confirm)).ShouldBe(HttpStatusCode.BadRequest);
        (await StepUpAsync(host, codes[0])).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000012]);
    }

    [Fact]
    public async Task Codes_are_disabled_with_or_without_any()
    {
        await using var host = await FactorsHost.StartAsync("sqlite");
        var id = await host.AddAsync();
        var token = await host.SignInAsync();
        var flow = await host.BeginAsync("settings", token);
        (await host.SubmitAsync("settings", flow, token, Disable)).ShouldBe(HttpStatusCode.OK);
        await GenerateAsync(host, flow, token);
        (await host.SubmitAsync("settings", flow, token, Confirm)).ShouldBe(HttpStatusCode.OK);
        (await host.SubmitAsync("settings", flow, token, Disable)).ShouldBe(HttpStatusCode.OK);
        (await CodesAsync(host, id)).ShouldBeEmpty();
        Own(await host.BeginAsync("settings", token)).ShouldBe(["lookup_secret_regenerate"]);
    }

    [Fact]
    public async Task What_cannot_be_done_is_said()
    {
        await using var host = await FactorsHost.StartAsync("sqlite");
        await host.AddAsync();
        var token = await host.SignInAsync();
        var flow = await host.BeginAsync("settings", token);
        (await host.SubmitAsync("settings", flow, token, """{"method":"lookup_secret"}""")).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4010004]);
        (await host.SubmitAsync("settings", flow, token, Confirm)).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000001]);
        (await host.SubmitAsync("settings", flow, token, Reveal)).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000001]);
    }

    [Fact]
    public async Task Codes_that_wait_for_their_confirmation_are_sealed()
    {
        await using var host = await FactorsHost.StartAsync("sqlite");
        await host.AddAsync();
        var token = await host.SignInAsync();
        var codes = await GenerateAsync(host, await host.BeginAsync("settings", token), token);
        var kept = await host.Db.ReadAsync(new Sql("select data from flow"), r => r.Text(0), CancellationToken.None);
        kept.ShouldAllBe(t => !t.Contains(codes[0], StringComparison.Ordinal));
    }

    private static string[] Own(JsonNode flow) => [.. flow.Nodes().Where(n => n.StartsWith("lookup_secret/", StringComparison.Ordinal)).Select(n => n["lookup_secret/".Length..])];

    private static async Task<string[]> GenerateAsync(FactorsHost host, JsonNode flow, string token)
    {
        var shown = JsonNode.Parse((await host.SubmitAsync("settings", flow, token, Generate)).ShouldBe(HttpStatusCode.OK).Text)!;
        Own(shown).ShouldBe(["lookup_secret_codes", "lookup_secret_confirm"]);
        return [.. shown.Node("lookup_secret_codes")!["text"]!["context"]!["secrets"]!.AsArray().Select(s => s!["context"]!["secret"]!.ToString())];
    }

    private static async Task<Answer> StepUpAsync(FactorsHost host, string code)
    {
        var token = await host.SignInAsync();
        return await host.SubmitAsync("login", await host.BeginStepUpAsync(token), token, $$"""{"method":"lookup_secret","lookup_secret":"{{code}}"}""");
    }

    private static async Task<string[]> CodesAsync(FactorsHost host, Guid id)
    {
        var credentials = (await host.AdminAsync("GET", $"/admin/identities/{id}?include_credential=lookup_secret")).ShouldBe(HttpStatusCode.OK).Json.GetProperty("credentials");
        return credentials.TryGetProperty("lookup_secret", out var found) ? [.. found.At("config/recovery_codes").EnumerateArray().Select(c => c.GetProperty("code").GetString()!)] : [];
    }
}

using System.Net;
using System.Text.Json.Nodes;
using Ascent.Methods.Totp;
using Ascent.Storage;
using Ascent.Tests.Identities;
using Shouldly;

namespace Ascent.Tests.Methods.Totp;

public sealed class TotpSettingsTests
{
    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task An_app_is_linked_by_a_code_which_raises_the_session_and_is_used_up(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        var id = await host.AddAsync();
        var token = await host.SignInAsync();
        var flow = await host.BeginAsync("settings", token);
        var key = Offered(flow);
        flow.Node("totp_qr")!["src"]!.ToString().ShouldBe(QrPng.DataUrl(key.Url("Ascent & Co", FactorsHost.Email)));

        var wrong = await host.SubmitAsync("settings", flow, token, Body(Code(host, key, 3)));
        wrong.ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000008]);
        Offered(JsonNode.Parse(wrong.Text)!).Text.ShouldBe(key.Text);
        (await host.SubmitAsync("settings", flow, token, """{"method":"totp"}""")).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000002]);
        (await host.SubmitAsync("settings", flow, token, """{"method":"totp","totp_unlink":true}""")).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000002]);

        var linked = await host.SubmitAsync("settings", flow, token, Body(Code(host, key)));
        linked.ShouldBe(HttpStatusCode.OK).Messages().ShouldBe([1050001]);
        linked.Text.ShouldNotContain(key.Text);
        (await host.AalAsync(token)).ShouldBe("aal2");
        (await UrlAsync(host, id)).ShouldBe(key.Url("Ascent & Co", FactorsHost.Email));

        var other = await host.SignInAsync();
        (await StepUpAsync(host, other, Code(host, key))).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000008]);
        (await StepUpAsync(host, other, Code(host, key, 1))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task An_unlinked_app_opens_nothing_and_another_can_be_linked_at_once(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        var id = await host.AddAsync();
        var token = await host.SignInAsync();
        var old = await LinkAsync(host, token, step: 1);
        var flow = await host.BeginAsync("settings", token);
        flow.Node("totp_unlink")!["value"]!.ToString().ShouldBe("true");
        flow.Node("totp_qr").ShouldBeNull();
        (await host.SubmitAsync("settings", flow, token, Body("123456"))).ShouldBe(HttpStatusCode.OK);
        (await UrlAsync(host, id)).ShouldNotBeNull();
        (await host.SubmitAsync("settings", flow, token, """{"method":"totp","totp_unlink":"true"}""")).ShouldBe(HttpStatusCode.OK);
        (await UrlAsync(host, id)).ShouldBeNull();
        (await host.AalAsync(token)).ShouldBe("aal2");

        // The step of the old secret was the next one: the new secret begins anew.
        var key = await LinkAsync(host, token, step: -1);
        key.Text.ShouldNotBe(old.Text);
        var other = await host.SignInAsync();
        (await StepUpAsync(host, other, Code(host, old))).ShouldBe(HttpStatusCode.BadRequest);
        (await StepUpAsync(host, other, Code(host, key))).ShouldBe(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Of_two_apps_linked_at_once_one_is_linked(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        var id = await host.AddAsync();
        var token = await host.SignInAsync();
        var flows = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.BeginAsync("settings", token)));
        var answers = await Task.WhenAll(flows.Select(f => host.SubmitAsync("settings", f, token, Body(Code(host, Offered(f))))));
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK || a.Status == HttpStatusCode.BadRequest);
        var kept = TotpKey.FromUrl((await UrlAsync(host, id))!)!.Text;
        flows.Count(f => Offered(f).Text == kept).ShouldBe(1);
        var whoami = (await host.PublicAsync("GET", "/sessions/whoami", token)).Json;
        whoami.GetProperty("authentication_methods").EnumerateArray().Count(m => m.GetProperty("method").GetString() == "totp").ShouldBe(1);
    }

    [Fact]
    public async Task The_secret_is_sealed_where_it_is_kept()
    {
        await using var host = await FactorsHost.StartAsync("sqlite");
        await host.AddAsync();
        var token = await host.SignInAsync();
        var key = Offered(await host.BeginAsync("settings", token));
        (await TextsAsync(host, "select data from flow")).ShouldAllBe(t => !t.Contains(key.Text, StringComparison.Ordinal));
        key = await LinkAsync(host, token, step: 0);
        (await TextsAsync(host, "select config from credential")).ShouldAllBe(t => !t.Contains(key.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_too_long_for_a_picture_is_cut()
    {
        await using var host = await FactorsHost.StartAsync("sqlite", $$"""selfservice: { methods: { totp: { config: { issuer: "{{new string('世', 5000)}}" } } } }""");
        var id = await host.AddAsync();
        await LinkAsync(host, await host.SignInAsync(), step: 0);
        System.Web.HttpUtility.ParseQueryString((await UrlAsync(host, id))!)["issuer"].ShouldBe(new string('世', 50));
        // The longest that can be: four bytes a character, three letters a byte.
        QrPng.Of(TotpKey.New().Url(string.Concat(Enumerable.Repeat("𝄞", 50)), string.Concat(Enumerable.Repeat("𝄞", 100)))).Length.ShouldBeGreaterThan(0);
    }

    private static string Body(string code) => $$"""{"method":"totp","totp_code":"{{code}}"}""";

    private static string Code(FactorsHost host, TotpKey key, int off = 0) => key.Code(TotpKey.StepAt(host.Time.GetUtcNow()) + off);

    private static TotpKey Offered(JsonNode flow) => TotpKey.FromText(flow.Node("totp_secret_key")!["text"]!["context"]!["secret"]!.ToString())!;

    private static async Task<TotpKey> LinkAsync(FactorsHost host, string token, int step)
    {
        var flow = await host.BeginAsync("settings", token);
        var key = Offered(flow);
        (await host.SubmitAsync("settings", flow, token, Body(Code(host, key, step)))).ShouldBe(HttpStatusCode.OK);
        return key;
    }

    private static async Task<Answer> StepUpAsync(FactorsHost host, string token, string code) =>
        await host.SubmitAsync("login", await host.BeginStepUpAsync(token), token, Body(code));

    private static async Task<string?> UrlAsync(FactorsHost host, Guid id)
    {
        var credentials = (await host.AdminAsync("GET", $"/admin/identities/{id}?include_credential=totp")).ShouldBe(HttpStatusCode.OK).Json.GetProperty("credentials");
        return credentials.TryGetProperty("totp", out var totp) ? totp.At("config/totp_url").GetString() : null;
    }

    private static Task<List<string>> TextsAsync(FactorsHost host, string sql) => host.Db.ReadAsync(new Sql(sql), r => r.Text(0), CancellationToken.None);
}

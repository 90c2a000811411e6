using System.Net;
using System.Text.Json.Nodes;
using Ascent.Methods.Totp;
using Ascent.Tests.Flows;
using Ascent.Tests.Identities;
using Ascent.Tests.Methods;
using Ascent.Tests.Methods.WebAuthn;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>Many changes of one account at once end in one of the states that were asked for; nobody is locked out and nothing breaks.</summary>
public sealed class SettingsRaceTests
{
    private const int Many = 20;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(60);
    private static readonly HttpStatusCode[] Expected = [HttpStatusCode.OK, HttpStatusCode.BadRequest, HttpStatusCode.Conflict, HttpStatusCode.Forbidden];

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Of_many_new_passwords_the_last_one_saved_opens_and_no_other(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        await host.AddAsync();
        var tokens = await Task.WhenAll(Enumerable.Range(0, Many / 2).Select(_ => host.SignInAsync()));
        var senders = tokens.Concat(tokens).ToArray();
        var flows = await Task.WhenAll(senders.Select(t => host.BeginAsync("settings", t)));
        var answers = await Task.WhenAll(senders.Select((t, n) => host.SubmitAsync("settings", flows[n], t, $$"""{"method":"password","password":"new-secret-word-{{n}}"}"""))).WaitAsync(Enough);
        answers.ShouldAllBe(a => Expected.Contains(a.Status));
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBeGreaterThan(0);
        var opens = new List<int>();
        for (var n = 0; n < senders.Length; n++)
            if (await OpensAsync(host, $"new-secret-word-{n}")) opens.Add(n);
        answers[opens.ShouldHaveSingleItem()].Status.ShouldBe(HttpStatusCode.OK);
        (await OpensAsync(host, FactorsHost.Password)).ShouldBeFalse();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Linking_and_unlinking_an_app_at_once_ends_in_one_of_both(string engine)
    {
        await using var host = await FactorsHost.StartAsync(engine);
        var id = await host.AddAsync();
        var token = await host.SignInAsync();
        for (var round = 0; round < 3; round++)
        {
            var flows = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => host.BeginAsync("settings", token)));
            var answers = await Task.WhenAll(flows.Select((f, n) => host.SubmitAsync("settings", f, token,
                n % 2 == 0 && Offered(f) is { } key ? $$"""{"method":"totp","totp_code":"{{key.Code(TotpKey.StepAt(host.Time.GetUtcNow()))}}"}""" : """{"method":"totp","totp_unlink":true}"""))).WaitAsync(Enough);
            answers.ShouldAllBe(a => Expected.Contains(a.Status));
            host.Time.Advance(TimeSpan.FromMinutes(2));
            if (await UrlAsync(host, id) is { } url)
            {
                // What is kept is what one of the forms offered, and it opens.
                var key = TotpKey.FromUrl(url)!;
                flows.Select(Offered).ShouldContain(k => k != null && k.Text == key.Text);
                var other = await host.SignInAsync();
                (await host.SubmitAsync("login", await host.BeginStepUpAsync(other), other, $$"""{"method":"totp","totp_code":"{{key.Code(TotpKey.StepAt(host.Time.GetUtcNow()))}}"}""")).ShouldBe(HttpStatusCode.OK);
                (await host.SubmitAsync("settings", await host.BeginAsync("settings", other), other, """{"method":"totp","totp_unlink":true}""")).ShouldBe(HttpStatusCode.OK);
            }
            (await UrlAsync(host, id)).ShouldBeNull();
            token = await host.SignInAsync();
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task The_last_way_to_sign_in_is_not_lost_between_two_that_remove_one_each(string engine)
    {
        await using var server = await KeyPerson.StartAsync(engine, KeyPerson.Passwordless);
        for (var round = 0; round < 5; round++)
        {
            var browser = new Browser(server);
            using var key = new SoftKey();
            using var other = new SoftKey();
            var flow = await browser.BeginAsync("registration");
            var (status, body) = await KeyPerson.SubmitAsync(browser, flow, new()
            {
                ["method"] = "webauthn", ["traits"] = new { email = $"eve{round}@example.org" }, ["webauthn_register"] = SoftKey.Json(key.Create(flow.Challenge("webauthn_register_trigger")), key.Id),
            });
            status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
            var id = body.GetProperty("identity").GetProperty("id").GetString()!;
            await KeyPerson.AddKeyAsync(browser, other, "red key");

            var forms = new List<(System.Text.Json.JsonElement Flow, SoftKey Key)>();
            for (var n = 0; n < 10; n++) forms.Add((await browser.BeginAsync("settings"), n % 2 == 0 ? key : other));
            var answers = await Task.WhenAll(forms.Select(f => KeyPerson.SubmitAsync(browser, f.Flow, new() { ["webauthn_remove"] = Convert.ToHexStringLower(f.Key.Id) }))).WaitAsync(Enough);

            answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
            answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK || a.Status == HttpStatusCode.BadRequest);
            (await KeyPerson.KeptAsync(server, id, "webauthn")).GetProperty("credentials").GetArrayLength().ShouldBe(1);
        }
    }

    /// <summary>An administrator takes the password while the person takes the key.</summary>
    [Theory, MemberData(nameof(Engines))]
    public async Task The_last_way_to_sign_in_is_not_lost_between_the_admin_api_and_the_settings(string engine)
    {
        await using var server = await KeyPerson.StartAsync(engine, KeyPerson.Passwordless);
        for (var round = 0; round < 5; round++)
        {
            var email = $"ada{round}@example.org";
            var id = await SignIn.PersonAsync(server, email);
            var browser = new Browser(server);
            using var key = new SoftKey();
            await KeyPerson.SignInAsync(browser, email);
            await KeyPerson.AddKeyAsync(browser, key);
            var flow = await browser.BeginAsync("settings");
            var mine = KeyPerson.SubmitAsync(browser, flow, new() { ["webauthn_remove"] = Convert.ToHexStringLower(key.Id) });
            var theirs = server.AdminAsync("DELETE", $"/admin/identities/{id}/credentials/password");
            var (removed, deleted) = ((await mine.WaitAsync(Enough)).Status, (await theirs.WaitAsync(Enough)).Status);
            new[] { removed == HttpStatusCode.OK, deleted == HttpStatusCode.NoContent }.Count(done => done).ShouldBe(1, $"{removed} {deleted}");
            ((int)removed).ShouldBeLessThan(500);
            ((int)deleted).ShouldBeLessThan(500);
        }
    }

    private static TotpKey? Offered(JsonNode flow) => flow.Node("totp_secret_key")?["text"]!["context"]!["secret"]!.ToString() is { } text ? TotpKey.FromText(text) : null;

    private static async Task<string?> UrlAsync(FactorsHost host, Guid id)
    {
        var credentials = (await host.AdminAsync("GET", $"/admin/identities/{id}?include_credential=totp")).ShouldBe(HttpStatusCode.OK).Json.GetProperty("credentials");
        return credentials.TryGetProperty("totp", out var totp) ? totp.At("config/totp_url").GetString() : null;
    }

    private static async Task<bool> OpensAsync(FactorsHost host, string password)
    {
        var answer = await host.SubmitAsync("login", await host.BeginAsync("login", null), null, $$"""{"method":"password","identifier":"{{FactorsHost.Email}}","password":"{{password}}"}""");
        return answer.Status == HttpStatusCode.OK;
    }
}

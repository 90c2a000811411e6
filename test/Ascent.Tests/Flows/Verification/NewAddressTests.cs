using System.Net;
using System.Text.Json;
using Ascent.Tests.Flows.Settings;
using Ascent.Tests.Running;
using Shouldly;
using static Ascent.Tests.Flows.Verification.Verifying;

namespace Ascent.Tests.Flows.Verification;

/// <summary>The hook verify_new_address: a change waits for its new address.</summary>
public sealed class NewAddressTests
{
    private const string Hook = "settings: { ui_url: \"http://127.0.0.1:4455/settings\", after: { profile: { hooks: [ { hook: verify_new_address }, { hook: notify_previous_addresses } ] } } }";

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task The_change_is_made_when_its_address_is_verified(string engine)
    {
        await using var server = await ServerAsync(engine, Hook);
        var (id, token, action) = await PersonAsync(server);
        var (status, body, _) = await SaveAsync(server, action, token, new { email = New, note = "moved" });
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        body.GetProperty("state").GetString().ShouldBe("show_form");
        SignIn.Messages(body).ShouldBeEmpty();
        Traits(await server.GetAsync(id)).ShouldBe($$"""{"email":"{{Ada}}"}""");
        (await MailsAsync(server)).Select(m => m.To).ShouldBe([New]);

        // The button that sends anew works, though the address is nobody's yet.
        var mine = SubmitPath(ShowVerification(body).GetProperty("id").GetString()!);
        var former = (await LastMailAsync(server, New)).Code!;
        (await SubmitAsync(server, mine, new { method = "code", email = New })).Status.ShouldBe(HttpStatusCode.OK);
        var mail = await LastMailAsync(server, New);
        if (former != mail.Code) SignIn.Messages((await SubmitAsync(server, mine, new { method = "code", code = former })).Body).ShouldBe([4070006]);
        var (_, passed) = await SubmitAsync(server, mine, new { method = "code", code = mail.Code });
        passed.GetProperty("state").GetString().ShouldBe("passed_challenge");

        Traits(await server.GetAsync(id)).ShouldBe($$"""{"email":"{{New}}","note":"moved"}""");
        (await AddressesAsync(server, id)).ShouldBe([(New, true, "completed")]);
        (await MailsAsync(server)).Where(m => m.Template == "verifiable_address_changed").Select(m => m.To).ShouldBe([Ada]);
        (await SignIn.WhoamiAsync(server, token)).Status.ShouldBe(HttpStatusCode.OK);
        await SignIn.NativelyAsync(server, New);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Of_many_submissions_the_change_is_made_once(string engine)
    {
        await using var server = await ServerAsync(engine, Hook, methods: ManyTries, more: NoLimit);
        var (id, token, action) = await PersonAsync(server);
        await SaveAsync(server, action, token, new { email = New });
        var mail = await LastMailAsync(server, New);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SubmitAsync(server, SubmitPath(mail.FlowId), new { method = "code", code = mail.Code })));
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Where(a => a.Status != HttpStatusCode.OK).ShouldAllBe(a => a.Status == HttpStatusCode.Gone);
        (await AddressesAsync(server, id)).ShouldBe([(New, true, "completed")]);
        (await MailsAsync(server)).Count(m => m.Template == "verifiable_address_changed").ShouldBe(1);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task What_was_changed_meanwhile_is_not_overwritten(string engine)
    {
        await using var server = await ServerAsync(engine, Hook);
        var (id, token, action) = await PersonAsync(server);
        await SaveAsync(server, action, token, new { email = New });
        var mail = await LastMailAsync(server, New);
        (await SaveAsync(server, action, token, new { email = Ada, note = "meanwhile" })).Status.ShouldBe(HttpStatusCode.OK);
        (await SubmitAsync(server, SubmitPath(mail.FlowId), new { method = "code", code = mail.Code })).Status.ShouldBe(HttpStatusCode.Gone);
        Traits(await server.GetAsync(id)).ShouldBe($$"""{"email":"{{Ada}}","note":"meanwhile"}""");
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task An_address_that_became_somebody_elses_meanwhile_is_theirs(string engine)
    {
        await using var server = await ServerAsync(engine, Hook);
        var (id, token, action) = await PersonAsync(server);
        await SaveAsync(server, action, token, new { email = New });
        var mail = await LastMailAsync(server, New);
        await SignIn.PersonAsync(server, New);
        (await SubmitAsync(server, SubmitPath(mail.FlowId), new { method = "code", code = mail.Code })).Status.ShouldBe(HttpStatusCode.Gone);
        Traits(await server.GetAsync(id)).ShouldBe($$"""{"email":"{{Ada}}"}""");
        var (status, body, _) = await SaveAsync(server, action, token, new { email = New });
        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(body).ShouldBe([4000007]);
    }

    [Fact]
    public async Task One_address_at_a_time_and_none_needs_no_waiting()
    {
        await using var server = await ServerAsync("sqlite", Hook);
        var (id, token, action) = await PersonAsync(server);
        var (status, body, _) = await SaveAsync(server, action, token, new { email = New, contact = "contact@example.org" });
        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(body).ShouldBe([4050002]);
        (status, body, _) = await SaveAsync(server, action, token, new { email = Ada, note = "at once" });
        body.GetProperty("state").GetString().ShouldBe("success");
        Traits(await server.GetAsync(id)).ShouldBe($$"""{"email":"{{Ada}}","note":"at once"}""");
        (await MailsAsync(server)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_browser_is_sent_to_the_verification()
    {
        await using var server = await ServerAsync("sqlite", Hook);
        await PersonAsync(server);
        var browser = new FormBrowser(server);
        await browser.SignInAsync(Ada);
        var settings = await browser.SettingsAsync();
        var (status, location) = await browser.SendAsync("POST", Browser.ActionOf(settings), ("csrf_token", Browser.CsrfOf(settings)), ("method", "profile"), ("traits.email", New));
        (status, location.Split('=')[0]).ShouldBe((HttpStatusCode.SeeOther, "http://127.0.0.1:4455/verification?flow"));
        var flow = await browser.FetchAsync("verification", location);
        await browser.SendAsync("POST", Browser.ActionOf(flow), ("csrf_token", Browser.CsrfOf(flow)), ("method", "code"), ("code", (await LastMailAsync(server, New)).Code!));
        SignIn.Messages(await browser.FetchAsync("verification", location)).ShouldBe([1080002]);
        await SignIn.NativelyAsync(server, New);
    }

    [Fact]
    public async Task It_cannot_be_configured_where_nothing_is_verified()
    {
        var error = await Should.ThrowAsync<Exception>(() => ServerAsync("sqlite", Hook, verification: "enabled: false"));
        error.ToString().ShouldContain("verify_new_address needs");
    }

    private static async Task<(string Id, string Token, string Settings)> PersonAsync(RunningServer server)
    {
        var id = await server.CreateAsync(JsonSerializer.Serialize(new
        {
            schema_id = "default", traits = new { email = Ada }, credentials = new { password = new { config = new { password = SignIn.Password } } },
            verifiable_addresses = new[] { new { value = Ada, via = "email", verified = true, status = "completed" } },
        }));
        var token = await SignIn.NativelyAsync(server, Ada);
        return (id, token, await SignIn.BeginAsync(server, "settings", token: token));
    }

    private static Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage)> SaveAsync(RunningServer server, string action, string token, object traits) =>
        SignIn.SubmitAsync(server, action, new { method = "profile", traits }, token);

    private static string Traits(JsonElement identity) => identity.GetProperty("traits").GetRawText();
}

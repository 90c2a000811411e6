using System.Net;
using Ascent.Storage;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Flows.Settings;

public sealed class PrivilegeTests
{
    private const string Ada = "ada@example.org", New = "new@example.org";

    private static string Window(string config) => config + "\n  flows: { settings: { ui_url: 'http://127.0.0.1:4455/settings', privileged_session_max_age: 15m } }\n";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task What_one_signs_in_with_changes_only_after_a_recent_sign_in(string engine)
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(engine, Window, time);
        var id = await SignIn.PersonAsync(server, Ada);
        var token = await SignIn.NativelyAsync(server, Ada);
        var action = await SignIn.BeginAsync(server, "settings", token: token);
        time.Advance(TimeSpan.FromMinutes(15));

        (await SettingsTests.SaveAsync(server, action, token, new { email = Ada, note = "harmless" })).Status.ShouldBe(HttpStatusCode.OK);
        var (status, body, response) = await SettingsTests.SaveAsync(server, action, token, new { email = New });

        status.ShouldBe(HttpStatusCode.Forbidden);
        body.GetProperty("error").GetProperty("id").GetString().ShouldBe("session_refresh_required");
        body.GetProperty("redirect_browser_to").GetString()!.ShouldContain("/self-service/login/browser?refresh=true&return_to=");
        response.Headers.Contains("Set-Cookie").ShouldBeFalse();
        (await server.GetAsync(id)).GetProperty("traits").GetProperty("email").GetString().ShouldBe(Ada);

        var refresh = await SignIn.BeginAsync(server, "login", "?refresh=true", token);
        (await SignIn.SubmitAsync(server, refresh, new { method = "password", identifier = Ada, password = SignIn.Password }, token)).Status.ShouldBe(HttpStatusCode.OK);
        (await SettingsTests.SaveAsync(server, action, token, new { email = New })).Status.ShouldBe(HttpStatusCode.OK);
        (await server.GetAsync(id)).GetProperty("traits").GetProperty("email").GetString().ShouldBe(New);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_browsers_form_waits_unreadable_and_is_carried_out_once(string engine)
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(engine, Window, time);
        var id = await SignIn.PersonAsync(server, Ada);
        var browser = new FormBrowser(server);
        var action = await PauseAsync(server, browser, time);

        var waiting = await server.Workshop.Database.Db.ReadAsync(new Sql("select payload from continuity"), r => r.Text(0), CancellationToken.None);
        waiting.ShouldHaveSingleItem().ShouldNotContain("example.org");
        // Coming back without having signed in changes nothing, and the form waits on.
        (await browser.SendAsync("GET", action)).Location.ShouldContain("/self-service/login/browser?refresh=true");

        await browser.SignInAsync(Ada, "?refresh=true&return_to=" + Uri.EscapeDataString("http://127.0.0.1:4433" + action));
        var answers = await Task.WhenAll(Copies(server, browser, 6).Select(b => b.SendAsync("GET", action)));

        answers.ShouldAllBe(a => a.Status == HttpStatusCode.SeeOther && a.Location.StartsWith("http://127.0.0.1:4455/settings", StringComparison.Ordinal));
        (await server.GetAsync(id)).GetProperty("traits").GetProperty("email").GetString().ShouldBe(New);
        var changes = await server.Workshop.Database.Db.ReadAsync(new Sql("select type from event where type = 'identity.updated'"), r => r.Text(0), CancellationToken.None);
        changes.ShouldHaveSingleItem();
        (await server.Workshop.Database.Db.ReadAsync(new Sql("select id from continuity"), r => r.Guid(0), CancellationToken.None)).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_form_does_not_wait_longer_than_a_quarter_of_an_hour_nor_for_anybody_else(string engine)
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(engine, Window, time);
        var id = await SignIn.PersonAsync(server, Ada);
        await SignIn.PersonAsync(server, "bea@example.org");
        var browser = new FormBrowser(server);
        var action = await PauseAsync(server, browser, time);

        // Another person at the same browser gets neither the flow nor the form.
        var other = Copies(server, browser, 1)[0];
        other.Jar.Remove("ory_kratos_session");
        await other.SignInAsync("bea@example.org");
        (await other.SendAsync("GET", action)).Location.ShouldContain("error?id=");

        time.Advance(TimeSpan.FromMinutes(15));
        await browser.SignInAsync(Ada, "?refresh=true");
        (await browser.SendAsync("GET", action)).Status.ShouldBe(HttpStatusCode.SeeOther);
        SignIn.Messages(await browser.FetchAsync("settings", action)).ShouldBe([4010004]);
        (await server.GetAsync(id)).GetProperty("traits").GetProperty("email").GetString().ShouldBe(Ada);
    }

    /// <summary>Signs in, lets the proof grow old and asks for another address: the flow's action.</summary>
    private static async Task<string> PauseAsync(RunningServer server, FormBrowser browser, ManualTime time)
    {
        await browser.SignInAsync(Ada);
        var flow = await browser.SettingsAsync();
        time.Advance(TimeSpan.FromMinutes(16));
        var (status, location) = await browser.SendAsync("POST", Browser.ActionOf(flow), ("csrf_token", Browser.CsrfOf(flow)), ("method", "profile"), ("traits.email", New));
        status.ShouldBe(HttpStatusCode.SeeOther);
        location.ShouldBe("http://127.0.0.1:4433/self-service/login/browser?refresh=true&return_to=" + Uri.EscapeDataString("http://127.0.0.1:4433" + Browser.ActionOf(flow)));
        browser.Jar.ShouldContainKey("ory_kratos_continuity");
        return Browser.ActionOf(flow);
    }

    private static FormBrowser[] Copies(RunningServer server, FormBrowser browser, int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        var copy = new FormBrowser(server);
        foreach (var (name, value) in browser.Jar) copy.Jar[name] = value;
        return copy;
    })];
}

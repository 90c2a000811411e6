using System.Net;
using System.Text.Json;
using Ascent.Methods.Totp;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Flows.Settings;

public sealed class SettingsTests
{
    private const string Ada = "ada@example.org", Bea = "bea@example.org";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Traits_are_replaced_as_a_whole_and_the_form_is_a_new_one(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        var id = await SignIn.PersonAsync(server, Ada);
        var token = await SignIn.NativelyAsync(server, Ada);
        var action = await SignIn.BeginAsync(server, "settings", token: token);

        var (status, body, _) = await SaveAsync(server, action, token, new { email = Ada, note = "one", age = 3.5 });

        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        body.GetProperty("state").GetString().ShouldBe("success");
        SignIn.Messages(body).ShouldBe([1050001]);
        Value(body, "traits.note")!.Value.GetString().ShouldBe("one");
        body.GetProperty("identity").GetProperty("traits").GetProperty("age").GetDouble().ShouldBe(3.5);
        body.TryGetProperty("continue_with", out _).ShouldBeFalse();
        var next = Browser.ActionOf(body);
        next.ShouldNotBe(action);
        (await SaveAsync(server, next, token, new { email = Ada })).Status.ShouldBe(HttpStatusCode.OK);
        (await server.GetAsync(id)).GetProperty("traits").GetRawText().ShouldBe($$"""{"email":"{{Ada}}"}""");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task What_is_wrong_is_said_at_its_field_and_nothing_is_saved(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        var id = await SignIn.PersonAsync(server, Ada);
        await SignIn.PersonAsync(server, Bea);
        var token = await SignIn.NativelyAsync(server, Ada);
        var action = await SignIn.BeginAsync(server, "settings", token: token);

        var (status, body, _) = await SaveAsync(server, action, token, new { email = "nonsense", note = "typed" });
        status.ShouldBe(HttpStatusCode.BadRequest);
        NodeMessages(body, "traits.email").ShouldBe([4000040]);
        Value(body, "traits.note")!.Value.GetString().ShouldBe("typed");

        (status, body, _) = await SaveAsync(server, action, token, new { email = Bea });
        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(body).ShouldBe([4000007]);
        Value(body, "traits.note").ShouldBeNull();

        (status, body, _) = await SignIn.SubmitAsync(server, action, new { method = "profile", traits = "text" }, token);
        status.ShouldBe(HttpStatusCode.BadRequest);
        NodeMessages(body, "traits").ShouldBe([4000026]);

        (status, body, _) = await SignIn.SubmitAsync(server, action, new { traits = new { email = Ada } }, token);
        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(body).ShouldBe([4010004]);
        (await server.GetAsync(id)).GetProperty("traits").GetRawText().ShouldBe($$"""{"email":"{{Ada}}"}""");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_flow_serves_nobody_but_the_identity_it_was_begun_for(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        var id = await SignIn.PersonAsync(server, Ada);
        await SignIn.PersonAsync(server, Bea);
        var (ada, bea) = (await SignIn.NativelyAsync(server, Ada), await SignIn.NativelyAsync(server, Bea));
        var action = await SignIn.BeginAsync(server, "settings", token: ada);
        var read = "/self-service/settings/flows?id=" + action.Split("flow=")[^1];

        (await ErrorAsync(server, "GET", read, bea)).ShouldBe((HttpStatusCode.Forbidden, "security_identity_mismatch"));
        (await ErrorAsync(server, "GET", read, null)).ShouldBe((HttpStatusCode.Unauthorized, null));
        var (status, body, _) = await SaveAsync(server, action, bea, new { email = Ada, note = "mine" });
        status.ShouldBe(HttpStatusCode.Forbidden);
        body.GetProperty("error").GetProperty("id").GetString().ShouldBe("security_identity_mismatch");
        using var nobody = await RunningServer.SendAsync(server.Public, "POST", action, JsonSerializer.Serialize(new { method = "profile", traits = new { email = Ada, note = "mine" } }), ("Accept", "application/json"));
        nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);

        (await server.GetAsync(id)).GetProperty("traits").TryGetProperty("note", out _).ShouldBeFalse();
        (await SaveAsync(server, action, ada, new { email = Ada, note = "mine" })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_a_session_a_browser_is_sent_to_sign_in_and_an_app_is_told()
    {
        await using var server = await RunningServer.StartAsync("sqlite");
        var (status, location) = await new FormBrowser(server).SendAsync("GET", "/self-service/settings/browser?return_to=http%3A%2F%2F127.0.0.1%3A4455%2Fx");
        status.ShouldBe(HttpStatusCode.SeeOther);
        location.ShouldBe("http://127.0.0.1:4433/self-service/login/browser?return_to=http%3A%2F%2F127.0.0.1%3A4455%2Fx");
        (await ErrorAsync(server, "GET", "/self-service/settings/api", null)).ShouldBe((HttpStatusCode.Unauthorized, "session_inactive"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Submissions_of_one_flow_at_once_leave_one_of_them_whole(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        var id = await SignIn.PersonAsync(server, Ada);
        var token = await SignIn.NativelyAsync(server, Ada);
        var action = await SignIn.BeginAsync(server, "settings", token: token);

        var answers = await Task.WhenAll(Enumerable.Range(1, 8).Select(i => SaveAsync(server, action, token, new { email = Ada, note = $"note {i}", age = i })));

        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK);
        var traits = (await server.GetAsync(id)).GetProperty("traits");
        traits.GetProperty("note").GetString().ShouldBe($"note {traits.GetProperty("age").GetInt32()}");
        // Each answer shows what its own submission left behind.
        answers.ShouldAllBe(a => Value(a.Body, "traits.note")!.Value.GetString() == $"note {Value(a.Body, "traits.age")!.Value.GetInt32()}");
    }

    [Fact]
    public async Task A_form_needs_the_browsers_token_and_a_native_flow_no_browser()
    {
        await using var server = await RunningServer.StartAsync("sqlite");
        var id = await SignIn.PersonAsync(server, Ada);
        var browser = new FormBrowser(server);
        await browser.SignInAsync(Ada);
        var flow = await browser.SettingsAsync();
        (string, string)[] form = [("method", "profile"), ("traits.email", Ada), ("traits.note", "forged")];

        var (status, location) = await browser.SendAsync("POST", Browser.ActionOf(flow), form);
        (status, location.Contains("error?id=", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.SeeOther, true));
        // Neither does a link, whatever it carries: settings are changed by forms.
        (status, _) = await browser.SendAsync("GET", $"{Browser.ActionOf(flow)}&csrf_token={Uri.EscapeDataString(Browser.CsrfOf(flow))}&method=profile&traits.email={Ada}&traits.note=linked");
        status.ShouldBe(HttpStatusCode.SeeOther);
        SignIn.Messages(await browser.FetchAsync("settings", Browser.ActionOf(flow))).ShouldBe([4010004]);

        var token = await SignIn.NativelyAsync(server, Ada);
        var action = await SignIn.BeginAsync(server, "settings", token: token);
        using var page = await RunningServer.SendAsync(server.Public, "POST", action, JsonSerializer.Serialize(new { method = "profile", traits = new { email = Ada, note = "page" } }), ("X-Session-Token", token), ("Origin", "https://evil.example"));
        page.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await server.GetAsync(id)).GetProperty("traits").TryGetProperty("note", out _).ShouldBeFalse();

        (status, location) = await browser.SendAsync("POST", Browser.ActionOf(flow), [.. form, ("csrf_token", Browser.CsrfOf(flow)), ("traits.age", "7"), ("traits.unknown", "x"), ("traits.username", "")]);
        (status, location.Contains("settings?flow=", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.SeeOther, true));
        (await server.GetAsync(id)).GetProperty("traits").GetRawText().ShouldBe($$"""{"email":"{{Ada}}","note":"forged","age":7}""");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_hook_ends_the_other_sessions_with_the_change(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine, c => c + "\n  flows: { settings: { after: { hooks: [ { hook: revoke_active_sessions } ] } } }\n");
        await SignIn.PersonAsync(server, Ada);
        var (here, there) = (await SignIn.NativelyAsync(server, Ada), await SignIn.NativelyAsync(server, Ada));
        var action = await SignIn.BeginAsync(server, "settings", token: here);

        (await SaveAsync(server, action, here, new { email = "nonsense" })).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await SignIn.WhoamiAsync(server, there)).Status.ShouldBe(HttpStatusCode.OK);
        (await SaveAsync(server, action, here, new { email = Ada, note = "n" })).Status.ShouldBe(HttpStatusCode.OK);

        (await SignIn.WhoamiAsync(server, here)).Status.ShouldBe(HttpStatusCode.OK);
        (await SignIn.WhoamiAsync(server, there)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task An_expired_flow_is_taken_over_by_another(string engine)
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(engine, c => c + "\ndatabase: { cleanup: { older_than: 24h } }\n", time);
        await SignIn.PersonAsync(server, Ada);
        var token = await SignIn.NativelyAsync(server, Ada);
        var action = await SignIn.BeginAsync(server, "settings", token: token);
        time.Advance(TimeSpan.FromMinutes(61));

        var (status, body, _) = await SaveAsync(server, action, token, new { email = Ada });

        status.ShouldBe(HttpStatusCode.Gone);
        var (_, fresh) = await GetAsync(server, "/self-service/settings/flows?id=" + body.GetProperty("use_flow_id").GetString(), token);
        SignIn.Messages(fresh).ShouldBe([4050001]);
        (await GetAsync(server, "/self-service/settings/flows?id=" + action.Split("flow=")[^1], token)).Status.ShouldBe(HttpStatusCode.Gone);
    }

    [Fact]
    public async Task Where_a_second_factor_is_asked_for_its_enrolment_comes_first_and_who_has_one_shows_it()
    {
        await using var server = await RunningServer.StartAsync("sqlite", c => c.Replace("methods: {", "methods: { totp: { enabled: true },", StringComparison.Ordinal) + "\n  flows: { settings: { ui_url: 'http://127.0.0.1:4455/settings', required_aal: aal2 } }\n");
        var id = await SignIn.PersonAsync(server, Ada);
        await server.CreateAsync($$$"""{"schema_id":"default","traits":{"email":"{{{Bea}}}" },"credentials":{"password":{"config":{"password":"{{{SignIn.Password}}}" } },"totp":{"config":{"totp_url":"otpauth://totp/x:bea?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=x"} } } }""");
        var (ada, bea) = (await SignIn.NativelyAsync(server, Ada), await SignIn.NativelyAsync(server, Bea));

        (await ErrorAsync(server, "GET", "/self-service/settings/api", bea)).ShouldBe((HttpStatusCode.Forbidden, "session_aal2_required"));
        var action = await SignIn.BeginAsync(server, "settings", token: ada);
        var (status, body, _) = await SaveAsync(server, action, ada, new { email = Ada, note = "n" });

        status.ShouldBe(HttpStatusCode.Forbidden);
        body.GetProperty("error").GetProperty("id").GetString().ShouldBe("session_aal2_required");
        body.GetProperty("redirect_browser_to").GetString()!.ShouldStartWith("http://127.0.0.1:4455/settings?flow=");
        (await server.GetAsync(id)).GetProperty("traits").TryGetProperty("note", out _).ShouldBeFalse();

        using var page = await RunningServer.SendAsync(server.Public, "GET", "/self-service/settings/flows?id=" + action.Split("flow=")[^1], null, SignIn.Token(ada));
        var flow = JsonElement.Parse(await page.Content.ReadAsStringAsync());
        var secret = flow.GetProperty("ui").GetProperty("nodes").EnumerateArray().Select(n => n.GetProperty("attributes"))
            .First(a => a.TryGetProperty("id", out var name) && name.GetString() == "totp_secret_key").GetProperty("text").GetProperty("context").GetProperty("secret").GetString()!;
        var code = TotpKey.FromText(secret)!.Code(TotpKey.StepAt(DateTimeOffset.UtcNow));
        (status, body, _) = await SignIn.SubmitAsync(server, action, new { method = "totp", totp_code = code }, ada);
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        (await SaveAsync(server, Browser.ActionOf(body), ada, new { email = Ada, note = "n" })).Status.ShouldBe(HttpStatusCode.OK);
        // A session that has not shown the factor waits for it.
        (await SaveAsync(server, Browser.ActionOf(body), await SignIn.NativelyAsync(server, Ada), new { email = Ada })).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_new_password_is_checked_and_takes_the_place_of_the_old(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        var id = await SignIn.PersonAsync(server, Ada);
        var token = await SignIn.NativelyAsync(server, Ada);
        var action = await SignIn.BeginAsync(server, "settings", token: token);
        foreach (var (password, message) in ((string, int)[])[("", 4000002), ("short", 4000032), (Ada, 4000031), (SignIn.Password, 4000039)])
        {
            var (refused, form, _) = await SignIn.SubmitAsync(server, action, new { method = "password", password }, token);
            refused.ShouldBe(HttpStatusCode.BadRequest);
            NodeMessages(form, "password").ShouldBe([message]);
            Value(form, "password").ShouldBeNull();
        }

        var (status, body, _) = await SignIn.SubmitAsync(server, action, new { method = "password", password = "another-horse-battery-3", traits = new { note = "not asked for" } }, token);

        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        (await SignIn.SubmitAsync(server, await SignIn.BeginAsync(server), new { method = "password", identifier = Ada, password = SignIn.Password })).Status.ShouldBe(HttpStatusCode.BadRequest);
        await SignIn.NativelyAsync(server, Ada, "another-horse-battery-3");
        (await server.GetAsync(id)).GetProperty("traits").TryGetProperty("note", out _).ShouldBeFalse();
    }

    internal static Task<(HttpStatusCode Status, JsonElement Body, HttpResponseMessage Response)> SaveAsync(RunningServer server, string action, string? token, object traits) =>
        SignIn.SubmitAsync(server, action, new { method = "profile", traits }, token);

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(RunningServer server, string path, string? token)
    {
        using var response = await RunningServer.SendAsync(server.Public, "GET", path, null, [.. SignIn.Token(token), ("Accept", "application/json")]);
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    private static async Task<(HttpStatusCode Status, string? Id)> ErrorAsync(RunningServer server, string method, string path, string? token)
    {
        method.ShouldBe("GET");
        var (status, body) = await GetAsync(server, path, token);
        return (status, body.GetProperty("error").TryGetProperty("id", out var id) ? id.GetString() : null);
    }

    private static JsonElement? Node(JsonElement flow, string name) => flow.GetProperty("ui").GetProperty("nodes").EnumerateArray()
        .Where(n => n.GetProperty("attributes").TryGetProperty("name", out var own) && own.GetString() == name).Select(n => (JsonElement?)n).FirstOrDefault();

    private static JsonElement? Value(JsonElement flow, string name) => Node(flow, name)!.Value.GetProperty("attributes").TryGetProperty("value", out var value) ? value : null;

    private static int[] NodeMessages(JsonElement flow, string name) => [.. Node(flow, name)!.Value.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("id").GetInt32())];
}

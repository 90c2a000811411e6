using System.Net;
using Ascent.Crypto.Hashing;
using Ascent.Storage;
using Ascent.Tests.Flows.Settings;
using Ascent.Tests.Running;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Flows.Login;

public sealed class LoginTests
{
    private const string Ada = "ada@example.org";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_native_app_signs_in_and_out(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await SignIn.PersonAsync(server, Ada);

        var token = await SignIn.NativelyAsync(server, "  ADA@Example.org ");

        (await SignIn.WhoamiAsync(server, token)).Status.ShouldBe(HttpStatusCode.OK);
        using var bye = await RunningServer.SendAsync(server.Public, "DELETE", "/self-service/logout/api", $$"""{"session_token":"{{token}}"}""");
        bye.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await SignIn.WhoamiAsync(server, token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_page_signs_in_and_out_by_cookie(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await SignIn.PersonAsync(server, Ada);
        var browser = new Browser(server);
        var flow = await browser.BeginAsync();

        var (status, body) = await browser.SendAsync("POST", Browser.ActionOf(flow), new { csrf_token = Browser.CsrfOf(flow), method = "password", identifier = Ada, password = SignIn.Password });

        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        body.TryGetProperty("session_token", out _).ShouldBeFalse();
        (await browser.SendAsync("GET", "/sessions/whoami")).Status.ShouldBe(HttpStatusCode.OK);
        var link = (await browser.SendAsync("GET", "/self-service/logout/browser")).Body.GetProperty("logout_url").GetString()!;
        (await browser.SendAsync("GET", new Uri(link).PathAndQuery)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await browser.SendAsync("GET", "/sessions/whoami")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_logout_address_with_its_token_is_the_link_itself(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await SignIn.PersonAsync(server, Ada);
        foreach (var prefix in (string[])["ory_lo_", "ory_lt_"])
        {
            var (browser, other) = (await SignedInAsync(server), await SignedInAsync(server));
            var (mine, strangers) = (await TokenAsync(browser), await TokenAsync(other));
            mine.ShouldStartWith("ory_lo_");

            (await browser.SendAsync("GET", Link(strangers))).Status.ShouldBe(HttpStatusCode.Forbidden);
            (await browser.SendAsync("GET", $"{Link(mine)}&return_to=https://evil.example.net/")).Status.ShouldBe(HttpStatusCode.BadRequest);
            (await browser.SendAsync("GET", "/sessions/whoami")).Status.ShouldBe(HttpStatusCode.OK);
            (await browser.SendAsync("GET", Link(mine))).Status.ShouldBe(HttpStatusCode.NoContent);
            (await browser.SendAsync("GET", "/sessions/whoami")).Status.ShouldBe(HttpStatusCode.Unauthorized);
            (await browser.SendAsync("GET", Link(mine))).Status.ShouldBe(HttpStatusCode.Unauthorized);
            (await other.SendAsync("GET", "/sessions/whoami")).Status.ShouldBe(HttpStatusCode.OK);

            string Link(string token) => $"/self-service/logout/browser?token={prefix}{token["ory_lo_".Length..]}";
        }

        static async Task<string> TokenAsync(Browser browser) => (await browser.SendAsync("GET", "/self-service/logout/browser")).Body.GetProperty("logout_token").GetString()!;
    }

    [Fact]
    public async Task A_page_that_follows_a_logout_address_with_its_token_is_sent_on()
    {
        await using var server = await RunningServer.StartAsync("sqlite");
        await SignIn.PersonAsync(server, Ada);
        var browser = new FormBrowser(server);
        await browser.SignInAsync(Ada);
        var token = (await browser.ReadAsync("/self-service/logout/browser")).GetProperty("logout_token").GetString();
        browser.Jar.ShouldContainKey("ory_kratos_session");

        var (status, location) = await browser.SendAsync("GET", $"/self-service/logout/browser?token={token}");

        status.ShouldBe(HttpStatusCode.SeeOther);
        location.ShouldBe("http://127.0.0.1:4455/");
        browser.Jar.ShouldNotContainKey("ory_kratos_session");
    }

    private static async Task<Browser> SignedInAsync(RunningServer server)
    {
        var browser = new Browser(server);
        var flow = await browser.BeginAsync();
        (await browser.SendAsync("POST", Browser.ActionOf(flow), new { csrf_token = Browser.CsrfOf(flow), method = "password", identifier = Ada, password = SignIn.Password })).Status.ShouldBe(HttpStatusCode.OK);
        return browser;
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_form_is_written_again_only_where_it_changed(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await SignIn.PersonAsync(server, Ada);
        var action = await SignIn.BeginAsync(server);
        var begun = await KeptAsync();

        await SignIn.SubmitAsync(server, action, new { method = "password", identifier = Ada, password = "wrong-password-1" });
        var refused = await KeptAsync();
        var (status, _, _) = await SignIn.SubmitAsync(server, action, new { method = "password", identifier = Ada, password = SignIn.Password });
        var done = await KeptAsync();

        status.ShouldBe(HttpStatusCode.OK);
        refused.Ui.ShouldNotBe(begun.Ui); // it tells what was wrong
        refused.Data.ShouldBe(begun.Data);
        done.ShouldBe((refused.Ui, refused.Data, true)); // encrypted anew, the same text would look different

        async Task<(string Ui, string Data, bool Completed)> KeptAsync() =>
            (await server.Services.GetRequiredService<Db>().ReadAsync(new Sql("select ui, data, completed from flow"), r => (r.Text(0), r.Text(1), r.Bool(2)), CancellationToken.None)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_form_of_another_browser_signs_nobody_in()
    {
        await using var server = await RunningServer.StartAsync("sqlite");
        await SignIn.PersonAsync(server, Ada);
        var (mallory, victim) = (new Browser(server), new Browser(server));
        var (prepared, own) = (await mallory.BeginAsync(), await victim.BeginAsync());

        var (status, body) = await victim.SendAsync("POST", Browser.ActionOf(prepared), new { csrf_token = Browser.CsrfOf(own), method = "password", identifier = Ada, password = SignIn.Password });

        status.ShouldBe(HttpStatusCode.Forbidden);
        body.GetProperty("error").GetProperty("id").GetString().ShouldBe("security_csrf_violation");
        (await victim.SendAsync("GET", "/sessions/whoami")).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_wrong_password_an_unknown_person_and_one_without_a_password_cost_and_get_the_same(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await SignIn.PersonAsync(server, Ada);
        await SignIn.PersonAsync(server, "nopass@example.org", password: null);
        var hasher = server.Services.GetRequiredService<PasswordHasher>();
        var seen = new List<(long Hashes, HttpStatusCode Status, string Messages)>();
        foreach (var identifier in (string[])[Ada, "nobody@example.org", "nopass@example.org"])
        {
            var action = await SignIn.BeginAsync(server);
            var before = hasher.Operations;
            var (status, body, _) = await SignIn.SubmitAsync(server, action, new { method = "password", identifier, password = "wrong-password-1" });
            seen.Add((hasher.Operations - before, status, string.Join(',', SignIn.Messages(body))));
        }
        seen.Distinct().ShouldHaveSingleItem();
        seen[0].ShouldBe((1, HttpStatusCode.BadRequest, "4000006"));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Of_many_submissions_of_one_flow_at_once_one_signs_in(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine);
        await SignIn.PersonAsync(server, Ada);
        var action = await SignIn.BeginAsync(server);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => SignIn.SubmitAsync(server, action, new { method = "password", identifier = Ada, password = SignIn.Password })));

        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK || a.Status == HttpStatusCode.BadRequest || a.Status == HttpStatusCode.TooManyRequests);
        var (status, body) = await server.AdminAsync("GET", "/admin/sessions");
        status.ShouldBe(HttpStatusCode.OK);
        System.Text.Json.JsonElement.Parse(body).GetArrayLength().ShouldBe(1);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Guessing_locks_the_identifier_known_or_not_and_running_sessions_go_on(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine, config => config + "\nsecurity: { throttle: { identifier: { max_failures: 3 } } }\n");
        await SignIn.PersonAsync(server, Ada);
        var token = await SignIn.NativelyAsync(server, Ada);
        foreach (var identifier in (string[])[Ada, "nobody@example.org"])
        {
            var action = await SignIn.BeginAsync(server);
            for (var i = 0; i < 3; i++)
                (await SignIn.SubmitAsync(server, action, new { method = "password", identifier, password = $"wrong-password-{i}" })).Status.ShouldBe(HttpStatusCode.BadRequest);
            var (status, _, response) = await SignIn.SubmitAsync(server, action, new { method = "password", identifier, password = SignIn.Password });
            status.ShouldBe(HttpStatusCode.TooManyRequests);
            response.Headers.RetryAfter.ShouldNotBeNull();
        }
        (await SignIn.WhoamiAsync(server, token)).Status.ShouldBe(HttpStatusCode.OK);
    }
}

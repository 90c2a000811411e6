using System.Net;
using System.Text.Json;
using Ascent.Tests.Flows.Registration;
using Ascent.Tests.Flows.Settings;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Flows;

/// <summary>What holds for the forms of several flows.</summary>
public sealed class FormRulesTests
{
    private const string Ada = "ada@example.org";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task An_address_signs_nobody_in_or_up(string engine)
    {
        await using var server = await Registering.ServerAsync(engine);
        await SignIn.PersonAsync(server, Ada);
        foreach (var (flow, query) in ((string, string)[])[
            ("login", $"&method=password&identifier={Uri.EscapeDataString(Ada)}&password={SignIn.Password}"),
            ("registration", $"&method=password&traits.email=bea%40example.org&password={SignIn.Password}")])
        {
            var action = await SignIn.BeginAsync(server, flow);
            using var answer = await RunningServer.SendAsync(server.Public, "GET", action + query, null, ("Accept", "application/json"));
            answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
            SignIn.Messages(JsonElement.Parse(await answer.Content.ReadAsStringAsync())).ShouldBe([4000001]);
        }
        (await Registering.CountAsync(server, "identities")).ShouldBe(1);
        (await Registering.CountAsync(server, "sessions")).ShouldBe(0);
    }

    [Fact]
    public async Task Of_a_field_sent_twice_the_first_counts_and_of_a_box_the_last()
    {
        await using var server = await Registering.ServerAsync("sqlite");
        var (status, location, _) = await SendAsync(server, ("traits.email", Ada), ("traits.age", "20"), ("traits.age", "30"), ("traits.newsletter", "false"), ("traits.newsletter", "true"),
            ("password", SignIn.Password), ("password", "another-good-battery-4"));
        (status, location).ShouldBe((HttpStatusCode.SeeOther, "http://127.0.0.1:4455/"));
        var traits = await TraitsAsync(server);
        traits.GetProperty("age").GetInt32().ShouldBe(20);
        traits.GetProperty("newsletter").GetBoolean().ShouldBeTrue();
        await SignIn.NativelyAsync(server, Ada);
    }

    [Fact]
    public async Task An_object_may_be_sent_as_a_whole()
    {
        await using var server = await Registering.ServerAsync("sqlite", needsCountry: true);
        var (status, _, _) = await SendAsync(server, ("traits.email", Ada), ("traits.address", """{"country":"GB"}"""), ("password", SignIn.Password));
        status.ShouldBe(HttpStatusCode.SeeOther);
        (await TraitsAsync(server)).GetProperty("address").GetRawText().ShouldBe("""{"country":"GB"}""");
    }

    [Theory]
    [InlineData("traits.address.country", "", "traits.address.country", 4000002)]
    [InlineData("traits.newsletter", "on", "traits.newsletter", 4000026)]
    [InlineData("traits.address", "GB", "traits.address", 4000026)]
    public async Task What_is_missing_or_of_another_type_is_said_at_its_field(string name, string value, string at, int message)
    {
        await using var server = await Registering.ServerAsync("sqlite", needsCountry: true);
        var country = name.StartsWith("traits.address", StringComparison.Ordinal) ? ("traits.age", "30") : ("traits.address.country", "GB");
        var (status, location, browser) = await SendAsync(server, ("traits.email", Ada), country, (name, value), ("password", SignIn.Password));
        status.ShouldBe(HttpStatusCode.Found);
        var node = (await browser.FetchAsync("registration", location)).GetProperty("ui").GetProperty("nodes").EnumerateArray().First(n => n.GetProperty("attributes").GetProperty("name").GetString() == at);
        node.GetProperty("messages").EnumerateArray().Select(m => m.GetProperty("id").GetInt32()).ShouldBe([message]);
        (await Registering.CountAsync(server, "identities")).ShouldBe(0);
    }

    [Fact]
    public async Task A_second_step_remembers_what_was_typed_before_and_not_sent_again()
    {
        await using var server = await Registering.ServerAsync("sqlite", Registering.Session);
        var browser = new Browser(server);
        var flow = await browser.BeginAsync("registration");
        Task<(HttpStatusCode Status, JsonElement Body)> Send(object traits, string? screen = null) =>
            browser.SendAsync("POST", Browser.ActionOf(flow), new { csrf_token = Browser.CsrfOf(flow), method = "profile", traits, screen });
        await Send(new { email = Ada, age = 31, newsletter = true });
        await Send(new { email = Ada, age = 31 }, "previous");
        var (_, second) = await Send(new { email = "new@example.org", age = 31 });
        Registering.Node(second, "traits.newsletter").GetProperty("value").GetBoolean().ShouldBeTrue();
        Registering.Node(second, "traits.email").GetProperty("value").GetString().ShouldBe("new@example.org");
    }

    [Fact]
    public async Task A_screen_that_there_is_not_is_said()
    {
        await using var server = await Registering.ServerAsync("sqlite", Registering.Session);
        var (status, body) = await Registering.NativelyAsync(server, new { method = "password", traits = new { email = Ada }, password = SignIn.Password, screen = "third" });
        status.ShouldBe(HttpStatusCode.BadRequest);
        var node = body.GetProperty("ui").GetProperty("nodes").EnumerateArray().First(n => n.GetProperty("attributes").GetProperty("name").GetString() == "screen");
        node.GetProperty("messages")[0].GetProperty("id").GetInt32().ShouldBe(4000001);
    }

    [Theory]
    [InlineData("POST", "/self-service/logout")]
    [InlineData("PUT", "/self-service/login/flows")]
    [InlineData("DELETE", "/self-service/errors")]
    public async Task What_would_change_something_without_a_form_is_taken_for_a_forgery(string method, string path)
    {
        await using var server = await RunningServer.StartAsync("sqlite");
        using var answer = await RunningServer.SendAsync(server.Public, method, path, "{}");
        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("error").GetProperty("id").GetString().ShouldBe("security_csrf_violation");
    }

    [Theory]
    [InlineData("PUT", "/self-service/login")]
    [InlineData("POST", "/self-service/logout/api")]
    public async Task A_forms_address_and_an_apps_know_their_methods(string method, string path)
    {
        await using var server = await RunningServer.StartAsync("sqlite");
        using var answer = await RunningServer.SendAsync(server.Public, method, path, "{}");
        answer.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
    }

    [Fact]
    public async Task A_native_logout_passes_over_what_it_does_not_know()
    {
        await using var server = await RunningServer.StartAsync("sqlite");
        await SignIn.PersonAsync(server, Ada);
        var token = await SignIn.NativelyAsync(server, Ada);
        using var bye = await RunningServer.SendAsync(server.Public, "DELETE", "/self-service/logout/api", $$"""{"session_token":"{{token}}","extra":1}""");
        bye.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_logouts_link_names_its_way_back_in_full()
    {
        await using var server = await RunningServer.StartAsync("sqlite", config => config + "\n  allowed_return_urls: [ 'http://127.0.0.1:4455' ]\n");
        await SignIn.PersonAsync(server, Ada);
        var browser = new FormBrowser(server);
        await browser.SignInAsync(Ada);
        foreach (var (asked, named) in ((string, string)[])[("/relative", "http://127.0.0.1:4455/relative"), ("HTTP://127.0.0.1:4455/x", "http://127.0.0.1:4455/x")])
        {
            var link = await browser.ReadAsync($"/self-service/logout/browser?return_to={Uri.EscapeDataString(asked)}");
            link.GetProperty("logout_url").GetString()!.ShouldContain($"return_to={Uri.EscapeDataString(named)}&");
        }
    }

    private static async Task<(HttpStatusCode Status, string Location, FormBrowser Browser)> SendAsync(RunningServer server, params (string Name, string Value)[] fields)
    {
        var browser = new FormBrowser(server);
        var (_, page) = await browser.SendAsync("GET", "/self-service/registration/browser");
        var flow = await browser.FetchAsync("registration", page);
        var (status, location) = await browser.SendAsync("POST", Browser.ActionOf(flow), [("csrf_token", Browser.CsrfOf(flow)), ("method", "password"), .. fields]);
        return (status, location, browser);
    }

    private static async Task<JsonElement> TraitsAsync(RunningServer server)
    {
        var (_, all) = await server.AdminAsync("GET", "/admin/identities");
        return JsonElement.Parse(all)[0].GetProperty("traits");
    }
}

using System.Net;
using System.Text.Json;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Flows.Registration;

/// <summary>Browsers: forms without script, and the two steps.</summary>
public sealed class RegistrationFormTests
{
    private const string Ada = "ada@example.org";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_form_has_the_types_of_its_schema_and_ends_where_it_should(string engine)
    {
        await using var server = await Registering.ServerAsync(engine);
        var (action, fields, cookie) = await FormAsync(server);

        using var wrong = await PostAsync(server, action, cookie, [.. fields, new("traits.email", Ada), new("traits.age", "7"), new("password", SignIn.Password)]);
        wrong.StatusCode.ShouldBe(HttpStatusCode.Found);
        wrong.Headers.Location!.ToString().ShouldStartWith("http://127.0.0.1:4455/registration?flow=");

        using var good = await PostAsync(server, action, cookie,
        [
            .. fields, new("traits.email", Ada), new("traits.age", "21"), new("traits.newsletter", "false"), new("traits.newsletter", "true"), new("traits.name.first", "Ada"), new("traits.name.last", ""),
            new("traits.tags", "a"), new("traits.tags", "b"), new("traits.unknown", "dropped"), new("password", SignIn.Password),
        ]);
        good.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        good.Headers.Location!.ToString().ShouldBe("http://127.0.0.1:4455/");
        good.Headers.GetValues("Set-Cookie").Select(c => c[..10]).Order().ShouldBe(["csrf_token", "ory_kratos"]);
    }

    [Fact]
    public async Task What_a_form_sent_is_kept_with_its_types()
    {
        await using var server = await Registering.ServerAsync("sqlite");
        var (action, fields, cookie) = await FormAsync(server);
        using var good = await PostAsync(server, action, cookie,
        [
            .. fields, new("traits.email", Ada), new("traits.age", "21.5"), new("traits.newsletter", "false"), new("traits.newsletter", "true"), new("traits.name.last", ""),
            new("traits.tags", "a"), new("traits.tags", "b"), new("traits.unknown", "dropped"), new("password", SignIn.Password),
        ]);
        good.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        var (_, all) = await server.AdminAsync("GET", "/admin/identities");
        var traits = JsonElement.Parse(all)[0].GetProperty("traits");
        traits.GetProperty("age").GetRawText().ShouldBe("21.5");
        traits.GetProperty("newsletter").GetBoolean().ShouldBeTrue();
        traits.GetProperty("tags").GetRawText().ShouldBe("""["a","b"]""");
        traits.GetProperty("name").GetRawText().ShouldBe("{}");
        traits.TryGetProperty("unknown", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_form_of_another_browser_signs_nobody_up()
    {
        await using var server = await Registering.ServerAsync("sqlite");
        var (mallory, victim) = (new Browser(server), new Browser(server));
        var (prepared, own) = (await mallory.BeginAsync("registration"), await victim.BeginAsync("registration"));

        var (status, body) = await victim.SendAsync("POST", Browser.ActionOf(prepared), new { csrf_token = Browser.CsrfOf(own), method = "password", traits = new { email = Ada }, password = SignIn.Password });

        status.ShouldBe(HttpStatusCode.Forbidden);
        body.GetProperty("error").GetProperty("id").GetString().ShouldBe("security_csrf_violation");
        (await Registering.CountAsync(server, "identities")).ShouldBe(0);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Two_steps_ask_for_the_traits_and_then_for_a_credential(string engine)
    {
        await using var server = await Registering.ServerAsync(engine, Registering.Session);
        var browser = new Browser(server);
        var start = await browser.BeginAsync("registration");
        Registering.Names(start).ShouldNotContain("password");
        Registering.Names(start)[^1].ShouldBe("method=profile");
        var csrf = Browser.CsrfOf(start);

        var (status, second) = await browser.SendAsync("POST", Browser.ActionOf(start), new { csrf_token = csrf, method = "profile", traits = new { email = Ada, age = 40 } });
        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(second).ShouldBe([1040009]);
        second.GetProperty("transient_payload").GetRawText().ShouldBe("{}");
        Registering.Node(second, "traits.age").GetProperty("type").GetString().ShouldBe("hidden");
        Registering.Node(second, "traits.age").GetProperty("value").GetInt32().ShouldBe(40);
        Registering.Names(second)[^2..].ShouldBe(["method=password", "screen=previous"]);

        var (done, answer) = await browser.SendAsync("POST", Browser.ActionOf(start), new { csrf_token = csrf, method = "password", traits = new { email = Ada }, password = SignIn.Password });
        done.ShouldBe(HttpStatusCode.OK, answer.GetRawText());
        answer.GetProperty("identity").GetProperty("traits").TryGetProperty("age", out _).ShouldBeFalse("the first step keeps nothing");
        (await browser.SendAsync("GET", "/sessions/whoami")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("profile"), InlineData("password"), InlineData(null)]
    public async Task The_second_step_leads_back_with_what_was_typed(string? method)
    {
        await using var server = await Registering.ServerAsync("sqlite", Registering.Session);
        var action = await SignIn.BeginAsync(server, "registration");
        await SignIn.SubmitAsync(server, action, new { method = "profile", traits = new { email = Ada, age = 40 } });

        var (_, first, _) = await SignIn.SubmitAsync(server, action, new { method, screen = "previous", traits = new { email = Ada } });

        Registering.Names(first)[^1].ShouldBe("method=profile");
        Registering.Names(first).ShouldNotContain("method=password");
        Registering.Node(first, "traits.email").GetProperty("type").GetString().ShouldBe("email");
        Registering.Node(first, "traits.email").GetProperty("value").GetString().ShouldBe(Ada);
        Registering.Node(first, "traits.age").GetProperty("value").GetInt32().ShouldBe(40);
        first.TryGetProperty("transient_payload", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task The_first_step_does_not_tell_who_is_known()
    {
        await using var server = await Registering.ServerAsync("sqlite", Registering.Session);
        (await Registering.NativelyAsync(server, Registering.Body(Ada))).Status.ShouldBe(HttpStatusCode.OK);
        var seen = new List<string>();
        foreach (var email in (string[])[Ada, "new@example.org"])
        {
            var (_, body) = await Registering.NativelyAsync(server, new { method = "profile", traits = new { email } });
            seen.Add(body.GetProperty("ui").GetProperty("nodes").GetRawText().Replace(email, ""));
        }
        seen.Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_step_that_goes_well_redirects_a_form_by_303()
    {
        await using var server = await Registering.ServerAsync("sqlite", Registering.Session);
        var (action, fields, cookie) = await FormAsync(server);
        using var response = await PostAsync(server, action, cookie, [.. fields.Where(f => f.Key != "method"), new("method", "profile"), new("traits.email", Ada)]);
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        response.Headers.Location!.ToString().ShouldStartWith("http://127.0.0.1:4455/registration?flow=");
    }

    [Fact]
    public async Task A_method_that_is_unknown_or_missing_is_told()
    {
        await using var server = await Registering.ServerAsync("sqlite");
        SignIn.Messages((await Registering.NativelyAsync(server, new { method = "sms", traits = new { email = Ada } })).Body).ShouldBe([4010003]);
        SignIn.Messages((await Registering.NativelyAsync(server, new { })).Body).ShouldBe([4000002]);
        SignIn.Messages((await Registering.NativelyAsync(server, new { traits = new { email = Ada } })).Body).ShouldBe([4010003]);
        SignIn.Messages((await Registering.NativelyAsync(server, new { method = "profile", traits = new { email = Ada } })).Body).ShouldBe([4010003]);
    }

    private static async Task<(string Action, KeyValuePair<string, string>[] Fields, string Cookie)> FormAsync(RunningServer server)
    {
        var browser = new Browser(server);
        var flow = await browser.BeginAsync("registration");
        return (Browser.ActionOf(flow), [new("csrf_token", Browser.CsrfOf(flow)), new("method", "password")], browser.Cookies);
    }

    private static async Task<HttpResponseMessage> PostAsync(RunningServer server, string action, string cookie, KeyValuePair<string, string>[] fields)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(fields) };
        request.Headers.TryAddWithoutValidation("Accept", "text/html");
        request.Headers.TryAddWithoutValidation("Cookie", cookie);
        return await server.Public.SendAsync(request);
    }
}

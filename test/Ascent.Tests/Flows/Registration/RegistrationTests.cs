using System.Net;
using System.Text.Json;
using Ascent.Crypto.Hashing;
using Ascent.Storage;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Flows.Registration;

public sealed class RegistrationTests
{
    private const string Ada = "ada@example.org";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_native_app_signs_up_and_is_signed_in(string engine)
    {
        await using var server = await Registering.ServerAsync(engine);

        var (status, body) = await Registering.NativelyAsync(server, new { method = "password", traits = new { email = "Ada@Example.org", age = 36 }, password = SignIn.Password });

        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        body.EnumerateObject().Select(p => p.Name).ShouldBe(["session_token", "session", "identity", "continue_with"]);
        body.GetProperty("continue_with")[0].GetProperty("action").GetString().ShouldBe("set_ory_session_token");
        var traits = body.GetProperty("identity").GetProperty("traits");
        traits.GetProperty("email").GetString().ShouldBe("Ada@Example.org");
        traits.GetProperty("name").GetRawText().ShouldBe("{}");
        traits.GetProperty("address").GetRawText().ShouldBe("{}");
        var (known, whoami) = await SignIn.WhoamiAsync(server, body.GetProperty("session_token").GetString()!);
        known.ShouldBe(HttpStatusCode.OK);
        whoami.GetProperty("identity").GetProperty("id").GetString().ShouldBe(body.GetProperty("identity").GetProperty("id").GetString());
        await SignIn.NativelyAsync(server, Ada);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Of_many_submissions_of_one_form_at_once_one_signs_up(string engine)
    {
        await using var server = await Registering.ServerAsync(engine);
        var action = await SignIn.BeginAsync(server, "registration");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SignIn.SubmitAsync(server, action, Registering.Body(Ada))));

        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        foreach (var (status, body, _) in answers.Where(a => a.Status != HttpStatusCode.OK))
        {
            status.ShouldBe(HttpStatusCode.BadRequest, body.GetRawText());
            SignIn.Messages(body).ShouldHaveSingleItem().ShouldBeOneOf(4000007, 4040002);
        }
        (await Registering.CountAsync(server, "identities")).ShouldBe(1);
        (await Registering.CountAsync(server, "sessions")).ShouldBe(1);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Of_many_submissions_of_one_form_for_different_people_one_signs_up(string engine)
    {
        await using var server = await Registering.ServerAsync(engine);
        var action = await SignIn.BeginAsync(server, "registration");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => SignIn.SubmitAsync(server, action, Registering.Body($"person{i}@example.org"))));

        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Where(a => a.Status != HttpStatusCode.OK).ShouldAllBe(a => a.Status == HttpStatusCode.BadRequest && SignIn.Messages(a.Body).SequenceEqual(new[] { 4040002 }));
        (await Registering.CountAsync(server, "identities")).ShouldBe(1);
        (await Registering.CountAsync(server, "sessions")).ShouldBe(1);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Of_many_who_want_one_address_at_once_one_has_it(string engine)
    {
        await using var server = await Registering.ServerAsync(engine);
        var actions = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => SignIn.BeginAsync(server, "registration")));

        var answers = await Task.WhenAll(actions.Select(action => SignIn.SubmitAsync(server, action, Registering.Body(Ada))));

        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Where(a => a.Status != HttpStatusCode.OK).ShouldAllBe(a => a.Status == HttpStatusCode.BadRequest && SignIn.Messages(a.Body).SequenceEqual(new[] { 4000007 }));
        (await Registering.CountAsync(server, "sessions")).ShouldBe(1);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_taken_and_a_free_address_cost_the_same_hash(string engine)
    {
        await using var server = await Registering.ServerAsync(engine);
        (await Registering.NativelyAsync(server, Registering.Body(Ada))).Status.ShouldBe(HttpStatusCode.OK);
        var hasher = server.Services.GetRequiredService<PasswordHasher>();
        var hashes = new List<long>();
        foreach (var email in (string[])[Ada, "free@example.org"])
        {
            var before = hasher.Operations;
            await Registering.NativelyAsync(server, Registering.Body(email));
            hashes.Add(hasher.Operations - before);
        }
        hashes.ShouldBe([1, 1]);
    }

    [Fact]
    public async Task A_registration_that_is_done_cannot_be_sent_again()
    {
        await using var server = await Registering.ServerAsync("sqlite");
        var action = await SignIn.BeginAsync(server, "registration");
        (await SignIn.SubmitAsync(server, action, Registering.Body(Ada))).Status.ShouldBe(HttpStatusCode.OK);

        var (status, body, _) = await SignIn.SubmitAsync(server, action, Registering.Body("bob@example.org"));

        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(body).ShouldBe([4040002]);
        (await Registering.CountAsync(server, "identities")).ShouldBe(1);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Without_the_session_hook_a_session_is_kept_and_not_handed_out(string engine)
    {
        await using var server = await Registering.ServerAsync(engine, Registering.OneStep);

        var (status, body) = await Registering.NativelyAsync(server, Registering.Body(Ada));

        status.ShouldBe(HttpStatusCode.OK);
        body.EnumerateObject().Select(p => p.Name).ShouldBe(["identity", "continue_with"]);
        body.GetProperty("continue_with").ValueKind.ShouldBe(JsonValueKind.Null);
        (await Registering.CountAsync(server, "sessions")).ShouldBe(1);
    }

    [Fact]
    public async Task Every_fault_of_a_form_is_told_at_its_field_and_what_was_typed_stays()
    {
        await using var server = await Registering.ServerAsync("sqlite", needsCountry: true);
        var (status, body) = await Registering.NativelyAsync(server, new { method = "password", traits = new { email = "nobody", age = 3, nickname = "x", address = new { street = "Main" } } });

        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(body).Order().ShouldBe([4000001, 4000002, 4000002, 4000018, 4000040]);
        Registering.Node(body, "traits.email").GetProperty("value").GetString().ShouldBe("nobody");
        Registering.Node(body, "traits.address.street").GetProperty("value").GetString().ShouldBe("Main");
        Registering.Node(body, "password").TryGetProperty("value", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("\"text\""), InlineData("[1]"), InlineData("7"), InlineData("null"), InlineData("true")]
    public async Task Traits_that_are_no_object_are_a_fault_of_the_form(string traits)
    {
        await using var server = await Registering.ServerAsync("sqlite");
        var (status, body) = await Registering.NativelyAsync(server, JsonElement.Parse($$"""{"method":"password","password":"correct-horse-battery-9","traits":{{traits}}}"""));

        status.ShouldBe(HttpStatusCode.BadRequest, body.GetRawText());
        SignIn.Messages(body).ShouldHaveSingleItem().ShouldBe(traits == "null" ? 4000002 : 4000026);
    }

    [Fact]
    public async Task Who_is_signed_in_has_nobody_to_sign_up()
    {
        await using var server = await Registering.ServerAsync("sqlite");
        var spare = await SignIn.BeginAsync(server, "registration");
        var (_, first) = await Registering.NativelyAsync(server, Registering.Body(Ada));
        var token = first.GetProperty("session_token").GetString()!;

        var (status, body, _) = await SignIn.SubmitAsync(server, spare, Registering.Body("bob@example.org"), token);

        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("error").GetProperty("id").GetString().ShouldBe("session_already_available");
        (await Registering.CountAsync(server, "identities")).ShouldBe(1);
    }

    [Fact]
    public async Task Where_sign_up_is_off_nothing_of_it_can_be_used()
    {
        await using var server = await Registering.ServerAsync("sqlite", "enabled: false");
        foreach (var path in (string[])["registration/api", "registration/browser", $"registration/flows?id={Guid.NewGuid()}"])
        {
            var (status, body) = await new Browser(server).SendAsync("GET", $"/self-service/{path}");
            status.ShouldBe(HttpStatusCode.BadRequest, path);
            body.GetProperty("error").GetProperty("id").GetString().ShouldBe("self_service_flow_disabled");
        }
    }

    [Fact]
    public async Task An_expired_form_is_replaced_by_a_fresh_one()
    {
        await using var server = await Registering.ServerAsync("sqlite");
        var action = await SignIn.BeginAsync(server, "registration", "?return_to=http://127.0.0.1:4433/self-service/x");
        await server.Workshop.Database.Db.WriteAsync((tx, ct) => tx.ExecuteAsync(new Sql("update flow set expires_at = issued_at"), ct), CancellationToken.None);

        var (status, body, _) = await SignIn.SubmitAsync(server, action, Registering.Body(Ada));

        status.ShouldBe(HttpStatusCode.Gone, body.GetRawText());
        var (_, fresh) = await new Browser(server).SendAsync("GET", $"/self-service/registration/flows?id={body.GetProperty("use_flow_id")}");
        SignIn.Messages(fresh).ShouldBe([4040001]);
        fresh.GetProperty("return_to").GetString().ShouldBe("http://127.0.0.1:4433/self-service/x");
        (await Registering.CountAsync(server, "identities")).ShouldBe(0);
    }

    [Fact]
    public async Task With_login_hints_somebody_known_hears_how_to_sign_in()
    {
        await using var server = await Registering.ServerAsync("sqlite", $"{Registering.OneStep}, login_hints: true");
        await Registering.NativelyAsync(server, Registering.Body(Ada));

        var (_, body) = await Registering.NativelyAsync(server, Registering.Body("ADA@example.org"));

        var message = body.GetProperty("ui").GetProperty("messages")[0];
        message.GetProperty("id").GetInt32().ShouldBe(4000028);
        message.GetProperty("context").GetProperty("available_credential_types").EnumerateArray().Select(e => e.GetString()).ShouldBe(["password"]);
        message.GetProperty("context").GetProperty("credential_identifier_hint").GetString().ShouldBe(Ada);
    }

    [Fact]
    public async Task Password_managers_find_where_passwords_are_changed()
    {
        await using var server = await Registering.ServerAsync("sqlite");
        using var response = await server.Public.GetAsync("/.well-known/change-password");
        response.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        response.Headers.Location!.ToString().ShouldBe("http://127.0.0.1:4455/settings");
    }
}

using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Tests.Flows;
using Ascent.Tests.Methods.WebAuthn;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Methods.Passkey;

/// <summary>Where passkeys stand on forms, and what a sign-in by one leaves alone.</summary>
public sealed class PasskeyFormTests
{
    private const string Challenge = "passkey_challenge", Options = "passkey_create_data", Ada = KeyPerson.Ada, Eve = "eve@example.org";
    private const string Guessing = "\nsecurity: { throttle: { identifier: { max_failures: 3 } } }";

    [Theory, InlineData(false), InlineData(true)]
    public async Task With_identifier_first_one_ceremony_spans_both_forms_and_the_button_is_on_the_second(bool mitigated)
    {
        await using var server = await StartAsync($"{KeyPerson.Passkeys}", "login: { style: identifier_first }, ", mitigated ? "\nsecurity: { account_enumeration: { mitigate: true } }" : "");
        using var key = await PersonAsync(server, Ada);
        var browser = new Browser(server);
        var first = await browser.BeginAsync();
        Names(first).ShouldBe(["identifier", "method", "csrf_token", "passkey_login", "passkey_challenge"], ignoreOrder: true);

        var (status, second) = await KeyPerson.SubmitAsync(browser, first, new() { ["method"] = "identifier_first", ["identifier"] = Ada });
        status.ShouldBe(HttpStatusCode.BadRequest);
        Names(second).ShouldBe(["identifier", "csrf_token", "passkey_login", "passkey_challenge", "passkey_login_trigger", "password", "method"], ignoreOrder: true);
        second.Challenge(Challenge).ShouldBe(first.Challenge(Challenge));
        (await KeyPerson.SubmitAsync(browser, second, new() { ["passkey_login"] = KeyPerson.Answer(key, first, Challenge) })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Native_forms_name_the_functions_and_call_none()
    {
        await using var server = await StartAsync(KeyPerson.Passkeys);
        using var response = await RunningServer.SendAsync(server.Public, "GET", "/self-service/login/api");
        var flow = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        (flow.Attributes("passkey_login_trigger")!["onclickTrigger"]?.ToString(), flow.Attributes("passkey_login_trigger")!["onclick"]).ShouldBe(("oryPasskeyLogin", null));
        (flow.Attributes("passkey_login")!["onloadTrigger"]?.ToString(), flow.Attributes("passkey_login")!["onload"]).ShouldBe(("oryPasskeyLoginAutocompleteInit", null));
    }

    [Fact]
    public async Task Who_confirms_is_asked_for_their_own_passkeys()
    {
        await using var server = await StartAsync(KeyPerson.Passkeys);
        var browser = new Browser(server);
        using var key = await PersonAsync(server, Ada, browser);
        var flow = await browser.BeginAsync(query: "?refresh=true");
        flow.Options(Challenge)["allowCredentials"]!.AsArray().Select(k => (string)k!["id"]!).ShouldBe([System.Buffers.Text.Base64Url.EncodeToString(key.Id)]);
        (await KeyPerson.SubmitAsync(browser, flow, new() { ["passkey_login"] = KeyPerson.Answer(key, flow, Challenge) })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task With_the_last_passkey_its_credential_goes(string engine)
    {
        await using var server = await StartAsync(KeyPerson.Passkeys, engine: engine);
        var browser = new Browser(server);
        using var key = await PersonAsync(server, Ada, browser);
        (await KeyPerson.SubmitAsync(browser, await browser.BeginAsync("settings"), new() { ["passkey_remove"] = Convert.ToHexStringLower(key.Id) })).Status.ShouldBe(HttpStatusCode.OK);
        var phone = new Browser(server);
        var flow = await phone.BeginAsync();
        SignIn.Messages((await KeyPerson.SubmitAsync(phone, flow, new() { ["passkey_login"] = KeyPerson.Answer(key, flow, Challenge) })).Body).ShouldBe([4000015]);
        var people = JsonElement.Parse((await server.AdminAsync("GET", $"/admin/identities?credentials_identifier={Ada}")).Body);
        people[0].GetProperty("credentials").TryGetProperty("passkey", out _).ShouldBeFalse();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_security_key_that_needs_no_password_answers_as_a_passkey(string engine)
    {
        await using var server = await StartAsync($"{KeyPerson.Passkeys}, {KeyPerson.Passwordless}", engine: engine);
        using var key = new SoftKey();
        using var stranger = new SoftKey();
        var browser = new Browser(server);
        var form = await browser.BeginAsync("registration");
        key.UserHandle = System.Buffers.Text.Base64Url.DecodeFromChars((string)form.Options("webauthn_register_trigger")["user"]!["id"]!);
        var (status, body) = await KeyPerson.SubmitAsync(browser, form, new()
        {
            ["method"] = "webauthn", ["traits"] = new { email = Eve }, ["webauthn_register"] = SoftKey.Json(key.Create(form.Challenge("webauthn_register_trigger")), key.Id),
        });
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        var id = body.GetProperty("identity").GetProperty("id").GetString()!;

        var phone = new Browser(server);
        var flow = await phone.BeginAsync();
        stranger.UserHandle = key.UserHandle;
        SignIn.Messages((await KeyPerson.SubmitAsync(phone, flow, new() { ["passkey_login"] = KeyPerson.Answer(stranger, flow, Challenge) })).Body).ShouldBe([4000043]);
        SignIn.Messages((await KeyPerson.SubmitAsync(phone, flow, new() { ["passkey_login"] = SoftKey.Json(key.Get(new byte[32])) })).Body).ShouldBe([4000043]);
        (status, body) = await KeyPerson.SubmitAsync(phone, flow, new() { ["passkey_login"] = KeyPerson.Answer(key, flow, Challenge) });
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        body.GetProperty("session").GetProperty("identity").GetProperty("id").GetString().ShouldBe(id);
        body.GetProperty("session").GetProperty("authentication_methods")[0].GetProperty("method").GetString().ShouldBe("passkey");
        (await KeyPerson.KeptAsync(server, id, "webauthn")).GetProperty("credentials")[0].GetProperty("authenticator").GetProperty("sign_count").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_security_key_of_the_second_factor_is_no_passkey()
    {
        await using var server = await StartAsync($"{KeyPerson.Passkeys}, {KeyPerson.SecondFactor}");
        await SignIn.PersonAsync(server, Ada);
        using var key = new SoftKey();
        var browser = new Browser(server);
        await KeyPerson.SignInAsync(browser);
        await KeyPerson.AddKeyAsync(browser, key);
        var phone = new Browser(server);
        var flow = await phone.BeginAsync();
        SignIn.Messages((await KeyPerson.SubmitAsync(phone, flow, new() { ["passkey_login"] = KeyPerson.Answer(key, flow, Challenge) })).Body).ShouldBe([4000043]);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_passkey_of_ones_own_clears_nobody_elses_count(string engine)
    {
        await using var server = await StartAsync(KeyPerson.Passkeys, after: Guessing, engine: engine);
        await SignIn.PersonAsync(server, Ada);
        using var key = await PersonAsync(server, Eve);
        await GuessAsync(server, HttpStatusCode.BadRequest);
        await GuessAsync(server, HttpStatusCode.BadRequest);
        var browser = new Browser(server);
        var flow = await browser.BeginAsync();
        (await KeyPerson.SubmitAsync(browser, flow, new() { ["passkey_login"] = KeyPerson.Answer(key, flow, Challenge), ["identifier"] = Ada })).Status.ShouldBe(HttpStatusCode.OK);
        await GuessAsync(server, HttpStatusCode.BadRequest);
        await GuessAsync(server, HttpStatusCode.TooManyRequests);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_key_whose_owner_is_not_the_one_who_was_typed_is_refused(string engine)
    {
        await using var server = await StartAsync(KeyPerson.Passwordless, after: Guessing, engine: engine);
        await SignIn.PersonAsync(server, Ada);
        await SignIn.PersonAsync(server, Eve);
        using var key = new SoftKey();
        var owner = new Browser(server);
        await KeyPerson.SignInAsync(owner, Eve);
        await KeyPerson.AddKeyAsync(owner, key);
        await GuessAsync(server, HttpStatusCode.BadRequest);

        var browser = new Browser(server);
        var flow = await browser.BeginAsync();
        await KeyPerson.SubmitAsync(browser, flow, new() { ["method"] = "webauthn", ["identifier"] = Eve });
        flow = (await browser.SendAsync("GET", $"/self-service/login/flows?id={flow.GetProperty("id")}")).Body;
        var answer = KeyPerson.Answer(key, flow, "webauthn_login_trigger");
        SignIn.Messages((await KeyPerson.SubmitAsync(browser, flow, new() { ["identifier"] = "nobody@example.org", ["webauthn_login"] = answer })).Body).ShouldBe([4000015]);
        SignIn.Messages((await KeyPerson.SubmitAsync(browser, flow, new() { ["identifier"] = Ada, ["webauthn_login"] = answer })).Body).ShouldBe([4000043]);
        (await KeyPerson.SubmitAsync(browser, flow, new() { ["identifier"] = Eve, ["webauthn_login"] = answer })).Status.ShouldBe(HttpStatusCode.OK);
        await GuessAsync(server, HttpStatusCode.BadRequest);
        await GuessAsync(server, HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task Where_it_may_not_be_told_everybody_is_asked_for_a_key()
    {
        await using var server = await StartAsync(KeyPerson.Passwordless, after: "\nsecurity: { account_enumeration: { mitigate: true } }");
        await SignIn.PersonAsync(server, Ada);
        List<string> ids = [];
        foreach (var identifier in (string[])[Ada, "nobody@example.org", "nobody@example.org"])
        {
            var browser = new Browser(server);
            var flow = await browser.BeginAsync();
            (await KeyPerson.SubmitAsync(browser, flow, new() { ["method"] = "webauthn", ["identifier"] = identifier })).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
            flow = (await browser.SendAsync("GET", $"/self-service/login/flows?id={flow.GetProperty("id")}")).Body;
            Names(flow).ShouldBe(["identifier", "csrf_token", "webauthn_login_trigger", "webauthn_login"], ignoreOrder: true);
            ids.Add((string)flow.Options("webauthn_login_trigger")["allowCredentials"]![0]!["id"]!);
            using var key = new SoftKey();
            SignIn.Messages((await KeyPerson.SubmitAsync(browser, flow, new() { ["identifier"] = identifier, ["webauthn_login"] = KeyPerson.Answer(key, flow, "webauthn_login_trigger") })).Body).ShouldBe([4000043]);
        }
        (ids[0] == ids[1], ids[1] == ids[2]).ShouldBe((false, true));
    }

    [Fact]
    public async Task A_key_that_one_has_already_is_refused_at_its_field()
    {
        await using var server = await StartAsync($"{KeyPerson.Passkeys}, {KeyPerson.SecondFactor}");
        var browser = new Browser(server);
        using var key = await PersonAsync(server, Ada, browser);
        (string Field, string Node)[] kinds = [("passkey_settings_register", Options), ("webauthn_register", "webauthn_register_trigger")];
        foreach (var (field, node) in kinds)
        {
            var flow = await browser.BeginAsync("settings");
            var (status, body) = await KeyPerson.SubmitAsync(browser, flow, new() { [field] = SoftKey.Json(key.Create(flow.Challenge(node)), key.Id), ["webauthn_register_displayname"] = "again" });
            status.ShouldBe(HttpStatusCode.BadRequest);
            body.GetProperty("ui").GetProperty("nodes").EnumerateArray().Single(n => n.GetProperty("messages").GetArrayLength() > 0).GetProperty("attributes").GetProperty("name").GetString().ShouldBe(field);
        }
    }

    private static Task<RunningServer> StartAsync(string methods, string flows = "", string after = "", string engine = "sqlite") => RunningServer.StartAsync(engine, config =>
        config.Replace("  methods: {", $"  flows: {{ {flows}registration: {{ enable_legacy_one_step: true, after: {{ webauthn: {{ hooks: [ {{ hook: session }} ] }} }} }}, settings: {{ required_aal: aal1 }} }}\n  methods: {{ {methods}, ", StringComparison.Ordinal) + after);

    /// <summary>Somebody with a password and a passkey.</summary>
    private static async Task<SoftKey> PersonAsync(RunningServer server, string email, Browser? browser = null)
    {
        await SignIn.PersonAsync(server, email);
        browser ??= new Browser(server);
        await KeyPerson.SignInAsync(browser, email);
        var flow = await browser.BeginAsync("settings");
        var key = new SoftKey { UserHandle = System.Buffers.Text.Base64Url.DecodeFromChars((string)flow.Options(Options)["user"]!["id"]!) };
        (await KeyPerson.SubmitAsync(browser, flow, new() { ["passkey_settings_register"] = SoftKey.Json(key.Create(flow.Challenge(Options)), key.Id) })).Status.ShouldBe(HttpStatusCode.OK);
        return key;
    }

    private static async Task GuessAsync(RunningServer server, HttpStatusCode expected)
    {
        var browser = new Browser(server);
        (await KeyPerson.SubmitAsync(browser, await browser.BeginAsync(), new() { ["method"] = "password", ["identifier"] = Ada, ["password"] = "wrong-password-1" })).Status.ShouldBe(expected);
    }

    private static string[] Names(JsonElement flow) => [.. JsonNode.Parse(flow.GetProperty("ui").GetProperty("nodes").GetRawText())!.AsArray().Select(n => (string?)n!["attributes"]!["name"]).OfType<string>()];
}

using System.Net;
using System.Text.Json;
using Ascent.Tests.Flows;
using Shouldly;

namespace Ascent.Tests.Methods.WebAuthn;

public sealed class WebAuthnTests
{
    private const string Ada = KeyPerson.Ada, Trigger = "webauthn_login_trigger";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_security_key_is_a_second_factor_and_its_counter_is_kept(string engine)
    {
        await using var server = await KeyPerson.StartAsync(engine, KeyPerson.SecondFactor);
        var id = await SignIn.PersonAsync(server, Ada);
        using var key = new SoftKey();
        var laptop = new Browser(server);
        await KeyPerson.SignInAsync(laptop);
        await KeyPerson.AddKeyAsync(laptop, key);
        (await laptop.SendAsync("GET", "/sessions/whoami")).Body.GetProperty("authenticator_assurance_level").GetString().ShouldBe("aal2");

        var tablet = new Browser(server);
        await KeyPerson.SignInAsync(tablet);
        var flow = await tablet.BeginAsync("login", "?aal=aal2");
        key.Counter = 7;
        var (status, body) = await KeyPerson.SubmitAsync(tablet, flow, new() { ["method"] = "webauthn", ["identifier"] = Ada, ["webauthn_login"] = KeyPerson.Answer(key, flow, Trigger) });
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        body.GetProperty("session").GetProperty("authenticator_assurance_level").GetString().ShouldBe("aal2");
        var kept = (await KeyPerson.KeptAsync(server, id, "webauthn")).GetProperty("credentials")[0];
        kept.GetProperty("authenticator").GetProperty("sign_count").GetInt32().ShouldBe(8);
        kept.GetProperty("authenticator").GetProperty("clone_warning").GetBoolean().ShouldBeFalse();
        kept.GetProperty("display_name").GetString().ShouldBe("blue key");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task An_answer_sent_twenty_times_at_once_signs_in_once_and_warns_of_no_clone(string engine)
    {
        await using var server = await KeyPerson.StartAsync(engine, KeyPerson.Passwordless);
        var id = await SignIn.PersonAsync(server, Ada);
        using var key = new SoftKey();
        var laptop = new Browser(server);
        await KeyPerson.SignInAsync(laptop);
        await KeyPerson.AddKeyAsync(laptop, key);

        var browser = new Browser(server);
        var flow = await NamedAsync(browser, Ada);
        var answer = KeyPerson.Answer(key, flow, Trigger);
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => KeyPerson.SubmitAsync(browser, flow, new() { ["method"] = "webauthn", ["identifier"] = Ada, ["webauthn_login"] = answer })));
        all.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        all.ShouldAllBe(a => a.Status == HttpStatusCode.OK || a.Status == HttpStatusCode.BadRequest || a.Status == HttpStatusCode.TooManyRequests);
        var authenticator = (await KeyPerson.KeptAsync(server, id, "webauthn")).GetProperty("credentials")[0].GetProperty("authenticator");
        (authenticator.GetProperty("sign_count").GetInt32(), authenticator.GetProperty("clone_warning").GetBoolean()).ShouldBe((1, false));
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_counter_that_goes_back_signs_in_with_a_warning_that_stays(string engine)
    {
        await using var server = await KeyPerson.StartAsync(engine, KeyPerson.Passwordless);
        var id = await SignIn.PersonAsync(server, Ada);
        using var key = new SoftKey();
        var laptop = new Browser(server);
        await KeyPerson.SignInAsync(laptop);
        await KeyPerson.AddKeyAsync(laptop, key);
        foreach (var (counter, kept, warned) in ((uint, int, bool)[])[(4, 5, false), (2, 5, true), (8, 9, true)])
        {
            var browser = new Browser(server);
            var flow = await NamedAsync(browser, Ada);
            key.Counter = counter;
            (await KeyPerson.SubmitAsync(browser, flow, new() { ["identifier"] = Ada, ["webauthn_login"] = KeyPerson.Answer(key, flow, Trigger) })).Status.ShouldBe(HttpStatusCode.OK);
            var authenticator = (await KeyPerson.KeptAsync(server, id, "webauthn")).GetProperty("credentials")[0].GetProperty("authenticator");
            (authenticator.GetProperty("sign_count").GetInt32(), authenticator.GetProperty("clone_warning").GetBoolean()).ShouldBe((kept, warned));
        }
    }

    [Fact]
    public async Task Only_the_challenge_of_the_flow_is_answered_and_a_new_one_voids_it()
    {
        await using var server = await KeyPerson.StartAsync("sqlite", KeyPerson.Passwordless);
        await SignIn.PersonAsync(server, Ada);
        using var key = new SoftKey();
        var laptop = new Browser(server);
        await KeyPerson.SignInAsync(laptop);
        await KeyPerson.AddKeyAsync(laptop, key);

        var browser = new Browser(server);
        var first = await NamedAsync(browser, Ada);
        var second = await NamedAsync(browser, Ada, first);
        second.Challenge(Trigger).ShouldNotBe(first.Challenge(Trigger));
        var (status, body) = await KeyPerson.SubmitAsync(browser, second, new() { ["identifier"] = Ada, ["webauthn_login"] = KeyPerson.Answer(key, first, Trigger) });
        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(body).ShouldBe([4000043]);
        body.Attributes("identifier")!["value"]!.GetValue<string>().ShouldBe(Ada);
        (status, body) = await KeyPerson.SubmitAsync(browser, second, new() { ["identifier"] = "anybody@example.org", ["webauthn_login"] = KeyPerson.Answer(key, second, Trigger) });
        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(body).ShouldBe([4000015]);
        (await KeyPerson.SubmitAsync(browser, second, new() { ["identifier"] = Ada, ["webauthn_login"] = KeyPerson.Answer(key, second, Trigger) })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task One_cannot_lock_oneself_out_but_may_remove_a_second_factor()
    {
        await using var server = await KeyPerson.StartAsync("sqlite", KeyPerson.Passwordless);
        var browser = new Browser(server);
        using var key = new SoftKey();
        var flow = await browser.BeginAsync("registration");
        var (status, body) = await KeyPerson.SubmitAsync(browser, flow, new()
        {
            ["method"] = "webauthn", ["traits"] = new { email = "eve@example.org" }, ["webauthn_register"] = SoftKey.Json(key.Create(flow.Challenge("webauthn_register_trigger")), key.Id),
        });
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        var settings = await browser.BeginAsync("settings");
        settings.Attributes("webauthn_remove")!["disabled"]!.GetValue<bool>().ShouldBeTrue();
        (status, body) = await KeyPerson.SubmitAsync(browser, settings, new() { ["webauthn_remove"] = Convert.ToHexStringLower(key.Id) });
        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(body).ShouldBe([4000001]);

        using var other = new SoftKey();
        await KeyPerson.AddKeyAsync(browser, other, "red key");
        (status, body) = await KeyPerson.SubmitAsync(browser, await browser.BeginAsync("settings"), new() { ["webauthn_remove"] = Convert.ToHexStringLower(key.Id) });
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        body.Attributes("webauthn_remove")!["disabled"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task A_key_is_made_for_this_flow_with_a_name_and_once()
    {
        await using var server = await KeyPerson.StartAsync("sqlite", KeyPerson.SecondFactor);
        await SignIn.PersonAsync(server, Ada);
        using var key = new SoftKey();
        var browser = new Browser(server);
        await KeyPerson.SignInAsync(browser);
        var flow = await browser.BeginAsync("settings");
        var challenge = flow.Challenge("webauthn_register_trigger");
        var made = SoftKey.Json(key.Create(challenge), key.Id);
        (int Message, Dictionary<string, object?> Values)[] refused =
        [
            (4000002, new() { ["webauthn_register"] = made }),
            (4000001, new() { ["webauthn_register"] = "{}", ["webauthn_register_displayname"] = "x" }),
            (4000043, new() { ["webauthn_register"] = SoftKey.Json(key.Create(new byte[32]), key.Id), ["webauthn_register_displayname"] = "x" }),
            (4000043, new() { ["webauthn_register"] = SoftKey.Json(key.Create(challenge, new SoftKey.Says { Origin = "https://evil.example" }), key.Id), ["webauthn_register_displayname"] = "x" }),
            (4000001, new() { ["webauthn_remove"] = "00ff" }),
            (4000001, new() { ["webauthn_remove"] = "zz" }),
        ];
        foreach (var (message, values) in refused)
        {
            var (status, body) = await KeyPerson.SubmitAsync(browser, flow, values);
            status.ShouldBe(HttpStatusCode.BadRequest);
            SignIn.Messages(body).ShouldBe([message]);
        }
        var all = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => KeyPerson.SubmitAsync(browser, flow, new() { ["webauthn_register"] = made, ["webauthn_register_displayname"] = "x" })));
        all.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        (await browser.BeginAsync("settings")).Options("webauthn_register_trigger")["excludeCredentials"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_script_is_what_its_hash_in_the_form_says()
    {
        await using var server = await KeyPerson.StartAsync("sqlite", KeyPerson.Passkeys);
        var flow = await new Browser(server).BeginAsync();
        var node = flow.GetProperty("ui").GetProperty("nodes").EnumerateArray().Single(n => n.GetProperty("type").GetString() == "script").GetProperty("attributes");
        using var answer = await server.Public.GetAsync(new Uri("/.well-known/ory/webauthn.js", UriKind.Relative));
        var script = await answer.Content.ReadAsByteArrayAsync();
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        node.GetProperty("integrity").GetString().ShouldBe("sha512-" + Convert.ToBase64String(System.Security.Cryptography.SHA512.HashData(script)));
        node.GetProperty("src").GetString()!.ShouldEndWith("/.well-known/ory/webauthn.js");
        var text = System.Text.Encoding.UTF8.GetString(script);
        foreach (var name in (string[])["oryWebAuthnRegistration", "oryWebAuthnLogin", "oryPasskeyLogin", "oryPasskeyLoginAutocompleteInit", "oryPasskeyRegistration", "oryPasskeySettingsRegistration"])
            text.ShouldContain(name + ":");
    }

    [Fact]
    public async Task Native_apps_are_never_asked_for_a_security_key()
    {
        await using var server = await KeyPerson.StartAsync("sqlite", KeyPerson.Passwordless);
        using var answer = await Running.RunningServer.SendAsync(server.Public, "GET", "/self-service/login/api");
        var flow = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        flow.GetProperty("ui").GetProperty("nodes").EnumerateArray().ShouldAllBe(n => n.GetProperty("group").GetString() != "webauthn");
        var (status, body, _) = await SignIn.SubmitAsync(server, Browser.ActionOf(flow), new { method = "webauthn", identifier = Ada, webauthn_login = "{}" });
        status.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(body).ShouldBe([4010002]);
    }

    /// <summary>Names oneself; the flow then asks for a key.</summary>
    private static async Task<JsonElement> NamedAsync(Browser browser, string identifier, JsonElement? known = null)
    {
        var flow = known ?? await browser.BeginAsync();
        (await KeyPerson.SubmitAsync(browser, flow, new() { ["method"] = "webauthn", ["identifier"] = identifier })).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        var (status, body) = await browser.SendAsync("GET", $"/self-service/login/flows?id={flow.GetProperty("id").GetString()}");
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        return body;
    }
}

using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using Ascent.Tests.Flows;
using Ascent.Tests.Methods.WebAuthn;
using Shouldly;

namespace Ascent.Tests.Methods.Passkey;

public sealed class PasskeyTests
{
    private const string Pat = "pat@example.org", Options = "passkey_create_data", Asked = "passkey_challenge";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_passkey_signs_up_and_in_without_a_name(string engine)
    {
        await using var server = await KeyPerson.StartAsync(engine, KeyPerson.Passkeys);
        using var key = new SoftKey();
        var made = await SignUpAsync(new Browser(server), key);
        var id = made.GetProperty("identity").GetProperty("id").GetString()!;
        made.GetProperty("session").GetProperty("authenticator_assurance_level").GetString().ShouldBe("aal1");

        var browser = new Browser(server);
        var flow = await browser.BeginAsync();
        var answer = KeyPerson.Answer(key, flow, Asked);
        var all = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => KeyPerson.SubmitAsync(browser, flow, new() { ["passkey_login"] = answer })));
        all.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        var kept = await KeyPerson.KeptAsync(server, id, "passkey");
        var authenticator = kept.GetProperty("credentials")[0].GetProperty("authenticator");
        (authenticator.GetProperty("sign_count").GetInt32(), authenticator.GetProperty("clone_warning").GetBoolean()).ShouldBe((1, false));
        Convert.FromBase64String(kept.GetProperty("user_handle").GetString()!).ShouldBe(key.UserHandle);
    }

    [Fact]
    public async Task What_is_no_passkey_of_the_one_it_names_is_refused()
    {
        await using var server = await KeyPerson.StartAsync("sqlite", KeyPerson.Passkeys);
        using var key = new SoftKey();
        using var stranger = new SoftKey();
        await SignUpAsync(new Browser(server), key);
        stranger.UserHandle = key.UserHandle;
        var browser = new Browser(server);
        var flow = await browser.BeginAsync();
        var challenge = flow.Challenge(Asked);
        var right = key.Get(challenge);
        (int Message, string Answer)[] refused =
        [
            (4000001, "{}"),
            (4000015, SoftKey.Json(right with { UserHandle = null })),
            (4000015, SoftKey.Json(right with { UserHandle = "nobody"u8.ToArray() })),
            (4000043, SoftKey.Json(stranger.Get(challenge))),
            (4000043, SoftKey.Json(right with { Signature = stranger.Sign(right.AuthenticatorData) })),
            (4000043, SoftKey.Json(key.Get(challenge, new SoftKey.Says { Type = "webauthn.get", RpId = "evil.example" }))),
            (4000043, SoftKey.Json(key.Get(new byte[32]))),
        ];
        foreach (var (message, answer) in refused)
        {
            var (status, body) = await KeyPerson.SubmitAsync(browser, flow, new() { ["passkey_login"] = answer });
            status.ShouldBe(HttpStatusCode.BadRequest);
            SignIn.Messages(body).ShouldBe([message]);
        }
        // Without an answer the page is shown again.
        (await KeyPerson.SubmitAsync(browser, flow, new() { ["method"] = "passkey" })).Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await KeyPerson.SubmitAsync(browser, flow, new() { ["passkey_login"] = SoftKey.Json(key.Get(challenge)) })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_last_passkey_stays_and_a_removed_one_opens_nothing()
    {
        await using var server = await KeyPerson.StartAsync("sqlite", KeyPerson.Passkeys);
        using var key = new SoftKey();
        using var other = new SoftKey();
        var browser = new Browser(server);
        await SignUpAsync(browser, key);
        var settings = await browser.BeginAsync("settings");
        settings.Attributes("passkey_remove")!["disabled"]!.GetValue<bool>().ShouldBeTrue();
        (await KeyPerson.SubmitAsync(browser, settings, new() { ["passkey_remove"] = Convert.ToHexStringLower(key.Id) })).Status.ShouldBe(HttpStatusCode.BadRequest);

        settings = await browser.BeginAsync("settings");
        Base64Url.DecodeFromChars((string)settings.Options(Options)["user"]!["id"]!).ShouldBe(key.UserHandle);
        other.UserHandle = key.UserHandle;
        (await KeyPerson.SubmitAsync(browser, settings, new() { ["passkey_settings_register"] = SoftKey.Json(other.Create(settings.Challenge(Options)), other.Id) })).Status.ShouldBe(HttpStatusCode.OK);
        (await KeyPerson.SubmitAsync(browser, await browser.BeginAsync("settings"), new() { ["passkey_remove"] = Convert.ToHexStringLower(key.Id) })).Status.ShouldBe(HttpStatusCode.OK);

        var phone = new Browser(server);
        var flow = await phone.BeginAsync();
        SignIn.Messages((await KeyPerson.SubmitAsync(phone, flow, new() { ["passkey_login"] = KeyPerson.Answer(key, flow, Asked) })).Body).ShouldBe([4000043]);
        (await KeyPerson.SubmitAsync(phone, flow, new() { ["passkey_login"] = KeyPerson.Answer(other, flow, Asked) })).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task User_verification_is_asked_for_where_the_configuration_requires_it()
    {
        await using var server = await KeyPerson.StartAsync("sqlite", KeyPerson.Passkeys.Replace("config: {", "config: { authenticator_selection: { user_verification: required }, ", StringComparison.Ordinal));
        using var key = new SoftKey();
        await SignUpAsync(new Browser(server), key);
        var browser = new Browser(server);
        var flow = await browser.BeginAsync();
        flow.Options(Asked)["userVerification"]!.GetValue<string>().ShouldBe("required");
        var unverified = SoftKey.Json(key.Get(flow.Challenge(Asked), new SoftKey.Says { Type = "webauthn.get", Flags = 0x01 }));
        SignIn.Messages((await KeyPerson.SubmitAsync(browser, flow, new() { ["passkey_login"] = unverified })).Body).ShouldBe([4000043]);
        (await KeyPerson.SubmitAsync(browser, flow, new() { ["passkey_login"] = KeyPerson.Answer(key, flow, Asked) })).Status.ShouldBe(HttpStatusCode.OK);
    }

    private static async Task<JsonElement> SignUpAsync(Browser browser, SoftKey key)
    {
        var flow = await browser.BeginAsync("registration");
        key.UserHandle = Base64Url.DecodeFromChars((string)flow.Options(Options)["user"]!["id"]!);
        var (status, body) = await KeyPerson.SubmitAsync(browser, flow, new() { ["traits"] = new { email = Pat }, ["passkey_register"] = SoftKey.Json(key.Create(flow.Challenge(Options)), key.Id) });
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        return body;
    }
}

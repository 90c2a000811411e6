using System.Net;
using Ascent.Config;
using Ascent.Crypto.Hashing;
using Shouldly;

namespace Ascent.Tests.Identities;

public sealed class CredentialTests
{
    private const string Key = """{"id":"Y3JlZGVudGlhbC0x","public_key":"bm90IGEgcmVhbCBrZXk=","attestation_type":"none","authenticator":{"aaguid":"AAAAAAAAAAAAAAAAAAAAAA==","sign_count":0,"clone_warning":false},"display_name":"Key 1","added_at":"2024-01-02T03:04:05Z","is_passwordless":false}""";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task What_cannot_be_imported_is_refused_by_name(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);

        foreach (var (credentials, named) in ((string, string)[])[
            ("""{"password":{"config":{"hashed_password":"plain"}}}""", "hashed_password"), ("""{"password":{"config":{"hashed_password":""}}}""", "hashed_password"), ("""{"password":{}}""", "hashed_password"),
            ("""{"password":{"config":{"hashed_password":"$2a$16$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sq"}}}""", "hashed_password"),
            ("""{"password":{"config":{"hashed_password":"$argon2id$v=19$m=64,t=1"}}}""", "hashed_password"), ("""{"password":{"config":{"password":5}}}""", "/credentials/password/config/password"),
            ("{\"password\":{\"config\":{\"password\":\"" + new string('x', 73) + "\"}}}", "/credentials/password/config/password"), ("""{"password":"x"}""", "/credentials/password"),
            ("""{"magic":{"config":{}}}""", "/credentials/magic"), ("""{"password":{"config":{"password":"x","salt":"y"}}}""", "salt"), ("[]", "/credentials"),
            ("""{"totp":{"config":{}}}""", "totp_url"), ("""{"totp":{"config":{"totp_url":"https://example.org"}}}""", "totp_url"), ("""{"totp":{"config":{"totp_url":"otpauth://totp/x?secret=1"}}}""", "totp_url"),
            ("""{"lookup_secret":{"config":{"codes":[{"code":""}]}}}""", "code"), ("""{"lookup_secret":{"config":{"codes":[{"code":"a","used_at":"yesterday"}]}}}""", "/codes/0/used_at"), ("""{"lookup_secret":{"config":{"codes":{}}}}""", "codes"),
            ("""{"oidc":{"config":{"providers":[{"provider":"acme"}]}}}""", "subject"), ("""{"oidc":{"config":{"providers":[{"provider":"","subject":"s"}]}}}""", "provider"), ("""{"oidc":{"config":{"providers":["acme"]}}}""", "/providers/0"),
            ("""{"saml":{"config":{"providers":[{"provider":"okta","subject":"s","organization":"acme"}]}}}""", "organization"),
            ("{\"oidc\":{\"config\":{\"providers\":[{\"provider\":\"acme\",\"subject\":\"" + new string('s', 600) + "\"}]}}}", "512"),
            ($$$$$"""{"passkey":{"config":{"credentials":[{{{{{Key}}}}}]}}}""", "user_handle"), ("""{"passkey":{"config":{"credentials":[],"user_handle":"aGFuZGxlLTM="}}}""", "credentials"),
            ("""{"webauthn":{"config":{"credentials":[{"id":"not base64!","public_key":"eA=="}]}}}""", "/webauthn/config/credentials/0/id"), ("""{"webauthn":{"config":{"user_handle":5}}}""", "user_handle"),
            ("""{"webauthn":{"config":{"credentials":[{"id":"eA==","public_key":"eA==","authenticator":{"sign_count":-1}}]}}}""", "sign_count")])
            (await host.PostAsync("/admin/identities", $$$$$"""{"traits":{"email":"ada@example.org"},"credentials":{{{{{credentials}}}}}}""")).ShouldBeRefused(named);

        (await host.GetAsync("/admin/identities")).Json.GetArrayLength().ShouldBe(0);
        host.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_put_adds_links_keys_and_codes_and_replaces_the_password(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = await host.MakeIdAsync("ada@example.org", $$$$$"""
            "credentials":{"password":{"config":{"hashed_password":"$md5$AAAA","password":"x"}},"lookup_secret":{"config":{"codes":[{"code":"a"}]}},
            "oidc":{"config":{"providers":[{"provider":"acme","subject":"s"}]}},"webauthn":{"config":{"credentials":[{{{{{Key}}}}}],"user_handle":"aGFuZGxlLTE="}},"passkey":{"config":{"credentials":[{{{{{Key}}}}}],"user_handle":"/w=="}}}
            """);
        var path = $"/admin/identities/{id}?include_credential=password&include_credential=lookup_secret&include_credential=oidc&include_credential=webauthn&include_credential=passkey";
        var first = (await host.GetAsync(path)).Json;
        first.At("credentials/password/config/hashed_password").GetString()!.ShouldStartWith("$2a$04$");
        first.At("credentials/webauthn/config").ShouldBeJson($$$$$"""{"credentials":[{{{{{Key}}}}}],"user_handle":"aGFuZGxlLTE="}""");
        first.At("credentials/passkey/identifiers").ShouldBeJson("""["base64url:_w"]""");

        (await host.PutAsync($"/admin/identities/{id}", $$$$$"""
            {"traits":{"email":"ada@example.org"},"credentials":{"password":{"config":{"hashed_password":"$md5$AAAA"}},"lookup_secret":{"config":{"codes":[{"code":"a"},{"code":"b"}]}},
             "oidc":{"config":{"providers":[{"provider":"acme","subject":"s"},{"provider":"acme","subject":"t"}]}},"webauthn":{"config":{"credentials":[{{{{{Key.Replace("Y3JlZGVudGlhbC0x", "Y3JlZGVudGlhbC0y", StringComparison.Ordinal)}}}}}]}},"magic":{}}}
            """)).ShouldBe(HttpStatusCode.OK);

        var second = (await host.GetAsync(path)).Json;
        second.At("credentials/password/config/hashed_password").GetString().ShouldBe("$md5$AAAA");
        second.At("credentials/lookup_secret/config/recovery_codes").EnumerateArray().Select(c => c.At("code").GetString()).ShouldBe(["a", "b"]);
        second.At("credentials/oidc/identifiers").ShouldBeJson("""["acme:s","acme:t"]""");
        second.At("credentials/oidc/config/providers").GetArrayLength().ShouldBe(2);
        second.At("credentials/webauthn/config/credentials").GetArrayLength().ShouldBe(2);
        second.At("credentials/webauthn/config/user_handle").GetString().ShouldBe("aGFuZGxlLTE=");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_credential_goes_unless_it_is_the_last_way_in(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = await host.MakeIdAsync("ada@example.org", $$$$$"""
            "credentials":{"password":{"config":{"password":"x"}},"totp":{"config":{"totp_url":"otpauth://totp/x?secret=JBSWY3DPEHPK3PXP"}},"lookup_secret":{"config":{"codes":[{"code":"a"}]}},"webauthn":{"config":{"credentials":[{{{{{Key}}}}}],"user_handle":"aGFuZGxlLTE="}}}
            """);
        var at = $"/admin/identities/{id}/credentials";

        (await host.DeleteAsync($"{at}/totp")).ShouldBe(HttpStatusCode.NoContent);
        (await host.DeleteAsync($"{at}/totp")).ShouldBe(HttpStatusCode.NotFound).Reason.ShouldContain("totp");
        (await host.DeleteAsync($"{at}/lookup_secret")).ShouldBe(HttpStatusCode.NoContent);
        (await host.DeleteAsync($"{at}/webauthn")).ShouldBe(HttpStatusCode.NoContent);
        var handle = Convert.ToBase64String(Guid.Parse(id).ToByteArray(bigEndian: true));
        (await host.GetAsync($"/admin/identities/{id}?include_credential=webauthn")).Json.At("credentials/webauthn/config").ShouldBeJson($$$$$"""{"user_handle":"{{{{{handle}}}}}"}""");
        (await host.DeleteAsync($"{at}/password")).ShouldBeRefused("last");
        (await host.DeleteAsync($"{at}/code")).ShouldBeRefused("code");
        (await host.DeleteAsync($"{at}/oidc?identifier=acme:s")).ShouldBe(HttpStatusCode.NotFound);
        (await host.DeleteAsync($"{at}/magic")).ShouldBe(HttpStatusCode.NotFound);
        (await host.PutAsync($"/admin/identities/{id}", """{"traits":{"email":"ada@example.org"},"credentials":{"oidc":{"config":{"providers":[{"provider":"acme","subject":"s"}]}}}}""")).ShouldBe(HttpStatusCode.OK);
        (await host.DeleteAsync($"{at}/oidc")).ShouldBeRefused("identifier");
        (await host.DeleteAsync($"{at}/oidc?identifier=acme:t")).ShouldBe(HttpStatusCode.NotFound);
        (await host.DeleteAsync($"{at}/password")).ShouldBe(HttpStatusCode.NoContent);
        (await host.GetAsync($"/admin/identities/{id}?include_credential=password")).Json.At("credentials/password/config").ShouldBeJson("{}");
        (await host.DeleteAsync($"{at}/oidc?identifier=acme:s")).ShouldBeRefused("last");
        (await host.DeleteAsync($"/admin/identities/{IdentityHost.Nobody}/credentials/totp")).ShouldBe(HttpStatusCode.NotFound);
        (await host.DeleteAsync("/admin/identities/not-a-uuid/credentials/totp")).ShouldBe(HttpStatusCode.NotFound);
        host.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Argon2_takes_a_password_of_any_length(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine, hashing: new HasherOptions { Algorithm = Algorithm.Argon2id, Argon2MemoryKiB = 64, Parallelism = 1 });

        var made = await host.MakeAsync("ada@example.org", "\"credentials\":{\"password\":{\"config\":{\"password\":\"" + new string('x', 200) + "\"}}}");

        (await host.GetAsync($"/admin/identities/{made.At("id")}?include_credential=password")).Json.At("credentials/password/config/hashed_password").GetString()!.ShouldStartWith("$argon2id$");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_new_secret_in_front_still_opens_what_the_old_one_sealed(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = await host.MakeIdAsync("ada@example.org", "\"credentials\":{\"totp\":{\"config\":{\"totp_url\":\"otpauth://totp/x?secret=JBSWY3DPEHPK3PXP\"}}}");
        host.Config.Replace(host.Config.Current with { Secrets = new SecretsConfig { Default = [new Secret("another secret of the suite"), .. host.Config.Current.Secrets.Default] } });

        (await host.GetAsync($"/admin/identities/{id}?include_credential=totp")).ShouldBe(HttpStatusCode.OK).Json.At("credentials/totp/config/totp_url").GetString().ShouldBe("otpauth://totp/x?secret=JBSWY3DPEHPK3PXP");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_batch_creates_what_can_be_created(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        await host.MakeAsync("ada@example.org", "\"external_id\":\"ada\"");
        const string Patch = "11111111-1111-4111-8111-111111111111";
        static string One(string email, string more = "") => $$$$$"""{"create":{"traits":{"email":"{{{{{email}}}}}"}{{{{{more}}}}}}}""";
        Task<Answer> Batch(params string[] items) => host.PatchAsync("/admin/identities", $$$$$"""{"identities":[{{{{{string.Join(',', items)}}}}}]}""");

        var mixed = (await Batch($$$$$"""{"create":{"traits":{"email":"bob@example.org"},"credentials":{"password":{"config":{"password":"x"}}}},"patch_id":"{{{{{Patch}}}}}"}""",
            One("ADA@example.org"), One("bob@example.org"), One("cyd@example.org", ",\"schema_id\":\"alien\""), One("no address"), One("dee@example.org"))).ShouldBe(HttpStatusCode.OK).Json;

        mixed.At("identities").EnumerateArray().Select(i => i.At("action").GetString()).ShouldBe(["create", "error", "error", "error", "error", "create"]);
        mixed.At("identities").EnumerateArray().Skip(1).Take(4).Select(i => i.At("error/code").GetInt32()).ShouldBe([409, 409, 400, 400]);
        mixed.At("identities/0/patch_id").GetString().ShouldBe(Patch);
        mixed.At("identities/1").TryGetProperty("identity", out var none).ShouldBeFalse(none.ToString());
        (await Batch(One("eve@example.org"), One("fay@example.org", ",\"external_id\":\"ada\""))).ShouldBe(HttpStatusCode.Conflict);
        (await Batch(One("eve@example.org"), One("fay@example.org", ",\"credentials\":{\"password\":{\"config\":{\"hashed_password\":\"plain\"}}}"))).ShouldBeRefused("/identities/1/create/credentials/password/config/hashed_password");
        (await Batch(One("eve@example.org"), One("fay@example.org", ",\"state\":\"frozen\""))).ShouldBeRefused("/identities/1/create/state");
        (await Batch()).ShouldBe(HttpStatusCode.OK).Text.Trim().ShouldBe("""{"identities":[]}""");
        (await host.PatchAsync("/admin/identities", "{}")).ShouldBe(HttpStatusCode.OK);
        (await Batch("""{"create":{"traits":{}},"patch_id":"first"}""")).ShouldBeRefused("patch_id");
        (await Batch($$$$$"""{"delete":"{{{{{Patch}}}}}"}""")).ShouldBeRefused("create");
        (await Batch([.. Enumerable.Range(0, 1001).Select(n => One($"n{n}@example.org"))])).ShouldBeRefused("1000");
        (await Batch([.. Enumerable.Range(0, 201).Select(n => One($"n{n}@example.org", ",\"credentials\":{\"password\":{\"config\":{\"password\":\"x\"}}}"))])).ShouldBeRefused("200");
        (await host.GetAsync("/admin/identities")).Json.EnumerateArray().Select(i => i.At("traits/email").GetString()).Order().ShouldBe(["ada@example.org", "bob@example.org", "dee@example.org"]);
        var many = await Batch([.. Enumerable.Range(0, 1000).Select(n => One($"m{n}@example.org"))]);
        many.ShouldBe(HttpStatusCode.OK).Json.At("identities").EnumerateArray().ShouldAllBe(i => i.GetProperty("action").GetString() == "create");
        host.ShouldHaveLoggedNoFailure();
    }
}

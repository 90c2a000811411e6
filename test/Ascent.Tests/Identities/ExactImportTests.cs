using System.Net;
using Ascent.Storage;
using Shouldly;

namespace Ascent.Tests.Identities;

/// <summary>Moving identities whole: what is read at one server is written at another, and read there again.</summary>
public sealed class ExactImportTests
{
    private const string All = "?include_credential=password&include_credential=oidc&include_credential=totp&include_credential=lookup_secret&include_credential=webauthn&include_credential=passkey&include_credential=code";

    private const string Full = """
        {"schema_id":"default","traits":{"email":"Full@Example.org","name":{"first":"Fay"},"age":40},"metadata_public":{"tier":"gold"},"metadata_admin":{"crm":17},
         "state":"inactive","external_id":"crm-17","organization_id":"7f1d4d6e-6b0f-4d1e-9d06-0c2a2c4e4a11",
         "verifiable_addresses":[{"value":"Full@Example.org","via":"email","verified":true,"status":"completed"}],
         "credentials":{"password":{"config":{"password":"correct-horse-battery-9"}},"oidc":{"config":{"providers":[{"provider":"acme","subject":"sub-17"}]}},
          "totp":{"config":{"totp_url":"otpauth://totp/Conformance:fay?secret=JBSWY3DPEHPK3PXP&issuer=Conformance"}},"lookup_secret":{"config":{"codes":[{"code":"aaaa1111"},{"code":"bbbb2222","used_at":"2024-01-02T03:04:05Z"}]}},
          "passkey":{"config":{"user_handle":"aGFuZGxl","credentials":[{"id":"a2V5","public_key":"cHVi+w==","display_name":"key","is_passwordless":true}]}}}}
        """;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task What_was_read_comes_back_to_the_byte(string engine)
    {
        await using var from = await IdentityHost.StartAsync(engine);
        await using var to = await IdentityHost.StartAsync(engine);
        string[] ids = [(await from.PostAsync("/admin/identities", Full)).ShouldBe(HttpStatusCode.Created).Json.At("id").GetString()!, (await from.MakeAsync("plain@example.org")).At("id").GetString()!];

        var one = (await from.GetAsync($"/admin/identities/{ids[0]}{All}")).Text;
        (await to.PostAsync("/admin/identities?import=exact", one)).ShouldBe(HttpStatusCode.Created);
        var many = $$"""{"identities":[{"create":{{one}}},{"create":{{(await from.GetAsync($"/admin/identities/{ids[1]}{All}")).Text}}}]}""";
        var batch = (await to.PatchAsync("/admin/identities?import=exact", many)).ShouldBe(HttpStatusCode.OK).Json;
        batch.At("identities/0/error/code").GetInt32().ShouldBe(409);
        batch.At("identities/1/identity").GetString().ShouldBe(ids[1]);

        foreach (var id in ids) (await to.GetAsync($"/admin/identities/{id}{All}")).Text.ShouldBe((await from.GetAsync($"/admin/identities/{id}{All}")).Text);
        to.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task An_address_that_another_has_is_not_taken_from_them(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var ada = await host.MakeAsync("ada@example.org");
        var address = ada.At("verifiable_addresses/0/id").GetString();
        (await host.PostAsync("/admin/identities?import=exact",
            $$"""{"id":"{{IdentityHost.Nobody}}","traits":{"email":"eve@example.org"},"verifiable_addresses":[{"id":"{{address}}","via":"email","value":"eve@example.org","verified":true}]}""")).ShouldBe(HttpStatusCode.Conflict);
        (await host.GetAsync($"/admin/identities/{ada.At("id").GetString()}")).Json.At("verifiable_addresses/0/verified").GetBoolean().ShouldBeFalse();
    }

    [Theory]
    [InlineData("", """{"id":"2d8aee0c-6c1e-4d6c-a5c3-0f7b3b4c2f0d","traits":{"email":"a@example.org"}}""", "/id")]
    [InlineData("?import=exact", """{"traits":{"email":"a@example.org"}}""", "/id")]
    [InlineData("?import=exact", """{"id":"2d8aee0c-6c1e-4d6c-a5c3-0f7b3b4c2f0d","traits":{"email":"a@example.org"},"credentials":{"totp":{"type":"totp"}}}""", "/credentials/totp/config")]
    [InlineData("?import=exact", """{"id":"2d8aee0c-6c1e-4d6c-a5c3-0f7b3b4c2f0d","traits":{"email":"a@example.org"},"credentials":{"totp":{"type":"password","config":{}}}}""", "/credentials/totp/type")]
    [InlineData("?import=exact", """{"id":"2d8aee0c-6c1e-4d6c-a5c3-0f7b3b4c2f0d","traits":{"email":"a@example.org"},"colour":"red"}""", "/colour")]
    [InlineData("?import=all", """{"traits":{"email":"a@example.org"}}""", "import")]
    [InlineData("", """{"traits":{"email":"a@example.org"},"verifiable_addresses":[{"via":"mail","value":"a@example.org"}]}""", "/verifiable_addresses/0/via")]
    [InlineData("", """{"traits":{"email":"a@example.org"},"recovery_addresses":[{"via":"phone","value":"a@example.org"}]}""", "/recovery_addresses/0/via")]
    public async Task What_is_wrong_is_named(string query, string body, string field)
    {
        await using var host = await IdentityHost.StartAsync("sqlite");
        (await host.PostAsync("/admin/identities" + query, body)).ShouldBe(HttpStatusCode.BadRequest).Text.ShouldContain(field);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Who_read_which_credentials_of_whom_is_kept(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = (await host.PostAsync("/admin/identities", Full)).ShouldBe(HttpStatusCode.Created).Json.At("id").GetString()!;
        await host.GetAsync($"/admin/identities/{id}");
        await host.GetAsync($"/admin/identities/{id}?include_credential=totp&include_credential=lookup_secret&include_credential=saml");
        await host.GetAsync("/admin/identities?include_credential=oidc");
        await host.GetAsync("/admin/identities/by/external/crm-17?include_credential=password");
        var events = await host.Db.ReadAsync(new Sql("select data, actor, identity_id from event where type = 'identity.credentials_read' order by id"), r => (Data: r.Text(0), Actor: r.Text(1), Id: r.Guid(2)), CancellationToken.None);
        events.ShouldBe([
            ("""{"types":["lookup_secret","totp"]}""", "admin", Guid.Parse(id)), ("""{"types":["oidc"]}""", "admin", Guid.Parse(id)), ("""{"types":["password"]}""", "admin", Guid.Parse(id)),
        ]);
    }
}

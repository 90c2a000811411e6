using System.Net;
using System.Text.Json;
using Ascent.Storage;
using Shouldly;

namespace Ascent.Tests.Identities;

public sealed class IdentityAdminTests
{
    private const string Full = """
        {"schema_id":"default","traits":{"email":"Full@Example.org","name":{"first":"Fay"},"age":40},"metadata_public":{"tier":"gold"},"metadata_admin":{"crm":17},
         "state":"active","external_id":"crm-17","organization_id":"7f1d4d6e-6b0f-4d1e-9d06-0c2a2c4e4a11",
         "verifiable_addresses":[{"value":"Full@Example.org","via":"email","verified":true,"status":"completed"}],"recovery_addresses":[{"value":"Full@Example.org","via":"email"}],
         "credentials":{"password":{"config":{"password":"correct-horse-battery-9"}},"oidc":{"config":{"providers":[{"provider":"acme","subject":"sub-17"}]}},
          "totp":{"config":{"totp_url":"otpauth://totp/Conformance:fay?secret=JBSWY3DPEHPK3PXP&issuer=Conformance"}},"lookup_secret":{"config":{"codes":[{"code":"aaaa1111"},{"code":"bbbb2222","used_at":"2024-01-02T03:04:05Z"}]}}}}
        """;

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_whole_identity_comes_back_in_the_order_of_the_contract(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);

        var created = (await host.PostAsync("/admin/identities", Full)).ShouldBe(HttpStatusCode.Created);

        var id = created.Json.At("id").GetString()!;
        created.Response.Headers.Location!.ToString().ShouldBe($"http://admin.example.org/identities/{id}");
        var read = (await host.GetAsync($"/admin/identities/{id}")).ShouldBe(HttpStatusCode.OK).Json;
        read.EnumerateObject().Select(p => p.Name).ShouldBe(["id", "external_id", "credentials", "schema_id", "schema_url", "state", "state_changed_at", "traits",
            "verifiable_addresses", "recovery_addresses", "metadata_public", "metadata_admin", "created_at", "updated_at", "organization_id"]);
        read.At("credentials").EnumerateObject().Select(c => c.Name).ShouldBe(["code", "lookup_secret", "oidc", "password", "totp", "webauthn"]);
        read.At("credentials/password/identifiers").ShouldBeJson("""["full@example.org"]""");
        read.At("credentials/totp/identifiers").ShouldBeJson($"[\"{id}\"]");
        read.At("credentials/oidc/identifiers").ShouldBeJson("""["acme:sub-17"]""");
        read.At("credentials").EnumerateObject().SelectMany(c => c.Value.EnumerateObject()).Select(p => p.Name).ShouldNotContain("config");
        read.At("schema_url").GetString().ShouldBe("http://id.example.org/schemas/ZGVmYXVsdA");
        read.At("traits/email").GetString().ShouldBe("Full@Example.org");
        read.At("verifiable_addresses/0/value").GetString().ShouldBe("full@example.org");
        read.At("verifiable_addresses/0/verified").GetBoolean().ShouldBeTrue();
        read.At("verifiable_addresses/0/verified_at").GetString()!.ShouldEndWith("Z");
        created.Json.At("credentials/password/version").GetInt32().ShouldBe(0);
        created.Json.At("credentials/code/version").GetInt32().ShouldBe(1);
        read.At("credentials/password/version").GetInt32().ShouldBe(1);
        host.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Secrets_are_shown_on_request_and_lie_sealed_in_the_database(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = (await host.PostAsync("/admin/identities", Full)).ShouldBe(HttpStatusCode.Created).Json.At("id").GetString()!;

        var read = (await host.GetAsync($"/admin/identities/{id}?include_credential=totp&include_credential=lookup_secret&include_credential=password&include_credential=oidc")).Json;

        read.At("credentials/totp/config").ShouldBeJson("""{"totp_url":"otpauth://totp/Conformance:fay?secret=JBSWY3DPEHPK3PXP&issuer=Conformance"}""");
        read.At("credentials/lookup_secret/config").ShouldBeJson("""{"recovery_codes":[{"code":"aaaa1111","used_at":null},{"code":"bbbb2222","used_at":"2024-01-02T03:04:05Z"}]}""");
        read.At("credentials/password/config/hashed_password").GetString()!.ShouldStartWith("$2a$04$");
        read.At("credentials/oidc/config").ShouldBeJson("""{"providers":[{"initial_id_token":"","initial_access_token":"","initial_refresh_token":"","subject":"sub-17","provider":"acme"}]}""");
        var stored = string.Join('\n', await host.Db.ReadAsync(new Sql("select config from credential"), r => r.Text(0), CancellationToken.None));
        stored.ShouldNotContain("JBSWY3DPEHPK3PXP");
        stored.ShouldNotContain("aaaa1111");
        foreach (var wrong in (string[])["magic", "", "password&include_credential=magic"])
            (await host.GetAsync($"/admin/identities/{id}?include_credential={wrong}")).ShouldBeRefused("include_credential");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task What_leads_to_one_identity_cannot_lead_to_another(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        await host.PostAsync("/admin/identities", Full);

        foreach (var (body, what) in ((string, string)[])[
            ("""{"traits":{"email":"full@example.org"}}""", "identifier"),
            ("""{"traits":{"email":"ＦULL@example.ORG"}}""", "identifier"),
            ("""{"traits":{"email":"other@example.org"},"external_id":"crm-17"}""", "external_id"),
            ("""{"traits":{"email":"other@example.org"},"credentials":{"oidc":{"config":{"providers":[{"provider":"acme","subject":"sub-17"}]}}}}""", "oidc")])
            (await host.PostAsync("/admin/identities", body)).ShouldBe(HttpStatusCode.Conflict).Reason.ShouldContain(what);
        (await host.PostAsync("/admin/identities", """{"traits":{"email":"other@example.org"},"credentials":{"oidc":{"config":{"providers":[{"provider":"umbrella","subject":"sub-17"}]}}}}""")).ShouldBe(HttpStatusCode.Created);
        host.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Of_twenty_who_want_the_same_address_at_once_one_gets_it(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => host.PostAsync("/admin/identities", """{"traits":{"email":"wanted@example.org"}}""")));

        answers.Count(a => a.Status == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(a => a.Status == HttpStatusCode.Conflict).ShouldBe(19);
        host.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task An_id_is_read_in_every_spelling_and_an_unknown_one_is_not_found(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = await host.MakeIdAsync("ada@example.org", "\"external_id\":\"ext 1/2\"");

        foreach (var path in (string[])[id, id.ToUpperInvariant(), id.Replace("-", "", StringComparison.Ordinal), "by/external/ext%201%2F2"])
            (await host.GetAsync($"/admin/identities/{path}")).ShouldBe(HttpStatusCode.OK).Json.At("id").GetString().ShouldBe(id);
        (await host.GetAsync($"/identities/{id}")).ShouldBe(HttpStatusCode.OK);
        (await host.SendAsync("HEAD", $"/admin/identities/{id}")).ShouldBe(HttpStatusCode.OK).Text.ShouldBeEmpty();
        foreach (var path in (string[])[IdentityHost.Nobody, "not-a-uuid", "by/external/nobody"])
            (await host.GetAsync($"/admin/identities/{path}")).ShouldBe(HttpStatusCode.NotFound);
        (await host.DeleteAsync($"/admin/identities/{id}")).ShouldBe(HttpStatusCode.NoContent);
        (await host.DeleteAsync($"/admin/identities/{id}")).ShouldBe(HttpStatusCode.NotFound);
        (await host.GetAsync("/admin/identities/by/external/ext%201%2F2")).ShouldBe(HttpStatusCode.NotFound);
        (await host.PostAsync("/admin/identities", """{"traits":{"email":"ada@example.org"},"external_id":"ext 1/2"}""")).ShouldBe(HttpStatusCode.Created);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_put_drops_what_it_does_not_say_and_keeps_credentials(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = (await host.PostAsync("/admin/identities", Full)).Json.At("id").GetString()!;

        var put = (await host.PutAsync($"/admin/identities/{id}", """{"traits":{"email":"countess@example.org"},"colour":"red"}""")).ShouldBe(HttpStatusCode.OK).Json;

        put.TryGetProperty("external_id", out _).ShouldBeFalse();
        put.At("metadata_public").ValueKind.ShouldBe(JsonValueKind.Null);
        put.At("organization_id").GetString().ShouldBe("7f1d4d6e-6b0f-4d1e-9d06-0c2a2c4e4a11");
        put.At("credentials").EnumerateObject().Select(c => c.Name).ShouldBe(["code", "lookup_secret", "oidc", "password", "totp", "webauthn"]);
        put.At("credentials/password/identifiers").ShouldBeJson("""["countess@example.org"]""");
        put.At("verifiable_addresses/0/verified").GetBoolean().ShouldBeFalse();
        (await host.PostAsync("/admin/identities", """{"traits":{"email":"full@example.org"},"external_id":"crm-17"}""")).ShouldBe(HttpStatusCode.Created);
        (await host.PutAsync($"/admin/identities/{id}", """{"traits":{"email":"full@example.org"}}""")).ShouldBe(HttpStatusCode.Conflict);
        (await host.PutAsync($"/admin/identities/{id}", """{"traits":{"email":"x@example.org"},"state":"frozen"}""")).ShouldBeRefused("/state");
        (await host.PutAsync($"/admin/identities/{id}", """{"schema_id":"alien","traits":{"email":"x@example.org"}}""")).ShouldBeRefused("alien");
        (await host.SendAsync("PUT", $"/admin/identities/{id}", """{"traits":{"email":"x@example.org"}}""", "text/plain")).ShouldBeRefused("Content-Type");
        (await host.PutAsync($"/admin/identities/{IdentityHost.Nobody}", """{"traits":{"email":"x@example.org"}}""")).ShouldBe(HttpStatusCode.NotFound);
        host.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Another_schema_keeps_what_it_does_not_speak_of(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = await host.MakeIdAsync("ada@example.org", "\"credentials\":{\"password\":{\"config\":{\"password\":\"x\"}}}");

        var put = (await host.PutAsync($"/admin/identities/{id}", """{"schema_id":"employee","traits":{"username":"Ada"}}""")).ShouldBe(HttpStatusCode.OK).Json;

        put.At("credentials/password/identifiers").ShouldBeJson("""["ada"]""");
        put.At("credentials/code/identifiers").ShouldBeJson("""["ada@example.org"]""");
        put.TryGetProperty("verifiable_addresses", out _).ShouldBeFalse();
        (await host.GetAsync($"/admin/identities/{id}")).Json.At("schema_url").GetString().ShouldBe("http://id.example.org/schemas/ZW1wbG95ZWU");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Every_change_has_its_event(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = (await host.PostAsync("/admin/identities", Full)).Json.At("id").GetString()!;
        await host.PatchAsync($"/admin/identities/{id}", """[{"op":"replace","path":"/state","value":"inactive"}]""");
        await host.DeleteAsync($"/admin/identities/{id}/credentials/totp");
        await host.PatchAsync($"/admin/identities/{id}", """[{"op":"replace","path":"/state","value":"frozen"}]""");
        await host.PatchAsync($"/admin/identities/{id}", "[]");
        await host.DeleteAsync($"/admin/identities/{id}");

        var events = await host.Db.ReadAsync(new Sql("select type, data, actor, identity_id from event order by id"), r => (Type: r.Text(0), Data: r.Text(1), Actor: r.Text(2), Id: r.Guid(3)), CancellationToken.None);

        events.Select(e => e.Type).ShouldBe(["identity.created", "identity.updated", "identity.credential_deleted", "identity.deleted"]);
        events.ShouldAllBe(e => e.Actor == "admin" && e.Id == Guid.Parse(id));
        events[1].Data.ShouldBe("""{"changed":["state"]}""");
        events[2].Data.ShouldBe("""{"type":"totp"}""");
    }
}

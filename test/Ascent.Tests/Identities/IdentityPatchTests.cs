using System.Net;
using System.Text.Json;
using Ascent.Identities;
using Shouldly;

namespace Ascent.Tests.Identities;

public sealed class IdentityPatchTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Of_twenty_parallel_patches_none_that_was_acknowledged_is_lost(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = await host.MakeIdAsync("ada@example.org");
        (await host.PatchAsync($"/admin/identities/{id}", """[{"op":"add","path":"/traits/counters","value":{}},{"op":"add","path":"/metadata_public","value":[]}]""")).ShouldBe(HttpStatusCode.OK);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => host.PatchAsync($"/admin/identities/{id}",
            $$"""[{"op":"add","path":"/traits/counters/n{{n}}","value":{{n}}},{"op":"add","path":"/metadata_public/-","value":{{n}}}]""")));

        answers.ShouldAllBe(a => a.Status == HttpStatusCode.OK);
        var read = (await host.GetAsync($"/admin/identities/{id}")).Json;
        read.At("traits/counters").EnumerateObject().Select(p => p.Value.GetInt32()).Order().ShouldBe(Enumerable.Range(0, 20));
        read.At("metadata_public").EnumerateArray().Select(v => v.GetInt32()).Order().ShouldBe(Enumerable.Range(0, 20));
        (await host.Store.FindAsync(host.Tenant.Nid, Guid.Parse(id), CancellationToken.None))!.Version.ShouldBe(22);
        host.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_patch_changes_what_may_be_changed(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = await host.MakeIdAsync("ada@example.org", "\"metadata_public\":{\"tags\":[\"a\",\"b\"]},\"credentials\":{\"password\":{\"config\":{\"password\":\"x\"}}}");

        var patched = (await host.PatchAsync($"/admin/identities/{id}", """
            [{"op":"add","path":"/metadata_public/tags/-","value":"c"},{"op":"add","path":"/metadata_public/tags/0","value":"first"},{"op":"add","path":"/metadata_admin","value":{"a/b~c":1}},
             {"op":"replace","path":"/metadata_admin/a~1b~0c","value":2},{"op":"replace","path":"/external_id","value":"crm-2"},{"op":"replace","path":"/traits/email","value":"countess@example.org"},
             {"op":"add","path":"/organization_id","value":"7f1d4d6e-6b0f-4d1e-9d06-0c2a2c4e4a11"}]
            """)).ShouldBe(HttpStatusCode.OK).Json;

        patched.At("metadata_public").ShouldBeJson("""{"tags":["first","a","b","c"]}""");
        patched.At("metadata_admin").ShouldBeJson("""{"a/b~c":2}""");
        patched.At("external_id").GetString().ShouldBe("crm-2");
        patched.At("credentials/password/identifiers").ShouldBeJson("""["countess@example.org"]""");
        (await host.PatchAsync($"/admin/identities/{id}", """[{"op":"remove","path":"/metadata_public"},{"op":"remove","path":"/external_id"}]""")).Json.At("metadata_public").ValueKind.ShouldBe(JsonValueKind.Null);
        (await host.PatchAsync($"/admin/identities/{id}", """[{"op":"add","path":"/metadata_public","value":null}]""")).ShouldBe(HttpStatusCode.OK);
        host.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_patch_that_is_refused_in_part_changes_nothing(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = await host.MakeIdAsync("ada@example.org", "\"credentials\":{\"password\":{\"config\":{\"password\":\"x\"}},\"oidc\":{\"config\":{\"providers\":[{\"provider\":\"acme\",\"subject\":\"s\"}]}}}");
        await host.MakeAsync("bob@example.org");
        var before = (await host.GetAsync($"/admin/identities/{id}?include_credential=password")).Text;

        foreach (var (operations, named) in ((string, string)[])[
            ("""{"op":"replace","path":"/state","value":"frozen"}""", "/state"), ("""{"op":"replace","path":"/state","value":null}""", "/state"), ("""{"op":"replace","path":"/id","value":"x"}""", "/id"),
            ("""{"op":"replace","path":"/ID","value":"x"}""", "/ID"), ("""{"op":"remove","path":"/credentials"}""", "/credentials"), ("""{"op":"remove","path":"/Credentials"}""", "/Credentials"),
            ("""{"op":"add","path":"/credentials/oidc","value":{}}""", "/credentials/oidc"), ("""{"op":"replace","path":"/credentials/OIDC/config/providers/0/subject","value":"s2"}""", "/credentials/OIDC"),
            ("""{"op":"add","path":"/credentials/oid~63","value":{}}""", "credentials"), ("""{"op":"add","path":"/credentials/magic","value":{}}""", "/credentials/magic"),
            ("""{"op":"remove","path":"/credentials/password"}""", "password"), ("""{"op":"remove","path":"/credentials/password/config/hashed_password"}""", "hashed_password"),
            ("""{"op":"replace","path":"/credentials/password/config/hashed_password","value":"plain"}""", "hashed_password"), ("""{"op":"add","path":"/credentials/totp","value":{"type":"totp","config":{"totp_url":"x"}}}""", "totp_url"),
            ("""{"op":"add","path":"/credentials/totp","value":{"config":{"totp_url":"otpauth://totp/a?secret=JBSWY3DPEHPK3PXP"}}}""", "type"),
            ("""{"op":"replace","path":"","value":{}}""", "path"), ("""{"op":"increment","path":"/traits/age"}""", "op"), ("""{"path":"/traits/age","value":4}""", "op"), ("""{"op":"test","path":"/traits/email","value":"ada@example.org"}""", "op"),
            ("""{"op":"remove","path":"/traits/note"}""", "/traits/note"), ("""{"op":"replace","path":"/traits/note","value":1}""", "/traits/note"), ("""{"op":"add","path":"/traits/note"}""", "value"),
            ("""{"op":"add","path":"/traits/nowhere/deep","value":1}""", "/traits/nowhere/deep"), ("""{"op":"add","path":"/verifiable_addresses/01","value":{}}""", "/verifiable_addresses/01"),
            ("""{"op":"add","path":"/verifiable_addresses/99999999999","value":{}}""", "/verifiable_addresses"), ("""{"op":"replace","path":"/verifiable_addresses/0/status","value":"lost"}""", "status"),
            ("""{"op":"replace","path":"/verifiable_addresses/0/verified","value":"yes"}""", "verified"), ("""{"op":"replace","path":"/schema_id","value":"alien"}""", "alien"), ("""{"op":"replace","path":"/schema_id","value":5}""", "/schema_id"),
            ("""{"op":"replace","path":"/traits","value":"text"}""", "#/traits"), ("""{"op":"add","path":"/traits/hobby","value":1}""", "hobby"), ("""{"op":"remove","path":"/traits/email"}""", "email"),
            ("""{"op":"add","path":"/created_at","value":"2020-01-01T00:00:00Z"}""", "/created_at"), ("""{"op":"replace","path":"/organization_id","value":"acme"}""", "organization_id"), ("""{"op":5,"path":"/state"}""", "op"), ("""5""", "/1")])
            (await host.PatchAsync($"/admin/identities/{id}", $$"""[{"op":"add","path":"/traits/age","value":99},{{operations}}]""")).ShouldBeRefused(named);
        (await host.PatchAsync($"/admin/identities/{id}", """[{"op":"replace","path":"/traits/email","value":"bob@example.org"}]""")).ShouldBe(HttpStatusCode.Conflict);
        (await host.PatchAsync($"/admin/identities/{id}", """{"traits":{"age":4}}""")).ShouldBeRefused("array");
        (await host.PatchAsync($"/admin/identities/{id}", $"[{string.Join(',', Enumerable.Repeat("""{"op":"add","path":"/traits/age","value":20}""", 1001))}]")).ShouldBeRefused("1000");

        (await host.GetAsync($"/admin/identities/{id}?include_credential=password")).Text.ShouldBe(before);
        host.ShouldHaveLoggedNoFailure();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task What_is_known_of_an_address_lasts_as_long_as_a_trait_names_it(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var id = await host.MakeIdAsync("ada@example.org");
        var patch = async (string operations) => (await host.PatchAsync($"/admin/identities/{id}", $"[{operations}]")).ShouldBe(HttpStatusCode.OK).Json;

        var verified = await patch("""{"op":"replace","path":"/verifiable_addresses/0/verified","value":true},{"op":"replace","path":"/verifiable_addresses/0/status","value":"completed"}""");
        verified.At("verifiable_addresses/0").TryGetProperty("verified_at", out _).ShouldBeTrue();
        var address = verified.At("verifiable_addresses/0/id").GetString();
        (await host.Store.FindVerifiableAddressAsync(host.Tenant.Nid, "email", "ada@example.org", CancellationToken.None))!.Verified.ShouldBeTrue();
        (await patch("""{"op":"replace","path":"/traits/email","value":"ADA@example.org"}""")).At("verifiable_addresses/0/id").GetString().ShouldBe(address);
        (await patch("""{"op":"remove","path":"/recovery_addresses"}""")).At("recovery_addresses").GetArrayLength().ShouldBe(1);
        (await patch("""{"op":"remove","path":"/verifiable_addresses"}""")).At("verifiable_addresses/0/verified").GetBoolean().ShouldBeTrue();
        (await patch("""{"op":"replace","path":"/traits/email","value":"ada@example.com"}""")).At("verifiable_addresses/0/verified").GetBoolean().ShouldBeFalse();
        var again = await patch("""{"op":"replace","path":"/traits/email","value":"ada@example.org"}""");
        again.At("verifiable_addresses/0/verified").GetBoolean().ShouldBeFalse();
        again.At("verifiable_addresses/0/id").GetString().ShouldNotBe(address);
        (await host.Store.FindVerifiableAddressAsync(host.Tenant.Nid, "email", "ada@example.com", CancellationToken.None)).ShouldBeNull();
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Marks_and_credentials_can_be_written_beside_each_other(string engine)
    {
        await using var host = await IdentityHost.StartAsync(engine);
        var (nid, id) = (host.Tenant.Nid, Guid.Parse(await host.MakeIdAsync("ada@example.org")));
        var none = CancellationToken.None;

        await Task.WhenAll(
            host.Writer.MarkAddressAsync(nid, id, new AddressMark("email", "ada@example.org", true), "self", none),
            host.Writer.SetCredentialAsync(nid, id, CredentialTypes.Totp, """{"totp_url":"otpauth://totp/x?secret=JBSWY3DPEHPK3PXP"}""", "self", none),
            host.PatchAsync($"/admin/identities/{id}", """[{"op":"add","path":"/traits/age","value":30}]"""));

        var identity = (await host.Store.FindAsync(nid, id, none))!;
        identity.VerifiableAddresses.Single().Verified.ShouldBeTrue();
        identity.AvailableAal.ShouldBe("aal2");
        identity.Traits.ShouldContain("30");
        (await host.Store.FindByCredentialIdentifierAsync(nid, CredentialTypes.Totp, id.ToString(), none))!.Credential.Config.ShouldContain("JBSWY3DPEHPK3PXP");
        (await host.Writer.DeleteCredentialAsync(nid, id, CredentialTypes.Totp, "self", none)).ShouldBeOfType<IdentityWrite.Updated>().State.Identity.AvailableAal.ShouldBe("aal0");
        (await host.Writer.SetCredentialAsync(nid, Guid.Parse(IdentityHost.Nobody), CredentialTypes.Totp, "{}", "self", none)).ShouldBeOfType<IdentityWrite.NotFound>();
    }
}

using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>Patches that nobody should send; what they leave behind can always be read again.</summary>
public sealed class BadPatchTests
{
    private const string Rich = """
        {"traits":{"email":"##@example.org","note":"n","list":[1,2]},"metadata_public":{"a":1},"metadata_admin":[1],"external_id":"##",
         "credentials":{
           "password":{"config":{"hashed_password":"$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq"}},
           "oidc":{"config":{"providers":[{"subject":"##","provider":"p"}]}},
           "totp":{"config":{"totp_url":"otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXP"}},
           "lookup_secret":{"config":{"codes":[{"code":"c"}]}},
           "webauthn":{"config":{"user_handle":"aGFuZGxl","credentials":[{"id":"aWQ=","public_key":"a2V5","is_passwordless":false,"attestation":{}}]}}}}
        """;

    private static readonly string[] Paths =
    [
        "", "/", "//", "x", "/id", "/ID", "/schema_url", "/created_at", "/state_changed_at", "/available_aal", "/version", "/nid", "/traits", "/Traits", "/traits/", "/traits/email", "/traits/email/x", "/traits/email/0", "/traits/-", "/traits/list/-", "/traits/list/0", "/traits/list/01",
        "/traits/list/-1", "/traits/list/2", "/traits/list/3", "/traits/list/99999999999999999999", "/traits/list/1e0", "/traits/~", "/traits/~2", "/traits/~0~1", "/traits/a~1b", "/traits/\\u0000", "/traits/\\ud800", "/traits/__proto__", "/traits/a/b/c/d", "/schema_id", "/state", "/external_id", "/organization_id",
        "/metadata_public", "/metadata_public/a", "/metadata_admin/0", "/metadata_admin/-", "/verifiable_addresses", "/verifiable_addresses/0", "/verifiable_addresses/0/value", "/verifiable_addresses/0/via", "/verifiable_addresses/0/verified", "/verifiable_addresses/0/status", "/verifiable_addresses/0/verified_at",
        "/verifiable_addresses/-", "/recovery_addresses", "/recovery_addresses/0/value", "/credentials", "/credentials/password", "/credentials/password/config", "/credentials/password/config/hashed_password", "/credentials/password/config/use_password_migration_hook", "/credentials/password/identifiers",
        "/credentials/password/identifiers/0", "/credentials/password/version", "/credentials/password/type", "/credentials/oidc", "/credentials/OIDC/config", "/credentials/oidc/config/providers/0/subject", "/credentials/saml", "/credentials/totp/config/totp_url", "/credentials/totp", "/credentials/totp/config", "/credentials/lookup_secret/config/recovery_codes",
        "/credentials/lookup_secret/config/recovery_codes/0/code", "/credentials/webauthn/config/credentials/0", "/credentials/webauthn/config/credentials/0/id", "/credentials/webauthn/config/credentials/0/attestation", "/credentials/webauthn/config/user_handle", "/credentials/passkey", "/credentials/code", "/credentials/code/config", "/credentials/x", "/credentials/\\u0000", "/credentials/'; drop table identity; --",
    ];

    [Fact]
    public async Task No_operation_at_any_path_makes_the_server_fail()
    {
        await using var twins = await Twins.StartAsync();
        var (counter, done) = (0, 0);
        await Parallel.ForEachAsync(Paths, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (path, _) =>
        {
            var ids = await twins.CreateAsync(Rich.Replace("##", $"e{Interlocked.Increment(ref counter)}", StringComparison.Ordinal));
            foreach (var op in (string[])["move", "copy", "test", "ADD", "", "\\u0000"])
                (await twins.AskAsync("PATCH", "/admin/identities/{0}", $$"""[{"op":"{{op}}","path":"{{path}}","from":"/traits","value":1}]""", ids)).Status.ShouldBe(400);
            for (var i = 0; i < OddValues.Json.Count; i++)
            {
                // What one leaves behind the next one reads.
                var answer = await twins.AskAsync("PATCH", "/admin/identities/{0}", $$"""[{"op":"{{(i % 2 == 0 ? "add" : "replace")}}","path":"{{path}}","value":{{OddValues.Json[i]}} }]""", ids);
                answer.Status.ShouldBeOneOf(200, 400, 409);
                if (answer.Status == 200) Interlocked.Increment(ref done);
            }
            (await twins.AskAsync("PATCH", "/admin/identities/{0}", $$"""[{"op":"remove","path":"{{path}}"}]""", ids)).Status.ShouldBeOneOf(200, 400);
            (await twins.AskAsync("GET", "/admin/identities/{0}?include_credential=password&include_credential=webauthn", (byte[]?)null, ids)).Status.ShouldBe(200);
        });
        done.ShouldBeGreaterThan(300);
        foreach (var server in twins.Both) (await server.AdminAsync("GET", "/admin/identities?page_size=500")).Status.ShouldBe(System.Net.HttpStatusCode.OK);
    }

    [Fact]
    public async Task Patches_that_are_no_operations_are_refused()
    {
        await using var twins = await Twins.StartAsync();
        var ids = await twins.CreateAsync("""{"traits":{"email":"a@example.org"}}""");
        foreach (var value in OddValues.Json)
            foreach (var body in (string[])[$"[{value}]", $$"""[{"op":{{value}},"path":"/traits/note","value":1}]""", $$"""[{"op":"add","path":{{value}},"value":1}]""", $$"""[{"op":"add","path":"/traits/note","wert":{{value}} }]"""])
                (await twins.AskAsync("PATCH", "/admin/identities/{0}", body, ids)).Status.ShouldBe(400, body);
        var many = $"[{string.Join(",", Enumerable.Repeat("""{"op":"add","path":"/traits/note","value":"x"}""", 1001))}]";
        (await twins.AskAsync("PATCH", "/admin/identities/{0}", many, ids)).Status.ShouldBe(400);
    }

    /// <summary>Each patch is shallow and short enough; what they add up to must be bounded all the same.</summary>
    [Theory]
    [InlineData("/traits/deep")]
    [InlineData("/metadata_public/deep")]
    [InlineData("/metadata_admin/deep")]
    [InlineData("/credentials/webauthn/config/credentials/0/attestation")]
    public async Task Many_patches_do_not_nest_what_one_may_not(string path)
    {
        await using var twins = await Twins.StartAsync();
        var ids = await twins.CreateAsync(Rich.Replace("##", "e", StringComparison.Ordinal).Replace("\"metadata_admin\":[1]", "\"metadata_admin\":{}", StringComparison.Ordinal));
        var last = 200;
        var at = path;
        for (var i = 0; i < 12 && last == 200; i++)
        {
            var nest = string.Concat(Enumerable.Repeat("{\"d\":", 20)) + "{}" + new string('}', 20);
            last = (await twins.AskAsync("PATCH", "/admin/identities/{0}", $$"""[{"op":"add","path":"{{at}}","value":{{nest}} }]""", ids)).Status;
            at += string.Concat(Enumerable.Repeat("/d", 20));
            (await twins.AskAsync("GET", "/admin/identities/{0}?include_credential=webauthn", (byte[]?)null, ids)).Status.ShouldBe(200);
        }
        last.ShouldBe(400);
        (await twins.AskAsync("PATCH", "/admin/identities/{0}", """[{"op":"add","path":"/traits/note","value":"still"}]""", ids)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Many_patches_do_not_grow_what_one_may_not()
    {
        await using var twins = await Twins.StartAsync();
        var ids = await twins.CreateAsync(Rich.Replace("##", "e", StringComparison.Ordinal));
        foreach (var path in (string[])["/traits/big{0}", "/metadata_public/big{0}", "/credentials/webauthn/config/credentials/0/attestation/big{0}"])
        {
            var last = 200;
            for (var i = 0; i < 3 && last == 200; i++)
                last = (await twins.AskAsync("PATCH", "/admin/identities/{0}", $$"""[{"op":"add","path":"{{path.Replace("{0}", i.ToString(), StringComparison.Ordinal)}}","value":"{{new string('x', 3_000_000)}}"}]""", ids)).Status;
            last.ShouldBe(400, path);
        }
    }

    [Fact]
    public async Task One_operation_that_fails_undoes_all_of_them()
    {
        await using var twins = await Twins.StartAsync();
        var ids = await twins.CreateAsync("""{"traits":{"email":"a@example.org","note":"before"}}""");
        (await twins.AskAsync("PATCH", "/admin/identities/{0}", """[{"op":"replace","path":"/traits/note","value":"after"},{"op":"remove","path":"/traits/none"}]""", ids)).Status.ShouldBe(400);
        for (var i = 0; i < 2; i++)
            (await twins.Both[i].GetAsync(ids[i])).GetProperty("traits").GetProperty("note").ValueEquals("before"u8).ShouldBeTrue();
    }
}

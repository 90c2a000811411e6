using System.Text;
using System.Text.Json;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>Bodies that are broken or hold what does not belong there: both engines answer alike, and never with a failure of their own.</summary>
public sealed class BadBodyTests
{
    private const string Whole = """
        {"schema_id":"default","state":"active","traits":{"email":"@@","note":"n","age":1},"metadata_public":{"a":1},"metadata_admin":{"b":2},"external_id":"e","organization_id":null,
         "credentials":{
           "password":{"config":{"hashed_password":"$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq","password":null,"use_password_migration_hook":false}},
           "oidc":{"config":{"providers":[{"subject":"s","provider":"p","organization":null,"use_auto_link":false}]}},
           "saml":{"config":{"providers":[{"subject":"s","provider":"p"}]}},
           "totp":{"config":{"totp_url":"otpauth://totp/A:b?secret=JBSWY3DPEHPK3PXP"}},
           "lookup_secret":{"config":{"codes":[{"code":"c","used_at":null}]}},
           "webauthn":{"config":{"user_handle":"aGFuZGxl","credentials":[{"id":"aWQ=","public_key":"a2V5","attestation_type":"none","display_name":"d","added_at":"2026-01-01T00:00:00Z","is_passwordless":false,"transport":["usb"],"authenticator":{"aaguid":"AAAA","sign_count":1,"clone_warning":false},"flags":{"user_present":true},"attestation":{}}]}},
           "passkey":{"config":{"user_handle":"aGFuZGxl","credentials":[{"id":"aWQ=","public_key":"a2V5"}]}}},
         "verifiable_addresses":[{"via":"email","value":"@@","verified":true,"status":"completed","verified_at":"2026-01-01T00:00:00Z"}],
         "recovery_addresses":[{"via":"email","value":"@@"}]}
        """;

    private static readonly (string Method, string Path)[] Doors = [("POST", "/admin/identities"), ("PATCH", "/admin/identities"), ("PUT", "/admin/identities/{0}"), ("PATCH", "/admin/identities/{0}"), ("POST", "/admin/sessions")];

    [Fact]
    public async Task Broken_bodies_are_refused_at_every_door()
    {
        await using var twins = await Twins.StartAsync();
        var ids = await twins.CreateAsync("""{"traits":{"email":"first@example.org"}}""");
        byte[][] bodies =
        [
            .. ((string[])["", " ", "{", "[", "}", "nul", "\"", "\"a", "{\"a\":1,}", "{'a':1}", "{a:1}", "{\"a\":1}{\"b\":2}", "{\"traits\":{},\"traits\":{}}", "// x\n{}", "NaN", "Infinity", "01", "+1", "1e", "\"\\x\"", "\"\\u00\"", "\"\u0001\"", "\0", "{\"a\":\"\0\"}",
                "null", "1", "true", "\"x\"", "[null]", "[[]]", new string('[', 10_000), new string('[', 10_000) + new string(']', 10_000), string.Concat(Enumerable.Repeat("{\"a\":", 10_000)), new string(' ', 100_000),
                "{\"traits\":" + new string('[', 64) + new string(']', 64) + "}"]).Select(Encoding.UTF8.GetBytes),
            [0xFF, 0xFE], [0x7B, 0xFF, 0x7D], [0xEF, 0xBB, 0xBF, 0x7B, 0x7D], [.. "{\"a\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8], [.. "{\"a\":\""u8, 0xC0, 0x80, .. "\"}"u8],
            Encoding.Unicode.GetBytes("{\"traits\":{}}"), Encoding.UTF32.GetBytes("{\"traits\":{}}"),
        ];
        foreach (var (method, path) in Doors)
            foreach (var body in bodies)
                (await twins.AskAsync(method, path, body, ids)).Status.ShouldBe(400, $"{method} {path} {Encoding.Latin1.GetString(body, 0, Math.Min(100, body.Length))}");
        var whole = Whole.Replace("@@", "cut@example.org", StringComparison.Ordinal);
        for (var cut = 0; cut < whole.Length - 1; cut += 9)
            (await twins.AskAsync("POST", "/admin/identities", whole[..cut])).Status.ShouldBe(400);
        await UnharmedAsync(twins, ids);
    }

    [Fact]
    public async Task Bodies_of_ten_megabytes_are_refused_and_read_by_nobody()
    {
        await using var twins = await Twins.StartAsync();
        var ids = await twins.CreateAsync("""{"traits":{"email":"first@example.org"}}""");
        var large = $$"""{"traits":{"note":"{{new string('x', 10_000_000)}}"} }""";
        foreach (var (method, path) in Doors)
        {
            var head = $"{method} {path.Replace("{0}", ids[0], StringComparison.Ordinal)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n";
            var answer = await twins.AskRawAsync(Encoding.UTF8.GetBytes($"{head}Content-Length: {large.Length}\r\n\r\n{large[..100]}"));
            answer.Status.ShouldBeOneOf(400, 413);
        }
        await UnharmedAsync(twins, ids);
    }

    [Fact]
    public async Task No_value_in_any_field_makes_the_server_fail()
    {
        await using var twins = await Twins.StartAsync();
        var (counter, created, replaced) = (0, 0, 0);
        string Next(string body) => Unique(body, Interlocked.Increment(ref counter));
        var good = With("/state", "\"active\"");
        (await twins.AskAsync("POST", "/admin/identities", Next(good))).Status.ShouldBe(201);
        await Parallel.ForEachAsync(Fields(JsonElement.Parse(Whole), ""), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (path, _) =>
        {
            var ids = await twins.CreateAsync("{}");
            foreach (var value in OddValues.Json)
            {
                var put = await twins.AskAsync("PUT", "/admin/identities/{0}", Next(With(path, value)), ids);
                put.Status.ShouldBeOneOf(200, 400, 409);
                if (put.Status == 200) Interlocked.Increment(ref replaced);
            }
            (await twins.AskAsync("DELETE", "/admin/identities/{0}", (byte[]?)null, ids)).Status.ShouldBe(204);
            foreach (var value in OddValues.Json)
            {
                var made = await twins.AskAsync("POST", "/admin/identities", Next(With(path, value)));
                made.Status.ShouldBeOneOf(201, 400, 409);
                if (made.Status == 201) Interlocked.Increment(ref created);
            }
        });
        created.ShouldBeGreaterThan(500);
        replaced.ShouldBeGreaterThan(500);
        await CountsAgreeAsync(twins);
    }

    [Fact]
    public async Task No_value_for_many_sessions_or_a_batch_makes_the_server_fail()
    {
        await using var twins = await Twins.StartAsync();
        var ids = await twins.CreateAsync("""{"traits":{"email":"first@example.org"}}""");
        foreach (var value in OddValues.Json)
        {
            foreach (var body in (string[])[$$"""{"action":{{value}},"sessions":["00000000-0000-0000-0000-000000000000"]}""", $$"""{"action":"disable","sessions":{{value}}}""", $$"""{"action":"delete","identities":{{value}}}""",
                $$"""{"action":"delete","sessions":[{{value}}]}""", $$"""{"action":"disable","identities":[{{value}}, "*"]}""", $$"""{"action":"disable","more":{{value}}}"""])
                await twins.AskAsync("POST", "/admin/sessions", body);
            foreach (var body in (string[])[$$"""{"identities":{{value}}}""", $$"""{"identities":[{{value}}]}""", $$"""{"identities":[{"create":{{value}} }]}""", $$"""{"identities":[{"patch_id":{{value}},"create":{"traits":{} } }]}""", $$"""{"identities":[{"create":{"traits":{{value}} } }]}"""])
                await twins.AskAsync("PATCH", "/admin/identities", body);
        }
        await UnharmedAsync(twins, ids);
        await CountsAgreeAsync(twins);
    }

    /// <summary>With values that nobody else has.</summary>
    private static string Unique(string body, int number) => body.Replace("@@", $"e{number}@example.org", StringComparison.Ordinal)
        .Replace("\"external_id\":\"e\"", $"\"external_id\":\"e{number}\"", StringComparison.Ordinal)
        .Replace("\"subject\":\"s\"", $"\"subject\":\"s{number}\"", StringComparison.Ordinal)
        .Replace("aGFuZGxl", Convert.ToBase64String(Encoding.UTF8.GetBytes($"h{number}")), StringComparison.Ordinal);

    private static async Task UnharmedAsync(Twins twins, string[] ids)
    {
        for (var i = 0; i < ids.Length; i++)
            (await twins.Both[i].GetAsync(ids[i])).GetProperty("traits").GetRawText().ShouldBe("""{"email":"first@example.org"}""");
        (await twins.AskAsync("GET", "/health/ready", (byte[]?)null)).Status.ShouldBe(200);
    }

    private static async Task CountsAgreeAsync(Twins twins)
    {
        var counts = new List<string>();
        foreach (var server in twins.Both)
        {
            using var response = await server.Admin.GetAsync("/admin/identities?page=0&per_page=1");
            counts.Add(response.Headers.GetValues("X-Total-Count").Single());
        }
        counts[0].ShouldBe(counts[1]);
    }

    private static IEnumerable<string> Fields(JsonElement element, string path)
    {
        if (path.Length > 0) yield return path;
        IEnumerable<(string Name, JsonElement Value)> inside = element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().Select(p => (p.Name, p.Value)),
            JsonValueKind.Array => element.EnumerateArray().Select((v, i) => (i.ToString(), v)),
            _ => [],
        };
        foreach (var (name, value) in inside)
            foreach (var field in Fields(value, $"{path}/{name}"))
                yield return field;
    }

    /// <summary>The whole body with another value in one place; raw, so that it may be none that a parser would take.</summary>
    private static string With(string path, string value)
    {
        var root = System.Text.Json.Nodes.JsonNode.Parse(Whole)!;
        System.Text.Json.Nodes.JsonNode? at = root;
        var steps = path[1..].Split('/');
        foreach (var step in steps[..^1]) at = at is System.Text.Json.Nodes.JsonArray a ? a[int.Parse(step)] : at![step];
        if (at is System.Text.Json.Nodes.JsonArray list) list[int.Parse(steps[^1])] = "\u0003";
        else at![steps[^1]] = "\u0003";
        return root.ToJsonString().Replace("\"\\u0003\"", value, StringComparison.Ordinal);
    }
}

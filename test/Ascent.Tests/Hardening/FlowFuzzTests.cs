using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Hardening;

/// <summary>
/// Whatever is sent to the forms: never a failure of the server's own, never a word of its inside, and the same on both engines.
/// </summary>
public sealed class FlowFuzzTests
{
    /// <summary>A good body of every method of every flow; each field is then replaced by what does not belong there.</summary>
    private static readonly Dictionary<string, string[]> Bodies = new(StringComparer.Ordinal)
    {
        ["login"] =
        [
            """{"method":"password","identifier":"ada@example.org","password":"wrong-password-1","transient_payload":{"a":1}}""",
            """{"method":"code","identifier":"ada@example.org","code":"123456","resend":"code","address":"ada@example.org"}""",
            """{"method":"totp","totp_code":"123456"}""",
            """{"method":"lookup_secret","lookup_secret":"aaaa1111"}""",
            """{"method":"webauthn","identifier":"ada@example.org","webauthn_login":"{\"id\":\"YQ\",\"rawId\":\"YQ\",\"type\":\"public-key\",\"response\":{}}"}""",
            """{"method":"passkey","passkey_login":"{\"id\":\"YQ\",\"rawId\":\"YQ\",\"type\":\"public-key\",\"response\":{}}"}""",
            """{"method":"oidc","provider":"acme","id_token":"a.b.c","id_token_nonce":"n","upstream_parameters":{"login_hint":"x"}}""",
        ],
        ["registration"] =
        [
            """{"method":"password","traits":{"email":"no address","note":"n","age":"x"},"password":"kurz","transient_payload":{}}""",
            """{"method":"profile","traits":{"email":"no address"},"screen":"previous"}""",
            """{"method":"code","traits":{"email":"no address"},"code":"123456","resend":"code"}""",
            """{"method":"passkey","traits":{"email":"no address"},"passkey_register":"{\"id\":\"YQ\",\"rawId\":\"YQ\",\"type\":\"public-key\",\"response\":{}}"}""",
            """{"method":"webauthn","traits":{"email":"no address"},"webauthn_register":"{}","webauthn_register_displayname":"k"}""",
            """{"method":"oidc","traits":{"email":"no address"},"provider":"acme","id_token":"a.b.c"}""",
        ],
        ["settings"] =
        [
            """{"method":"profile","traits":{"email":"no address","age":"x"},"transient_payload":{}}""",
            """{"method":"password","password":"kurz"}""",
            """{"method":"totp","totp_code":"123456","totp_unlink":false}""",
            """{"method":"lookup_secret","lookup_secret_reveal":false,"lookup_secret_regenerate":false,"lookup_secret_confirm":false,"lookup_secret_disable":false}""",
            """{"method":"webauthn","webauthn_register":"{}","webauthn_register_displayname":"k","webauthn_remove":""}""",
            """{"method":"passkey","passkey_settings_register":"{}","passkey_remove":""}""",
            """{"method":"oidc","link":"","unlink":"acme","upstream_parameters":{}}""",
        ],
        ["recovery"] = ["""{"method":"code","email":"","code":"123456","recovery_address":"","recovery_select_address":"","screen":"x"}""", """{"method":"link","email":"","token":"x"}"""],
        ["verification"] = ["""{"method":"code","email":"","code":"123456"}""", """{"method":"link","email":"","token":"x"}"""],
    };

    private static readonly string[] Broken =
    [
        "", " ", "{", "[", "nul", "\"", "{\"method\":1,}", "{'a':1}", "{\"a\":1}{}", "{\"method\":\"password\",\"method\":\"totp\"}", "{\"a\":{\"b\":1,\"b\":2}}", "NaN", "1e400", "{\"a\":1e99999}", "\0", "{\"a\":\"\0\"}", "{\"\\u0000\":1}", "{\"\\ud800\":1}",
        "null", "1", "true", "\"x\"", "[null]", "[[]]", "[{\"method\":\"password\"}]", new string('[', 10_000), string.Concat(Enumerable.Repeat("{\"a\":", 5_000)), "{\"traits\":" + new string('[', 60) + new string(']', 60) + "}", "{\"transient_payload\":" + string.Concat(Enumerable.Repeat("{\"a\":", 60)) + "1" + new string('}', 61),
    ];

    private static readonly string[] Forms =
    [
        "=", "&", "a", "a=%00", "method=%ff", "method=%zz", "method=password&method=totp", "method[]=password", "traits.email=a&traits.email.b=c", "traits.=x", ".=x", "traits=x&traits.email=y", "traits.email.0.1=x", "traits.__proto__.x=1",
        "method=password&identifier=%ED%A0%80&password=x", "method=password&identifier=a%00b&password=x", "transient_payload=x", "transient_payload.a.b=1&transient_payload.a=2", "csrf_token=x&csrf_token=y", "%00=%00", "method=code&code=1&code=2", string.Join('&', Enumerable.Range(0, 3000).Select(n => $"f{n}=1")), "password=" + new string('x', 70_000),
    ];

    private static readonly string?[] Types =
    [
        null, "", "text/plain", "application/xml", "application/json; charset=utf-16", "application/json; charset=nonsense", "application/jsonx", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded; charset=utf-7", "a/b; c=\"", "*/*", "application/json, application/json",
    ];

    public static TheoryData<string, bool> Doors => new(Bodies.Keys.SelectMany(kind => (bool[])[true, false], (kind, native) => (kind, native)));

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Forms_take_anything(string kind, bool isNative)
    {
        await using var twins = await Twins.StartAsync(WithEverything);
        var pair = new Pair(twins, kind, isNative);
        var csrf = isNative ? "" : ",\"csrf_token\":\"@csrf\"";
        foreach (var whole in Bodies[kind])
            foreach (var body in Sample.Of(Variants(whole, isNative), oneIn: 3)) await pair.SendAsync(body[..^1] + csrf + "}");
        foreach (var odd in OddValues.Json.Where(v => v.Length < 1000)) await pair.SendAsync($$"""{"csrf_token":{{odd}},"method":"password"}""");
        foreach (var body in Broken) await pair.SendAsync(body);
        foreach (var form in Forms) await pair.SendAsync(isNative ? form : $"csrf_token=@csrf&{form}", "application/x-www-form-urlencoded");
        foreach (var type in Types) await pair.SendAsync("""{"method":"password","identifier":"a","password":"b"}""", type);
        foreach (var method in (string[])["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "get"]) await pair.SendAsync("{}", method: method);
    }

    /// <summary>Every way in, with queries and ids that nobody sends.</summary>
    [Fact]
    public async Task Ways_in_take_any_query_and_id()
    {
        await using var twins = await Twins.StartAsync(WithEverything);
        string[] doors =
        [
            .. Bodies.Keys.SelectMany(kind => (string[])[$"GET /self-service/{kind}/api?return_to=@", $"GET /self-service/{kind}/browser?return_to=@", $"GET /self-service/{kind}/browser?refresh=@&aal=@&via=@&identity_schema=@&organization=@&login_challenge=",
                $"GET /self-service/{kind}/api?aal=@", $"GET /self-service/{kind}/api?identity_schema=@", $"GET /self-service/{kind}/api?return_session_token_exchange_code=@", $"GET /self-service/{kind}/flows?id=@", $"GET /self-service/{kind}?flow=@&token=@&code=@", $"POST /self-service/{kind}?flow=@"]),
            "GET /self-service/logout/browser?return_to=@", "GET /self-service/logout/browser?token=@&return_to=@", "GET /self-service/logout?token=@&return_to=@", "GET /self-service/errors?id=@", "GET /sessions/whoami?tokenize_as=@", "GET /sessions/token-exchange?init_code=@&return_code=@",
            "GET /sessions?page_size=@&page=@", "GET /sessions?page_token=@", "DELETE /sessions/@", "GET /schemas/@", "GET /schemas?page_size=@&page=@", "GET /self-service/methods/oidc/callback/@?state=@&code=@&error=@", "GET /self-service/@/browser", "GET /self-service/@", "GET /.well-known/@",
        ];
        foreach (var door in doors)
            foreach (var odd in OddValues.Escaped)
                foreach (var token in (string[])["", "X-Session-Token: x\r\n", "Cookie: ory_kratos_session=x; csrf_token=y; =; a=\"\r\nAccept: text/html\r\n"])
                {
                    if ((token.Length > 0 && odd.Length > 40) || !Sample.Draws($"{door} {odd} {token}", oneIn: 4)) continue;
                    var request = $"{door.Replace("@", odd, StringComparison.Ordinal)} HTTP/1.1\r\nHost: localhost\r\n{token}Connection: close\r\n{(door[0] == 'P' ? "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}" : "\r\n")}";
                    var said = await Task.WhenAll(twins.Both.Select(async server => Read(await server.RawAsync(request, admin: false))));
                    said[0].ShouldBe(said[1], request);
                    said[0].Status.ShouldBeInRange(200, 499, request);
                }
    }

    [Fact]
    public async Task Logging_out_takes_anything()
    {
        await using var twins = await Twins.StartAsync(WithEverything);
        foreach (var body in OddValues.Json.Where(v => v.Length < 1000).Select(odd => $$"""{"session_token":{{odd}}}""").Concat(Broken))
        {
            var said = await Task.WhenAll(twins.Both.Select(async server =>
            {
                using var response = await RunningServer.SendAsync(server.Public, "DELETE", "/self-service/logout/api", body);
                return Said.Of((int)response.StatusCode, await response.Content.ReadAsStringAsync());
            }));
            said[0].ShouldBe(said[1], body);
            said[0].Status.ShouldBeInRange(400, 499, body);
        }
    }

    public static string WithEverything(string config) => $$"""
        {{config.Replace("  methods: {", $"  methods: {{ {Methods},", StringComparison.Ordinal)}}
          flows:
            error: { ui_url: "http://127.0.0.1:4455/error" }
            login: { ui_url: "http://127.0.0.1:4455/login" }
            registration: { ui_url: "http://127.0.0.1:4455/registration", enable_legacy_one_step: true }
            settings: { ui_url: "http://127.0.0.1:4455/settings", required_aal: aal1 }
            recovery: { enabled: true, ui_url: "http://127.0.0.1:4455/recovery" }
            verification: { enabled: true, ui_url: "http://127.0.0.1:4455/verification" }
        security: { throttle: { enabled: false } }
        courier: { smtp: { connection_uri: "smtp://127.0.0.1:1/?disable_starttls=true", from_address: no-reply@example.org } }
        """;

    private const string Rp = "rp: { id: example.org, display_name: Test, origins: [ \"https://example.org\" ] }";
    private const string Methods = "totp: { enabled: true, config: { issuer: Ascent } }, lookup_secret: { enabled: true }, code: { enabled: true, passwordless_enabled: true }, link: { enabled: true }, "
        + $"webauthn: {{ enabled: true, config: {{ passwordless: true, {Rp} }} }}, passkey: {{ enabled: true, config: {{ {Rp} }} }}, "
        + "oidc: { enabled: true, config: { providers: [ { id: acme, provider: generic, client_id: c, client_secret: s, issuer_url: \"http://127.0.0.1:1/\", auth_url: \"http://127.0.0.1:1/auth\", token_url: \"http://127.0.0.1:1/token\", mapper_url: \"base64://e30=\", scope: [ openid ] } ] } }";

    /// <summary>The body, without each of its fields, and with each replaced by what does not belong there.</summary>
    /// <param name="even">Native apps send one half of what is odd, pages the other.</param>
    private static IEnumerable<string> Variants(string whole, bool even)
    {
        yield return whole;
        foreach (var name in JsonNode.Parse(whole)!.AsObject().Select(p => p.Key).ToArray())
        {
            var without = JsonNode.Parse(whole)!.AsObject();
            without.Remove(name);
            yield return without.ToJsonString();
            var open = without.ToJsonString()[..^1];
            foreach (var odd in OddValues.Json.Where((_, n) => n % 2 == 0 == even)) yield return $"{open}{(open.Length > 1 ? "," : "")}{JsonSerializer.Serialize(name)}:{odd}}}";
        }
    }

    private static Said Read(string answer)
    {
        var head = answer.Split("\r\n\r\n", 2);
        head.Length.ShouldBe(2, answer);
        var location = head[0].Split("\r\n").FirstOrDefault(l => l.StartsWith("Location:", StringComparison.OrdinalIgnoreCase)) ?? "";
        var said = Said.Of(int.Parse(answer.AsSpan(9, 3)), head[1]);
        return said with { What = $"{said.What} {location.Split('?')[0]}" };
    }

    /// <summary>The same client of both servers.</summary>
    private sealed class Pair(Twins twins, string kind, bool isNative)
    {
        private readonly FuzzClient[] both = [.. twins.Both.Select(server => new FuzzClient(server, kind, isNative))];

        public async Task SendAsync(string body, string? contentType = "application/json", string method = "POST")
        {
            var said = await Task.WhenAll(both.Select(client => client.SendAsync(body, contentType, method)));
            var shown = $"{method} {contentType} {body[..Math.Min(400, body.Length)]}\n{said[0]}\n{said[1]}";
            said[0].ShouldBe(said[1], shown);
            // That a provider does not take what an app brought is told as the provider's answer.
            if (said[0].Status != 502 || !said[0].What.StartsWith("upstream_error", StringComparison.Ordinal)) said[0].Status.ShouldBeInRange(200, 499, shown);
        }
    }
}

using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Methods.WebAuthn.Ceremony;
using Ascent.Tests.Flows;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Methods.WebAuthn;

/// <summary>A server with security keys or passkeys, and a page with script that uses a key in software there.</summary>
internal static class KeyPerson
{
    public const string Ada = "ada@example.org";

    public static Task<RunningServer> StartAsync(string engine, string methods) => RunningServer.StartAsync(engine, config =>
        config.Replace("  methods: {", $"  flows: {{ registration: {{ enable_legacy_one_step: true, after: {{ passkey: {{ hooks: [ {{ hook: session }} ] }}, webauthn: {{ hooks: [ {{ hook: session }} ] }} }} }}, settings: {{ required_aal: aal1 }} }}\n  methods: {{ {methods}, ", StringComparison.Ordinal));

    public const string SecondFactor = "webauthn: { enabled: true, config: { rp: { id: example.org, display_name: Test, origins: [ \"https://example.org\" ] } } }";
    public const string Passwordless = "webauthn: { enabled: true, config: { passwordless: true, rp: { id: example.org, display_name: Test, origins: [ \"https://example.org\" ] } } }";
    public const string Passkeys = "passkey: { enabled: true, config: { rp: { id: example.org, display_name: Test, origins: [ \"https://example.org\" ] } } }";

    public static JsonNode? Attributes(this JsonElement flow, string name) =>
        JsonNode.Parse(flow.GetProperty("ui").GetProperty("nodes").GetRawText())!.AsArray().FirstOrDefault(n => (string?)n!["attributes"]!["name"] == name)?["attributes"];

    /// <summary>The options that a node carries.</summary>
    public static JsonNode Options(this JsonElement flow, string name)
    {
        var options = JsonNode.Parse((string)flow.Attributes(name)!["value"]!)!;
        return (options["credentialOptions"] ?? options)["publicKey"]!;
    }

    public static byte[] Challenge(this JsonElement flow, string name) => System.Buffers.Text.Base64Url.DecodeFromChars((string)flow.Options(name)["challenge"]!);

    public static async Task SignInAsync(Browser browser, string email = Ada)
    {
        var flow = await browser.BeginAsync();
        var (status, body) = await SubmitAsync(browser, flow, new() { ["method"] = "password", ["identifier"] = email, ["password"] = SignIn.Password });
        ((int)status).ShouldBeOneOf(200, 422);
        _ = body;
    }

    public static Task<(HttpStatusCode Status, JsonElement Body)> SubmitAsync(Browser browser, JsonElement flow, Dictionary<string, object?> values)
    {
        values["csrf_token"] = Browser.CsrfOf(flow);
        return browser.SendAsync("POST", Browser.ActionOf(flow), values);
    }

    /// <summary>Adds the key in the settings of who is signed in.</summary>
    public static async Task<JsonElement> AddKeyAsync(Browser browser, SoftKey key, string name = "blue key")
    {
        var flow = await browser.BeginAsync("settings");
        key.UserHandle = System.Buffers.Text.Base64Url.DecodeFromChars((string)flow.Options("webauthn_register_trigger")["user"]!["id"]!);
        var (status, body) = await SubmitAsync(browser, flow, new()
        {
            ["webauthn_register"] = SoftKey.Json(key.Create(flow.Challenge("webauthn_register_trigger")), key.Id), ["webauthn_register_displayname"] = name,
        });
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        return body;
    }

    public static async Task<JsonElement> KeptAsync(RunningServer server, string id, string type)
    {
        var (status, text) = await server.AdminAsync("GET", $"/admin/identities/{id}?include_credential={type}");
        status.ShouldBe(HttpStatusCode.OK, text);
        return JsonElement.Parse(text).GetProperty("credentials").GetProperty(type).GetProperty("config");
    }

    public static string Answer(SoftKey key, JsonElement flow, string node) => SoftKey.Json(key.Get(flow.Challenge(node)));
}

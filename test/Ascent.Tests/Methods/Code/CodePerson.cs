using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ascent.Tests.Identities;
using Shouldly;

namespace Ascent.Tests.Methods.Code;

/// <summary>A server that sends codes, and people with addresses, whose messages the test reads in the queue.</summary>
internal static partial class CodePerson
{
    public const string Ada = "ada@example.org", Work = "work@example.org", Phone = "+4917612345678";
    public const string Passwordless = "passwordless_enabled: true", SecondFactor = "mfa_enabled: true";

    private const string Schema = """
        { "type": "object", "properties": { "traits": { "type": "object", "properties": {
          "username": { "type": "string", "ory.sh/kratos": { "credentials": { "password": { "identifier": true } } } },
          "email": { "type": "string", "format": "email", "title": "E-Mail", "ory.sh/kratos": { "credentials": { "password": { "identifier": true }, "code": { "identifier": true, "via": "email" } }, "verification": { "via": "email" } } },
          "contact": { "type": "string", "format": "email", "ory.sh/kratos": { "credentials": { "password": { "identifier": true } }, "verification": { "via": "email" } } },
          "work": { "type": "string", "format": "email", "ory.sh/kratos": { "credentials": { "code": { "identifier": true, "via": "email" } }, "verification": { "via": "email" } } },
          "phone": { "type": "string", "format": "tel", "ory.sh/kratos": { "credentials": { "code": { "identifier": true, "via": "sms" } }, "verification": { "via": "sms" } } } } } } }
        """;

    /// <param name="code">The members of <c>methods.code</c>.</param>
    /// <param name="flows">The members of <c>flows</c> beside those of the registration.</param>
    public static Task<FactorsHost> StartAsync(string engine, string code = Passwordless, string settings = "", string flows = "", string registration = "enable_legacy_one_step: true", string more = "") => FactorsHost.StartAsync(engine, $$"""
        identity: { schemas: [ { id: default, url: "{{IdentityHost.Data(Schema)}}" } ] }
        selfservice:
          flows: { registration: { {{registration}}, after: { code: { hooks: [ { hook: session } ] } } } {{(flows.Length > 0 ? ", " + flows : "")}} }
          methods: { code: { enabled: true, {{code}}, config: { {{settings}} } } }
        {{more}}
        """);

    public static async Task<Guid> AddAsync(FactorsHost host, string traits = $$"""{"email":"{{Ada}}"}""", params string[] verified)
    {
        var addresses = string.Join(',', verified.Select(v => $$"""{"value":"{{v}}","via":"{{(v.Contains('@', StringComparison.Ordinal) ? "email" : "sms")}}","verified":true,"status":"completed"}"""));
        var made = await host.AdminAsync("POST", "/admin/identities",
            $$$"""{"schema_id":"default","traits":{{{traits}}},"credentials":{"password":{"config":{"password":"{{{FactorsHost.Password}}}"}} },"verifiable_addresses":[{{{addresses}}}]}""");
        return made.ShouldBe(HttpStatusCode.Created).Json.GetProperty("id").GetGuid();
    }

    /// <summary>Asks for a code in a new login and gives the flow with the code.</summary>
    public static async Task<(JsonNode Flow, string Code)> AskAsync(FactorsHost host, string identifier = Ada)
    {
        var flow = await host.BeginAsync("login", null);
        (await SendAsync(host, flow, $$"""{"method":"code","identifier":"{{identifier}}"}""")).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([1010014]);
        return (flow, await CodeAsync(host, identifier));
    }

    public static Task<Answer> SendAsync(FactorsHost host, JsonNode flow, string json, string kind = "login", string? token = null)
    {
        // So that of two messages one is the later.
        host.Time.Advance(TimeSpan.FromSeconds(1));
        return host.SubmitAsync(kind, flow, token, json);
    }

    public static Task<Answer> TypeAsync(FactorsHost host, JsonNode flow, string code, string identifier = Ada) =>
        host.SubmitAsync("login", flow, null, $$"""{"method":"code","identifier":"{{identifier}}","code":"{{code}}"}""");

    /// <summary>The code of the last message to an address.</summary>
    public static async Task<string> CodeAsync(FactorsHost host, string address) => Digits().Match((await MessagesAsync(host, address))[0].GetProperty("body").GetString()!).Value;

    /// <summary>All messages to an address, the newest first.</summary>
    public static async Task<JsonElement[]> MessagesAsync(FactorsHost host, string? address = null)
    {
        var answer = await host.AdminAsync("GET", "/admin/courier/messages" + (address is null ? "" : $"?recipient={Uri.EscapeDataString(address)}"));
        return [.. answer.ShouldBe(HttpStatusCode.OK).Json.EnumerateArray()];
    }

    /// <summary>Six digits that are not these.</summary>
    public static string Other(string code) => (code[0] == '9' ? '0' : (char)(code[0] + 1)) + code[1..];

    public static async Task<bool> IsVerifiedAsync(FactorsHost host, Guid id, string address) =>
        (await host.AdminAsync("GET", $"/admin/identities/{id}")).Json.GetProperty("verifiable_addresses").EnumerateArray().Single(a => a.GetProperty("value").GetString() == address).GetProperty("verified").GetBoolean();

    [GeneratedRegex("[0-9]{6}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Digits();
}

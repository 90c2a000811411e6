using System.Net;
using System.Text.Json;
using Ascent.Tests.Running;

namespace Ascent.Tests.Flows.Registration;

/// <summary>A server that people sign up at, with a schema that has all kinds of fields.</summary>
internal static class Registering
{
    public const string OneStep = "style: unified";
    public const string Session = "after: { password: { hooks: [ { hook: session } ] } }";

    private const string Schema = """
        {
          "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
          "properties": { "traits": { "type": "object", "required": ["email"], "additionalProperties": false, "properties": {
            "email": { "type": "string", "format": "email", "title": "E-mail",
              "ory.sh/kratos": { "credentials": { "password": { "identifier": true } }, "verification": { "via": "email" }, "recovery": { "via": "email" } } },
            "name": { "type": "object", "properties": { "first": { "type": "string" }, "last": { "type": "string" } } },
            "address": { "type": "object", "properties": { "country": { "type": "string" }, "street": { "type": "string" } } },
            "age": { "type": "number", "minimum": 18 },
            "newsletter": { "type": "boolean" },
            "tags": { "type": "array", "items": { "type": "string" } } } } }
        }
        """;

    /// <param name="registration">Members of selfservice.flows.registration, as YAML of one line.</param>
    /// <param name="password">Settings of passwords in place of "haveibeenpwned_enabled: false".</param>
    public static async Task<RunningServer> ServerAsync(string engine, string registration = $"{OneStep}, {Session}", string password = "", string? hasher = null, bool needsCountry = false)
    {
        var workshop = await Workshop.CreateAsync(engine);
        var needed = needsCountry ? Schema.Replace("\"address\": { \"type\": \"object\",", "\"address\": { \"type\": \"object\", \"required\": [\"country\"],", StringComparison.Ordinal) : Schema;
        await File.WriteAllTextAsync(workshop.SchemaFile, needed);
        return await RunningServer.StartAsync(workshop, config => Change(config, registration, password, hasher), ownsWorkshop: true);
    }

    public static object Body(string email, string password = SignIn.Password) => new { method = "password", traits = new { email }, password };

    /// <summary>A native app signs up in a flow of its own.</summary>
    public static async Task<(HttpStatusCode Status, JsonElement Body)> NativelyAsync(RunningServer server, object values)
    {
        var (status, body, response) = await SignIn.SubmitAsync(server, await SignIn.BeginAsync(server, "registration"), values);
        response.Dispose();
        return (status, body);
    }

    public static async Task<int> CountAsync(RunningServer server, string what)
    {
        var (_, text) = await server.AdminAsync("GET", $"/admin/{what}");
        return JsonElement.Parse(text).GetArrayLength();
    }

    public static JsonElement Node(JsonElement flow, string name) => flow.GetProperty("ui").GetProperty("nodes").EnumerateArray()
        .First(n => n.GetProperty("attributes").GetProperty("name").GetString() == name).GetProperty("attributes");

    public static string[] Names(JsonElement flow) => [.. flow.GetProperty("ui").GetProperty("nodes").EnumerateArray().Select(n =>
        n.GetProperty("attributes").GetProperty("name").GetString() + (n.GetProperty("attributes").GetProperty("type").GetString() == "submit" ? "=" + n.GetProperty("attributes").GetProperty("value") : ""))];

    private static string Change(string config, string registration, string password, string? hasher)
    {
        if (password.Length > 0) config = config.Replace("haveibeenpwned_enabled: false", password);
        if (hasher is not null) config = config.Replace("{ algorithm: argon2, argon2: { memory: 1MB, iterations: 1, parallelism: 1 } }", hasher);
        return $"{config}\n  flows: {{ error: {{ ui_url: \"http://127.0.0.1:4455/error\" }}, registration: {{ ui_url: \"http://127.0.0.1:4455/registration\", {registration} }}, settings: {{ ui_url: \"http://127.0.0.1:4455/settings\" }} }}\n";
    }
}

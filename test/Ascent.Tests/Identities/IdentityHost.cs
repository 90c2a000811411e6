using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Crypto;
using Ascent.Crypto.Hashing;
using Ascent.Events;
using Ascent.Identities;
using Ascent.Schemas;
using Ascent.Storage;
using Ascent.Tenancy;
using Ascent.Tests.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;

namespace Ascent.Tests.Identities;

/// <summary>The real server with identities on a database of its own, and what a client needs to talk to it.</summary>
internal sealed class IdentityHost : IAsyncDisposable
{
    public const string Nobody = "2d8aee0c-6c1e-4d6c-a5c3-0f7b3b4c2f0d";
    public const string Password = "correct-horse-battery-9";

    private const string Person = """
        {
          "$id": "https://example.org/person.schema.json", "type": "object",
          "properties": { "traits": { "type": "object", "required": ["email"], "additionalProperties": false, "properties": {
            "email": { "type": "string", "format": "email", "ory.sh/kratos": {
              "credentials": { "password": { "identifier": true }, "webauthn": { "identifier": true }, "code": { "identifier": true, "via": "email" } },
              "verification": { "via": "email" }, "recovery": { "via": "email" } } },
            "name": { "type": "object", "properties": { "first": { "type": "string" }, "last": { "type": "string" } } },
            "age": { "type": "integer", "minimum": 13 },
            "counters": { "type": "object" },
            "note": { "type": "string" } } } }
        }
        """;

    private const string Employee = """
        { "type": "object", "properties": { "traits": { "type": "object", "required": ["username"], "additionalProperties": false, "properties": {
          "username": { "type": "string", "ory.sh/kratos": { "credentials": { "password": { "identifier": true } } } } } } } }
        """;

    private const string Anything = """{ "type": "object", "properties": { "traits": { "type": "object" } } }""";

    private readonly TestDatabase database;
    private readonly TestServer server;

    private IdentityHost(TestDatabase database, TestServer server, Tenant tenant) => (this.database, this.server, Tenant) = (database, server, tenant);

    public Db Db => database.Db;
    public Tenant Tenant { get; }
    public LogCapture Log => server.Log;
    public ConfigStore Config => server.Config;
    public IdentityStore Store => server.Web.Services.GetRequiredService<IdentityStore>();
    public IdentityWriter Writer => server.Web.Services.GetRequiredService<IdentityWriter>();

    public static string Data(string json) => "base64://" + Convert.ToBase64String(Encoding.UTF8.GetBytes(json));

    public static async Task<IdentityHost> StartAsync(string engine, Func<AscentConfig, AscentConfig>? change = null, IReadOnlyList<SchemaSource>? schemas = null, HasherOptions? hashing = null)
    {
        var db = await TestDatabase.CreateAsync(engine);
        var tenant = await Tenant.LoadDefaultAsync(db.Db, TimeProvider.System, CancellationToken.None);
        schemas ??= [new SchemaSource("default", Data(Person)), new SchemaSource("employee", Data(Employee)), new SchemaSource("anything", Data(Anything))];
        var registry = await SchemaRegistry.LoadAsync(schemas, schemas[0].Id, new SchemaLoadOptions
        {
            WorkingDirectory = AppContext.BaseDirectory, Fetch = (url, _) => throw new HttpRequestException($"nothing is fetched here: {url}"),
        }, CancellationToken.None);
        registry.Issues.ShouldBeEmpty();
        var config = TestServer.Settings() with
        {
            Secrets = new SecretsConfig { Default = [new Secret("a secret of the test suite")] },
            Identity = new IdentityConfig { DefaultSchemaId = schemas[0].Id },
        };
        var web = await TestServer.StartAsync(change?.Invoke(config) ?? config, change: o => o with
        {
            MapAdmin = admin => admin.MapIdentitiesAdmin(),
            Services = s =>
            {
                o.Services!(s);
                s.AddCrypto().AddIdentities().AddSingleton(db.Db).AddSingleton(tenant).AddSingleton<EventWriter>().AddSingleton(new SchemaStore(registry.Registry!))
                    .AddSingleton(p => new PasswordHasher(() => hashing ?? new HasherOptions { BcryptCost = 4 }, p.GetRequiredService<TimeProvider>()));
            },
        });
        return new IdentityHost(db, web, tenant);
    }

    public Task<Answer> GetAsync(string path) => SendAsync("GET", path);
    public Task<Answer> PostAsync(string path, string json) => SendAsync("POST", path, json);
    public Task<Answer> PutAsync(string path, string json) => SendAsync("PUT", path, json);
    public Task<Answer> PatchAsync(string path, string json) => SendAsync("PATCH", path, json);
    public Task<Answer> DeleteAsync(string path) => SendAsync("DELETE", path);

    public Task<Answer> SendAsync(string method, string path, string? json = null, string type = "application/json") =>
        SendAsync(method, path, json is null ? null : new StringContent(json, Encoding.UTF8, type));

    public async Task<Answer> SendAsync(string method, string path, HttpContent? content)
    {
        using var response = await server.SendAsync(method, path, admin: true, content);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    /// <summary>An identity of the default schema; the rest of the body is JSON members.</summary>
    public async Task<JsonElement> MakeAsync(string email, string more = "")
    {
        var answer = await PostAsync("/admin/identities", $$"""{"traits":{"email":"{{email}}"}{{(more.Length > 0 ? "," + more : "")}}}""");
        answer.Status.ShouldBe(HttpStatusCode.Created, answer.Text);
        return answer.Json;
    }

    public async Task<string> MakeIdAsync(string email, string more = "") => (await MakeAsync(email, more)).GetProperty("id").GetString()!;

    /// <summary>What the log holds of failures; a good test leaves none.</summary>
    public void ShouldHaveLoggedNoFailure() => Log.Entries.Where(e => e.Level >= LogLevel.Error).ShouldBeEmpty();

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await database.DisposeAsync();
    }
}

internal sealed record Answer(HttpStatusCode Status, string Text, HttpResponseMessage Response)
{
    public JsonElement Json => JsonElement.Parse(Text, new JsonDocumentOptions { MaxDepth = 256 });
    public JsonElement Error => Json.GetProperty("error");
    public string Reason => Error.TryGetProperty("reason", out var reason) ? reason.GetString()! : "";

    public Answer ShouldBe(HttpStatusCode status)
    {
        Status.ShouldBe(status, Text);
        return this;
    }

    /// <summary>An error of the client's, which names what is wrong and nothing of ours.</summary>
    public Answer ShouldBeRefused(string name)
    {
        ShouldBe(HttpStatusCode.BadRequest);
        Reason.ShouldContain(name, Case.Sensitive, Text);
        foreach (var leak in (string[])["select ", "insert ", "SQLSTATE", "SQLite", "Npgsql", "Exception", "   at "]) Text.ShouldNotContain(leak);
        return this;
    }

    public string Link => Response.Headers.TryGetValues("Link", out var values) ? string.Join(",", values) : "";
}

internal static class JsonOfTests
{
    public static JsonElement At(this JsonElement element, string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(element, (e, name) => e.ValueKind == JsonValueKind.Array ? e[int.Parse(name)] : e.GetProperty(name));

    public static void ShouldBeJson(this JsonElement element, string expected) =>
        JsonNode.DeepEquals(JsonNode.Parse(element.GetRawText()), JsonNode.Parse(expected)).ShouldBeTrue($"{element.GetRawText()} should be {expected}");
}

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Storage;
using Ascent.Tests.Identities;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Tests.Methods;

/// <summary>The whole program on a database of its own and a clock of the test's, spoken to over HTTP as a native app does.</summary>
internal sealed class FactorsHost : IAsyncDisposable
{
    public const string Password = "correct-horse-battery-9";
    public const string Email = "ada@example.org";

    private readonly TestDatabase database;
    private readonly AscentServer server;
    private readonly DirectoryInfo directory;
    private readonly HttpClient client, admin;

    private FactorsHost(TestDatabase database, AscentServer server, DirectoryInfo directory, ManualTime time)
    {
        (this.database, this.server, this.directory, Time) = (database, server, directory, time);
        client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.PublicAddress };
        admin = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.AdminAddress };
    }

    public ManualTime Time { get; }
    public Db Db => database.Db;

    public T Get<T>() where T : notnull => server.Services.GetRequiredService<T>();

    public static async Task<FactorsHost> StartAsync(string engine, string more = "{}")
    {
        var store = await TestDatabase.CreateAsync(engine);
        var folder = Directory.CreateTempSubdirectory("ascent-test-");
        var schema = IdentityHost.Data("""
            { "type": "object", "properties": { "traits": { "type": "object", "required": ["email"], "properties": {
              "email": { "type": "string", "format": "email", "title": "E-Mail", "ory.sh/kratos": { "credentials": { "password": { "identifier": true }, "totp": { "account_name": true } } } } } } } }
            """);
        var files = new[] { Path.Combine(folder.FullName, "kratos.yml"), Path.Combine(folder.FullName, "more.yml") };
        await File.WriteAllTextAsync(files[0], $$"""
            dsn: "{{store.Dsn}}"
            secrets: { default: [ "the test suite's default secret" ] }
            log: { level: error }
            serve: { public: { host: 127.0.0.1, port: 0, base_url: "http://id.example.org/" }, admin: { host: 127.0.0.1, port: 0, base_url: "http://127.0.0.1:4434/" } }
            identity: { default_schema_id: default, schemas: [ { id: default, url: "{{schema}}" } ] }
            hashers: { algorithm: bcrypt, bcrypt: { cost: 4 } }
            session: { whoami: { required_aal: aal1 } }
            selfservice:
              default_browser_return_url: http://app.example.org/
              flows: { settings: { required_aal: aal1 } }
              methods:
                password: { config: { haveibeenpwned_enabled: false } }
                totp: { enabled: true, config: { issuer: "Ascent & Co" } }
                lookup_secret: { enabled: true }
            """);
        await File.WriteAllTextAsync(files[1], more);
        var time = new ManualTime();
        var program = await AscentServer.BuildAsync(new ConfigLoader(new ConfigSource { Files = files, Dev = true }), time, _ => { }, CancellationToken.None);
        await program.StartAsync(CancellationToken.None);
        return new FactorsHost(store, program, folder, time);
    }

    /// <summary>Somebody with a password and these credentials (JSON members).</summary>
    public async Task<Guid> AddAsync(string credentials = "", string email = Email)
    {
        var more = credentials.Length > 0 ? "," + credentials : "";
        var made = await SendAsync(admin, "POST", "/admin/identities", null, $$$"""{"schema_id":"default","traits":{"email":"{{{email}}}"},"credentials":{"password":{"config":{"password":"{{{Password}}}"}} {{{more}}} } }""");
        return made.ShouldBe(HttpStatusCode.Created).Json.GetProperty("id").GetGuid();
    }

    public Task<Answer> AdminAsync(string method, string path, string? json = null) => SendAsync(admin, method, path, null, json);

    public Task<Answer> PublicAsync(string method, string path, string? token = null, string? json = null) => SendAsync(client, method, path, token, json);

    /// <summary>A session from the password alone.</summary>
    public async Task<string> SignInAsync(string email = Email)
    {
        var flow = await BeginAsync("login", null);
        var done = await SubmitAsync("login", flow, null, $$"""{"method":"password","identifier":"{{email}}","password":"{{Password}}"}""");
        return done.ShouldBe(HttpStatusCode.OK).Json.GetProperty("session_token").GetString()!;
    }

    public async Task<JsonNode> BeginAsync(string kind, string? token, string query = "")
    {
        var answer = await PublicAsync("GET", $"/self-service/{kind}/api{query}", token);
        return JsonNode.Parse(answer.ShouldBe(HttpStatusCode.OK).Text)!;
    }

    public Task<JsonNode> BeginStepUpAsync(string token, bool refresh = false) => BeginAsync("login", token, "?aal=aal2" + (refresh ? "&refresh=true" : ""));

    public Task<Answer> SubmitAsync(string kind, JsonNode flow, string? token, string json) => PublicAsync("POST", $"/self-service/{kind}?flow={flow["id"]}", token, json);

    public async Task<string> AalAsync(string token) =>
        (await PublicAsync("GET", "/sessions/whoami", token)).ShouldBe(HttpStatusCode.OK).Json.GetProperty("authenticator_assurance_level").GetString()!;

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        admin.Dispose();
        await server.StopAsync(CancellationToken.None);
        await server.DisposeAsync();
        await database.DisposeAsync();
        directory.Delete(recursive: true);
    }

    private static async Task<Answer> SendAsync(HttpClient to, string method, string path, string? token, string? json)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (token is not null) request.Headers.Add("X-Session-Token", token);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await to.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }
}

internal static class FlowsOfTests
{
    /// <summary>The ids of all messages, the form's and the nodes'.</summary>
    public static int[] Messages(this Answer answer)
    {
        var ui = JsonNode.Parse(answer.Text)!["ui"]!;
        return [.. (ui["messages"]?.AsArray() ?? []).Concat(ui["nodes"]?.AsArray().SelectMany(n => n!["messages"]!.AsArray()) ?? []).Select(m => (int)m!["id"]!)];
    }

    /// <summary>The nodes as group/name, in their order.</summary>
    public static string[] Nodes(this JsonNode flow) =>
        [.. (flow["ui"]!["nodes"]?.AsArray() ?? []).Select(n => $"{n!["group"]}/{n["attributes"]!["name"] ?? n["attributes"]!["id"]}")];

    public static JsonNode? Node(this JsonNode flow, string name) =>
        flow["ui"]!["nodes"]?.AsArray().FirstOrDefault(n => (string?)(n!["attributes"]!["name"] ?? n["attributes"]!["id"]) == name)?["attributes"];
}

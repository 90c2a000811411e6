using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ascent.Config;
using Ascent.Storage;
using Ascent.Tests.Identities;

namespace Ascent.Tests.Flows.Recovery;

/// <summary>The whole program with recovery switched on, a clock of the test's, and a courier whose queue the test reads.</summary>
internal sealed partial class RecoveryHost : IAsyncDisposable
{
    public const string Password = "correct-horse-battery-9", NewPassword = "another-good-battery-4", Ada = "ada@example.org", Work = "work@example.com";

    private const string Person = """
        { "type": "object", "properties": { "traits": { "type": "object", "required": ["email"], "properties": {
          "email": { "type": "string", "format": "email", "ory.sh/kratos": { "credentials": { "password": { "identifier": true } }, "verification": { "via": "email" }, "recovery": { "via": "email" } } },
          "work": { "type": "string", "format": "email", "ory.sh/kratos": { "verification": { "via": "email" }, "recovery": { "via": "email" } } },
          "phone": { "type": "string", "format": "tel", "ory.sh/kratos": { "recovery": { "via": "sms" } } } } } } }
        """;

    private readonly TestDatabase database;
    private readonly AscentServer server;
    private readonly DirectoryInfo directory;
    private readonly HttpClient admin;

    private RecoveryHost(TestDatabase database, AscentServer server, DirectoryInfo directory, ManualTime time)
    {
        (this.database, this.server, this.directory, Time) = (database, server, directory, time);
        Public = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.PublicAddress };
        admin = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = server.AdminAddress };
    }

    public ManualTime Time { get; }
    public HttpClient Public { get; }
    public Db Db => database.Db;
    public string Dsn => database.Dsn;

    public static async Task<RecoveryHost> StartAsync(string engine, string more = "{}")
    {
        var store = await TestDatabase.CreateAsync(engine);
        var folder = Directory.CreateTempSubdirectory("ascent-test-");
        var files = new[] { Path.Combine(folder.FullName, "kratos.yml"), Path.Combine(folder.FullName, "more.yml") };
        await File.WriteAllTextAsync(files[0], $$"""
            dsn: "{{store.Dsn}}"
            secrets: { default: [ "the test suite's default secret" ] }
            log: { level: error }
            serve: { public: { host: 127.0.0.1, port: 0, base_url: "http://id.example.org/" }, admin: { host: 127.0.0.1, port: 0, base_url: "http://127.0.0.1:4434/" } }
            identity: { default_schema_id: default, schemas: [ { id: default, url: "{{IdentityHost.Data(Person)}}" } ] }
            hashers: { algorithm: bcrypt, bcrypt: { cost: 4 } }
            session: { whoami: { required_aal: aal1 } }
            selfservice:
              default_browser_return_url: http://app.example.org/
              allowed_return_urls: [ "http://app.example.org/" ]
              flows:
                settings: { required_aal: aal1, ui_url: "http://app.example.org/settings" }
                recovery: { enabled: true, ui_url: "http://app.example.org/recovery" }
              methods:
                password: { config: { haveibeenpwned_enabled: false } }
                totp: { enabled: true }
                link: { enabled: true }
            """);
        await File.WriteAllTextAsync(files[1], more);
        var time = new ManualTime();
        var program = await AscentServer.BuildAsync(new ConfigLoader(new ConfigSource { Files = files, Dev = true }), time, _ => { }, CancellationToken.None);
        await program.StartAsync(CancellationToken.None);
        return new RecoveryHost(store, program, folder, time);
    }

    public Visitor Native() => new(this, Visitor.Kind.Native);

    public Visitor App() => new(this, Visitor.Kind.App);

    public Visitor FormBrowser() => new(this, Visitor.Kind.Form);

    public async Task<Guid> AddAsync(string email = Ada, string moreTraits = "", string credentials = "", string state = "active")
    {
        var made = await AdminAsync("POST", "/admin/identities",
            $$$"""{"schema_id":"default","state":"{{{state}}}","traits":{"email":"{{{email}}}" {{{moreTraits}}} },"credentials":{"password":{"config":{"password":"{{{Password}}}"}} {{{credentials}}} } }""");
        return made.ShouldBe(HttpStatusCode.Created).Json.GetProperty("id").GetGuid();
    }

    public async Task<Answer> AdminAsync(string method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (json is not null) request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await admin.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    /// <summary>What is queued for an address, the newest first.</summary>
    public async Task<JsonElement[]> MessagesAsync(string to) =>
        [.. (await AdminAsync("GET", $"/admin/courier/messages?recipient={Uri.EscapeDataString(to)}&page_size=100")).ShouldBe(HttpStatusCode.OK).Json.EnumerateArray()];

    public async Task<string> CodeAsync(string to = Ada) => Digits().Match((await MessagesAsync(to))[0].GetProperty("body").GetString()!).Value;

    public async Task<string> LinkAsync(string to = Ada) => new Uri(Address().Match((await MessagesAsync(to))[0].GetProperty("body").GetString()!).Value.Replace("&amp;", "&", StringComparison.Ordinal)).PathAndQuery;

    public async Task<bool> IsVerifiedAsync(Guid id, string address = Ada) =>
        (await AdminAsync("GET", $"/admin/identities/{id}")).Json.GetProperty("verifiable_addresses").EnumerateArray().Single(a => a.GetProperty("value").GetString() == address).GetProperty("verified").GetBoolean();

    public async Task<int> CountAsync(string what) => await Db.ReadValueAsync(new Sql($"select count(*) from {what}"), r => (int)r.Long(0), CancellationToken.None) ?? 0;

    /// <summary>By their names: the clock stands still between them.</summary>
    public async Task<string[]> EventsAsync() => [.. await Db.ReadAsync(new Sql("select type from event where type like 'recovery.%' order by type"), r => r.Text(0), CancellationToken.None)];

    public async ValueTask DisposeAsync()
    {
        Public.Dispose();
        admin.Dispose();
        await server.StopAsync(CancellationToken.None);
        await server.DisposeAsync();
        await database.DisposeAsync();
        directory.Delete(recursive: true);
    }

    [GeneratedRegex(@"\b\d{6}\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Digits();

    [GeneratedRegex("""https?://[^\s"<>]+/self-service/[^\s"<>]+""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();
}

/// <summary>One client: a native app, a page with script, or a browser that sends forms.</summary>
internal sealed class Visitor(RecoveryHost host, Visitor.Kind kind)
{
    internal enum Kind { Native, App, Form }

    private readonly Dictionary<string, string> jar = new(StringComparer.Ordinal);

    public string? Token { get; set; }
    public bool HasSession => jar.ContainsKey("ory_kratos_session");

    public async Task<Answer> SendAsync(string method, string path, JsonObject? body = null, bool json = true)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        var form = kind == Kind.Form && !(method == "GET" && json);
        request.Headers.TryAddWithoutValidation("Accept", form ? "text/html" : "application/json");
        if (Token is not null) request.Headers.Add("X-Session-Token", Token);
        if (kind != Kind.Native && jar.Count > 0) request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", jar.Select(c => $"{c.Key}={c.Value}")));
        if (body is not null)
            request.Content = form
                ? new FormUrlEncodedContent(body.Select(f => KeyValuePair.Create(f.Key, f.Value!.ToString())))
                : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await host.Public.SendAsync(request);
        foreach (var line in response.Headers.TryGetValues("Set-Cookie", out var set) ? set : [])
        {
            var pair = line.Split(';')[0].Split('=', 2);
            lock (jar) jar[pair[0]] = pair[1];
        }
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    /// <summary>Begins a flow and gives it as its page gets it.</summary>
    public async Task<JsonNode> BeginAsync(string query = "", string flow = "recovery")
    {
        var started = await SendAsync("GET", $"/self-service/{flow}/{(kind == Kind.Native ? "api" : "browser")}{query}", json: kind != Kind.Form);
        if (kind != Kind.Form) return JsonNode.Parse(started.ShouldBe(HttpStatusCode.OK).Text)!;
        return await FetchAsync(started.ShouldBe(HttpStatusCode.SeeOther).Location(), flow);
    }

    public async Task<JsonNode> FetchAsync(string location, string flow = "recovery") =>
        JsonNode.Parse((await ReadAsync(location.Split("flow=")[^1].Split("id=")[^1], flow)).ShouldBe(HttpStatusCode.OK).Text)!;

    public Task<Answer> ReadAsync(string id, string flow = "recovery") => SendAsync("GET", $"/self-service/{flow}/flows?id={id}");

    /// <summary>Sends a flow's form with its token.</summary>
    public Task<Answer> SubmitAsync(JsonNode flow, params (string Name, string Value)[] fields)
    {
        var body = new JsonObject();
        if (kind != Kind.Native && flow.Csrf() is { Length: > 0 } token) body["csrf_token"] = token;
        foreach (var (name, value) in fields) body[name] = value;
        return SendAsync("POST", new Uri((string)flow["ui"]!["action"]!).PathAndQuery, body);
    }

    /// <summary>Begins a recovery and asks for something to be sent.</summary>
    public async Task<JsonNode> AskAsync(string email = RecoveryHost.Ada, string method = "code", string query = "")
    {
        // Messages are told apart by when they were queued.
        host.Time.Advance(TimeSpan.FromSeconds(1));
        var flow = await BeginAsync(query);
        var answer = await SubmitAsync(flow, ("method", method), ("email", email));
        return kind == Kind.Form ? await FetchAsync(answer.ShouldBe(HttpStatusCode.SeeOther).Location()) : JsonNode.Parse(answer.ShouldBe(HttpStatusCode.OK).Text)!;
    }

    public Task<Answer> ProveAsync(JsonNode flow, string code) => SubmitAsync(flow, ("method", "code"), ("code", code));
}

internal static class RecoveryAnswersOfTests
{
    public static string Location(this Answer answer) => answer.Response.Headers.Location?.OriginalString ?? "";

    public static string? Csrf(this JsonNode flow) =>
        (string?)flow["ui"]!["nodes"]!.AsArray().FirstOrDefault(n => (string?)n!["attributes"]!["name"] == "csrf_token")?["attributes"]!["value"];

    /// <summary>The ids of all messages, the form's and the nodes'.</summary>
    public static int[] Messages(this JsonNode flow) =>
        [.. (flow["ui"]!["messages"]?.AsArray() ?? []).Concat(flow["ui"]!["nodes"]!.AsArray().SelectMany(n => n!["messages"]!.AsArray())).Select(m => (int)m!["id"]!)];

    public static int[] Messages(this Answer answer) => JsonNode.Parse(answer.Text)!.Messages();

    public static string State(this Answer answer) => answer.Json.GetProperty("state").GetString()!;
}

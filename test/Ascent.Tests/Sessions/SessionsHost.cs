using System.Net;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Crypto;
using Ascent.Events;
using Ascent.Http;
using Ascent.Sessions;
using Ascent.Storage;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Sessions;

/// <summary>The server with sessions alone, on a fresh database and a clock of the test's own.</summary>
internal sealed class SessionsHost : IAsyncDisposable
{
    private readonly TestDatabase store;
    private readonly WebServer web;

    private SessionsHost(TestDatabase store, WebServer web, ConfigStore config, ManualTime time, Guid nid)
    {
        (this.store, this.web) = (store, web);
        (Config, Time, Nid) = (config, time, nid);
        Public = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = web.PublicAddress };
        Admin = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = web.AdminAddress };
    }

    public static AscentConfig Plain { get; } = new()
    {
        Dev = true,
        Secrets = new SecretsConfig { Default = [new Secret("the test suite's default secret")] },
        Serve = new ServeConfig
        {
            Public = new PublicConfig { Host = "127.0.0.1", Port = 0, BaseUrl = "https://id.example.org/" },
            Admin = new AdminConfig { Host = "127.0.0.1", Port = 0, BaseUrl = "http://127.0.0.1:4434/" },
        },
        Log = new LogConfig { Level = LogVerbosity.Error },
    };

    public Db Db => store.Db;
    public ConfigStore Config { get; }
    public ManualTime Time { get; }
    public Guid Nid { get; }
    public HttpClient Public { get; }
    public HttpClient Admin { get; }
    public SessionIssuer Issuer => Get<SessionIssuer>();

    public T Get<T>() where T : notnull => web.Services.GetRequiredService<T>();

    public static async Task<SessionsHost> StartAsync(string engine, Func<AscentConfig, AscentConfig>? configure = null, Action<IServiceCollection>? services = null)
    {
        var database = await TestDatabase.CreateAsync(engine);
        var time = new ManualTime();
        var config = new ConfigStore(configure is null ? Plain : configure(Plain));
        var tenant = await Tenant.LoadDefaultAsync(database.Db, time, CancellationToken.None);
        var server = WebServer.Build(new WebServerOptions
        {
            Config = config,
            Time = time,
            Services = s =>
            {
                s.AddSingleton(database.Db).AddSingleton(tenant).AddSingleton<EventWriter>().AddCrypto().AddSessions();
                services?.Invoke(s);
            },
            MapPublic = r =>
            {
                r.MapPublicSessions();
                r.Map("/issue-cookie/{id}", async (string id, HttpContext http, SessionIssuer issuer, SessionCookie cookie) =>
                {
                    var issued = (IssueResult.Issued)await issuer.IssueAsync(tenant.Nid, Guid.Parse(id), [Password(time)], DeviceInfo.Of(http), "self", CancellationToken.None);
                    cookie.Issue(http.Response, issued.Token, issued.Session.ExpiresAt);
                });
                r.Map("/clear-cookie", (HttpContext http, SessionCookie cookie) => cookie.Clear(http.Response));
            },
            MapAdmin = r => r.MapAdminSessions(),
        });
        await server.StartAsync(CancellationToken.None);
        return new SessionsHost(database, server, config, time, tenant.Nid);
    }

    public static AuthenticationMethod Password(TimeProvider time) => new() { Method = "password", Aal = "aal1", CompletedAt = time.GetUtcNow() };
    public static AuthenticationMethod Totp(TimeProvider time) => new() { Method = "totp", Aal = "aal2", CompletedAt = time.GetUtcNow() };

    public async Task<Guid> AddIdentityAsync(string email = "ada@example.org", string availableAal = "aal1", string? metadataPublic = null, string? externalId = null)
    {
        var id = Guid.CreateVersion7(Time.GetUtcNow());
        var address = $$"""[{"id":"{{id}}","value":"{{email}}","verified":false,"via":"email","status":"pending","created_at":"2026-01-02T03:04:05Z","updated_at":"2026-01-02T03:04:05Z"}]""";
        await Db.ExecuteAsync(new Sql("""
            insert into identity (nid, id, version, schema_id, state, state_changed_at, traits, metadata_public, metadata_admin, verifiable_addresses, recovery_addresses, available_aal, external_id, created_at, updated_at)
            values (@nid, @id, 1, 'default', 'active', @now, @traits, @public, '{"risk":3}', @addresses, '[]', @aal, @external, @now, @now)
            """, ("nid", Nid), ("id", id), ("now", Time.GetUtcNow()), ("traits", $$"""{"email":"{{email}}"}"""), ("public", metadataPublic), ("addresses", address), ("aal", availableAal), ("external", externalId)), CancellationToken.None);
        return id;
    }

    public Task SetStateAsync(Guid identity, string state) =>
        Db.ExecuteAsync(new Sql("update identity set state = @state where nid = @nid and id = @id", ("state", state), ("nid", Nid), ("id", identity)), CancellationToken.None);

    public async Task<(Session Session, string Token)> SignInAsync(Guid identity, params AuthenticationMethod[] methods)
    {
        Time.Advance(TimeSpan.FromMilliseconds(2));
        var result = await Issuer.IssueAsync(Nid, identity, methods.Length == 0 ? [Password(Time)] : methods, new DeviceInfo("192.0.2.1", "test/1", ""), "self", CancellationToken.None);
        var issued = result.ShouldBeOfType<IssueResult.Issued>();
        return (issued.Session, issued.Token.Value);
    }

    public Task<Reply> WhoamiAsync(string? token, string query = "") => SendAsync(Public, "GET", "/sessions/whoami" + query, token);

    public Task<Reply> SendAsync(string method, string path, string? token = null, params (string Name, string Value)[] headers) => SendAsync(Public, method, path, token, null, headers);

    public Task<Reply> AdminAsync(string method, string path, string? body = null) => SendAsync(Admin, method, path, null, body);

    public static async Task<Reply> SendAsync(HttpClient client, string method, string path, string? token, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (token is not null) request.Headers.Add("X-Session-Token", token);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        if (body is not null) request.Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var all = response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(", ", h.Value), StringComparer.OrdinalIgnoreCase);
        var cookies = response.Headers.TryGetValues("Set-Cookie", out var set) ? set.ToArray() : [];
        return new Reply(response.StatusCode, text, all, cookies);
    }

    /// <summary>Waits for what happens behind the answers.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var end = Environment.TickCount64 + 20_000;
        while (!await holds())
        {
            (Environment.TickCount64 < end).ShouldBeTrue("It did not happen in time.");
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Public.Dispose();
        Admin.Dispose();
        await web.StopAsync(CancellationToken.None);
        await web.DisposeAsync();
        await store.DisposeAsync();
    }

    internal sealed record Reply(HttpStatusCode Status, string Text, Dictionary<string, string> Headers, string[] Cookies)
    {
        public int Code => (int)Status;
        public JsonNode Json => JsonNode.Parse(Text)!;
        public string? Header(string name) => Headers.GetValueOrDefault(name);
    }
}

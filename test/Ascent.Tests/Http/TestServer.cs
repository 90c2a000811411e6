using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Ascent.Config;
using Ascent.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ascent.Tests.Http;

/// <summary>The real server on ports of its own, with routes shaped like those of the wire contract.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string Base = "http://id.example.org/";
    public const string AdminBase = "http://admin.example.org/";

    private TestServer(WebServer web, ConfigStore config, LogCapture log)
    {
        (Web, Config, Log) = (web, config, log);
        Public = Client(web.PublicAddress!);
        Admin = Client(web.AdminAddress!);
    }

    public WebServer Web { get; }
    public ConfigStore Config { get; }
    public LogCapture Log { get; }
    public HttpClient Public { get; }
    public HttpClient Admin { get; }

    public static AscentConfig Settings(Func<PublicConfig, PublicConfig>? change = null, bool dev = false) => new()
    {
        Dev = dev,
        ContentHash = new string('a', 64),
        Serve = new ServeConfig
        {
            Public = (change ?? (static c => c))(new PublicConfig { Host = "127.0.0.1", Port = 0, BaseUrl = Base }),
            Admin = new AdminConfig { Host = "127.0.0.1", Port = 0, BaseUrl = AdminBase },
        },
    };

    public static async Task<TestServer> StartAsync(AscentConfig? config = null, Action<IEndpointRouteBuilder>? map = null, Func<WebServerOptions, WebServerOptions>? change = null)
    {
        var store = new ConfigStore(config ?? Settings());
        var log = new LogCapture();
        var options = new WebServerOptions
        {
            Config = store,
            Services = s => s.AddLogging(b => b.ClearProviders().AddProvider(log)),
            MapPublic = r =>
            {
                MapPublic(r);
                map?.Invoke(r);
            },
            MapAdmin = MapAdmin,
        };
        var web = WebServer.Build(change?.Invoke(options) ?? options);
        await web.StartAsync(CancellationToken.None);
        return new TestServer(web, store, log);
    }

    public Task<HttpResponseMessage> SendAsync(string method, string path, bool admin = false, HttpContent? content = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return (admin ? Admin : Public).SendAsync(request);
    }

    /// <summary>Sends bytes as they are and reads until the server closes; the request should say Connection: close.</summary>
    public async Task<string> RawAsync(string request, bool admin = false)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync("127.0.0.1", (admin ? Web.AdminAddress : Web.PublicAddress)!.Port);
        var stream = tcp.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var answer = new MemoryStream();
        await stream.CopyToAsync(answer);
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    /// <summary>The log lines of requests, once there are so many: a line is written just after the client has its answer.</summary>
    public async Task<IReadOnlyList<LogCapture.Entry>> RequestsAsync(int count)
    {
        var clock = Stopwatch.StartNew();
        while (Log.Requests.Count() < count && clock.Elapsed < TimeSpan.FromSeconds(10)) await Task.Yield();
        return [.. Log.Requests];
    }

    public async ValueTask DisposeAsync()
    {
        Public.Dispose();
        Admin.Dispose();
        await Web.StopAsync(CancellationToken.None);
        await Web.DisposeAsync();
    }

    private static HttpClient Client(Uri address) => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false }) { BaseAddress = address };

    private static void MapPublic(IEndpointRouteBuilder r)
    {
        r.MapGet("/schemas", () => "schemas");
        r.MapGet("/schemas/{id}", (HttpContext http) => (string)http.Request.RouteValues["id"]!);
        r.Map("/sessions/whoami", (RequestDelegate)ApiError.Unauthorized("No session.").ExecuteAsync);
        r.MapGet("/sessions", () => "mine");
        r.MapDelete("/sessions", () => "others");
        r.MapDelete("/sessions/{id}", (string id) => id);
        r.MapGet("/self-service/login/browser", () => "browser");
        r.MapGet("/self-service/login/api", () => "api");
        r.MapGet("/self-service/login/flows", ApiError () => ApiError.NotFound());
        r.MapMethods("/self-service/login", ["GET", "POST"], () => "submitted");
        r.MapGet("/self-service/errors", () => "errors");
    }

    private static void MapAdmin(IEndpointRouteBuilder r)
    {
        r.MapMethods("/identities", ["GET", "POST", "PATCH"], () => "identities");
        r.MapMethods("/identities/{id}", ["GET", "PUT", "PATCH", "DELETE"], (string id) => id);
        r.MapGet("/identities/by/external/{id}", (string id) => "external " + id);
        r.MapDelete("/identities/{id}/credentials/{type}", (string id, string type) => $"{id} {type}");
        r.MapGet("/sessions", () => "all");
        r.MapGet("/courier/messages", () => "messages");
        r.MapPost("/recovery/code", () => "code");
        r.MapPost("/recovery/link", () => "link");
    }
}

/// <summary>Keeps what was logged, with its fields.</summary>
internal sealed class LogCapture : ILoggerProvider
{
    public ConcurrentQueue<Entry> Entries { get; } = new();

    public IEnumerable<Entry> Requests => Entries.Where(e => e.Category == "Ascent.Http.Requests");

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);
    public void Dispose() { }

    public sealed record Entry(string Category, LogLevel Level, string Message, Exception? Exception, IReadOnlyDictionary<string, object?> Fields);

    private sealed class Logger(LogCapture owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var fields = (state as IEnumerable<KeyValuePair<string, object?>> ?? []).ToDictionary(f => f.Key, f => f.Value, StringComparer.Ordinal);
            owner.Entries.Enqueue(new Entry(category, logLevel, formatter(state, exception), exception, fields));
        }
    }
}

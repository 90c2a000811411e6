using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ascent.Tests.Flows.Hooks;

/// <summary>A real server that takes web hooks, remembers them and answers as the test says.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly WebApplication app;

    private HookReceiver(WebApplication app) => this.app = app;

    public sealed record Call(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body)
    {
        public JsonElement Json => JsonElement.Parse(Body);
    }

    public ConcurrentQueue<Call> Calls { get; } = new();
    public string Url => app.Urls.Single();

    /// <summary>Status and body; null is 200 with <c>{}</c>.</summary>
    public Func<Call, (int Status, string Body)?> Answer { get; set; } = _ => null;

    /// <summary>Runs before the answer is given.</summary>
    public Func<HttpContext, Task> Before { get; set; } = _ => Task.CompletedTask;

    public static async Task<HookReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var receiver = new HookReceiver(server);
        server.Run(receiver.HandleAsync);
        await server.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private async Task HandleAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var headers = http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var call = new Call(http.Request.Method, http.Request.Path.Value! + http.Request.QueryString, headers, await reader.ReadToEndAsync(http.RequestAborted));
        Calls.Enqueue(call);
        await Before(http);
        var (status, body) = Answer(call) ?? (200, "{}");
        http.Response.StatusCode = status;
        if (status != 204) await http.Response.WriteAsync(body, http.RequestAborted);
    }
}

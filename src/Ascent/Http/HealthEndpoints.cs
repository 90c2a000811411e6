using System.Reflection;
using System.Text;
using System.Text.Json;
using Ascent.Config;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ascent.Http;

/// <summary>Whether we live, whether we can serve, which version and which configuration runs.</summary>
internal static partial class HealthEndpoints
{
    private static readonly byte[] Ok = "{\"status\":\"ok\"}\n"u8.ToArray();
    private static readonly TimeSpan ProbeTime = TimeSpan.FromSeconds(3);

    public static string Version { get; } =
        typeof(HealthEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static void MapPublic(IEndpointRouteBuilder routes)
    {
        IReadinessProbe[] probes = [.. routes.ServiceProvider.GetServices<IReadinessProbe>()];
        var log = routes.ServiceProvider.GetRequiredService<ILoggerFactory>().CreateLogger("Ascent.Http.Health");
        routes.MapGet("/health/alive", AliveAsync).WithMetadata(SameForEverybody.Instance, HealthCheck.Instance, OpenToAll.Instance);
        routes.MapGet("/health/ready", (RequestDelegate)(http => ReadyAsync(http, probes, log)))
            .WithMetadata(SameForEverybody.Instance, HealthCheck.Instance, OpenToAll.Instance);
    }

    public static void MapAdmin(IEndpointRouteBuilder routes)
    {
        MapPublic(routes);
        routes.MapGet("/version", VersionAsync);
        routes.MapGet("/health/config", RevisionAsync).WithMetadata(OpenToAll.Instance);
    }

    private static Task AliveAsync(HttpContext http) => new JsonBytesResult(Ok).ExecuteAsync(http);

    private static Task VersionAsync(HttpContext http) =>
        new JsonResult<string>(Version, static (w, v) =>
        {
            w.WriteStartObject();
            w.WriteString("version"u8, v);
            w.WriteEndObject();
        }).ExecuteAsync(http);

    private static Task RevisionAsync(HttpContext http)
    {
        var config = http.RequestServices.GetRequiredService<ConfigStore>().Current;
        var bytes = Encoding.UTF8.GetBytes(config.EffectiveRevision);
        http.Response.ContentType = "text/plain";
        http.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }

    private static async Task ReadyAsync(HttpContext http, IReadinessProbe[] probes, ILogger log)
    {
        var failures = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var answers = await Task.WhenAll(probes.Select(p => AskAsync(p, log, http.RequestAborted)));
        foreach (var (name, failure) in answers)
            if (failure is not null)
                failures[name] = failure;
        var remarks = new SortedDictionary<string, string>(probes.Where(p => p.Remark is not null).ToDictionary(p => p.Name, p => p.Remark!, StringComparer.Ordinal), StringComparer.Ordinal);
        IResult result = failures.Count > 0 ? new JsonResult<SortedDictionary<string, string>>(failures, WriteFailures, StatusCodes.Status503ServiceUnavailable)
            : remarks.Count > 0 ? new JsonResult<SortedDictionary<string, string>>(remarks, WriteRemarks)
            : new JsonBytesResult(Ok);
        await result.ExecuteAsync(http);
    }

    private static async Task<(string Name, string? Failure)> AskAsync(IReadinessProbe probe, ILogger log, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(ProbeTime);
        try
        {
            return (probe.Name, await probe.CheckAsync(limit.Token).AsTask().WaitAsync(limit.Token));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (probe.Name, "no answer in time");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogProbe(log, e, probe.Name);
            return (probe.Name, "not reachable");
        }
    }

    private static void WriteFailures(Utf8JsonWriter w, SortedDictionary<string, string> failures)
    {
        w.WriteStartObject();
        w.WriteStartObject("errors"u8);
        foreach (var (name, failure) in failures) w.WriteString(name, failure);
        w.WriteEndObject();
        w.WriteEndObject();
    }

    private static void WriteRemarks(Utf8JsonWriter w, SortedDictionary<string, string> remarks)
    {
        w.WriteStartObject();
        w.WriteString("status"u8, "ok"u8);
        w.WriteStartObject("remarks"u8);
        foreach (var (name, remark) in remarks) w.WriteString(name, remark);
        w.WriteEndObject();
        w.WriteEndObject();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Readiness: {probe} failed")]
    private static partial void LogProbe(ILogger log, Exception e, string probe);
}

using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Http.Telemetry;

/// <summary>Figures for Prometheus: requests by route, every meter of ours, the process.</summary>
internal sealed class MetricsEndpoint(MeterBoard board)
{
    private const string Requests = "http_server_request_duration_seconds";

    /// <summary>Set once the routes are known; the endpoint is one of them.</summary>
    public Dispatcher? Dispatcher { get; set; }

    public void Map(IEndpointRouteBuilder routes) => routes.MapGet("/metrics/prometheus", (RequestDelegate)AnswerAsync);

    private Task AnswerAsync(HttpContext http)
    {
        var figures = new Figures();
        WriteRequests(figures);
        board.Write(figures);
        WriteProcess(figures);
        var bytes = Encoding.UTF8.GetBytes(figures.ToString());
        http.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        http.Response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(bytes, http.RequestAborted).AsTask();
    }

    private void WriteRequests(Figures figures)
    {
        figures.Head(Requests, "histogram", "How long requests took");
        if (Dispatcher is null) return;
        // A path may be served by both listeners; its figures are one family with the listener left out.
        foreach (var group in Dispatcher.Routes.Select(r => (r.Template, r.Times)).Append(("(unmatched)", Dispatcher.UnmatchedTimes))
            .SelectMany(r => r.Item2.Series.Select(s => (Template: r.Item1, Series: s)))
            .GroupBy(r => (r.Template, r.Series.Key)).OrderBy(g => g.Key.Template, StringComparer.Ordinal).ThenBy(g => g.Key.Key))
        {
            var counts = new long[TimeSeries.Bounds.Length + 1];
            double sum = 0;
            foreach (var (_, series) in group)
            {
                var part = series.Snapshot();
                for (var i = 0; i < counts.Length; i++) counts[i] += part[i];
                sum += series.Sum;
            }
            var one = group.First().Series;
            var labels = string.Join(',', Figures.Label("method", one.Method), Figures.Label("route", group.Key.Template), Figures.Label("status", one.Status.ToString()));
            figures.Histogram(Requests, labels, TimeSeries.Bounds, counts, sum);
        }
    }

    private static void WriteProcess(Figures figures)
    {
        using var process = Process.GetCurrentProcess();
        var gc = GC.GetGCMemoryInfo();
        figures.Single("process_cpu_seconds_total", "counter", "Processor time used", process.TotalProcessorTime.TotalSeconds);
        figures.Single("process_resident_memory_bytes", "gauge", "Memory in use", Environment.WorkingSet);
        figures.Single("process_start_time_seconds", "gauge", "When the process began, since 1970", new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0);
        figures.Single("process_threads", "gauge", "Threads of the process", process.Threads.Count);
        figures.Single("dotnet_gc_heap_bytes", "gauge", "The managed heap after the last collection", gc.HeapSizeBytes);
        figures.Single("dotnet_gc_allocated_bytes_total", "counter", "Bytes allocated since the start", GC.GetTotalAllocatedBytes());
        figures.Single("dotnet_gc_pause_seconds_total", "counter", "Time that collections held the process", GC.GetTotalPauseDuration().TotalSeconds);
        figures.Head("dotnet_gc_collections_total", "counter", "Collections by generation");
        for (var generation = 0; generation <= GC.MaxGeneration; generation++)
            figures.Value("dotnet_gc_collections_total", Figures.Label("generation", generation.ToString()), GC.CollectionCount(generation));
        figures.Single("dotnet_threadpool_threads", "gauge", "Threads of the pool", ThreadPool.ThreadCount);
        figures.Single("dotnet_threadpool_queue_length", "gauge", "Work that waits for a thread", ThreadPool.PendingWorkItemCount);
        figures.Single("dotnet_threadpool_completed_total", "counter", "Work items done", ThreadPool.CompletedWorkItemCount);
        figures.Single("dotnet_lock_contentions_total", "counter", "Waits for a lock", Monitor.LockContentionCount);
        figures.Head("ascent_build_info", "gauge", "The running version");
        figures.Value("ascent_build_info", Figures.Label("version", HealthEndpoints.Version), 1);
    }
}

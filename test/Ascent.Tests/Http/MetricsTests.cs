using System.Diagnostics.Metrics;
using System.Net;
using System.Text.RegularExpressions;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed partial class MetricsTests
{
    [GeneratedRegex("""^(#|[a-zA-Z_:][a-zA-Z0-9_:]*(\{.*\})? (NaN|[+-]Inf|-?[0-9].*)$)""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Line { get; }

    private static async Task<string[]> ReadAsync(TestServer server)
    {
        using var answer = await server.Admin.GetAsync("/metrics/prometheus");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        return (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public async Task Requests_are_counted_by_route_method_and_status_and_never_by_path()
    {
        await using var server = await TestServer.StartAsync();
        for (var i = 0; i < 3; i++) await server.SendAsync("GET", $"/schemas/secret-{i}?token=secret");
        await server.SendAsync("GET", "/secret-path");
        await server.SendAsync("SECRET", "/sessions/whoami");
        await server.SendAsync("GET", "/identities", admin: true);
        await server.RequestsAsync(6);
        var lines = await ReadAsync(server);
        lines.ShouldAllBe(l => Line.IsMatch(l));
        lines.ShouldContain("""http_server_request_duration_seconds_count{method="GET",route="/schemas/{id}",status="200"} 3""");
        lines.ShouldContain("""http_server_request_duration_seconds_bucket{method="GET",route="/schemas/{id}",status="200",le="+Inf"} 3""");
        lines.ShouldContain("""http_server_request_duration_seconds_count{method="GET",route="(unmatched)",status="404"} 1""");
        lines.ShouldContain("""http_server_request_duration_seconds_count{method="_OTHER",route="/sessions/whoami",status="401"} 1""");
        lines.ShouldContain("""http_server_request_duration_seconds_count{method="GET",route="/admin/identities",status="200"} 1""");
        string.Concat(lines).ShouldNotContain("secret", Case.Insensitive);
    }

    [Fact]
    public async Task Every_meter_of_ours_and_the_process_are_shown()
    {
        await using var server = await TestServer.StartAsync();
        using var meter = new Meter("Ascent.Sample");
        meter.CreateCounter<long>("sample.made").Add(2, new KeyValuePair<string, object?>("kind", "a\"b\nc"));
        meter.CreateHistogram<double>("sample.took", "s").Record(0.02);
        meter.CreateUpDownCounter<int>("sample.open").Add(3);
        meter.CreateObservableGauge("sample.depth", () => 7);
        using var foreign = new Meter("Somebody.Else");
        foreign.CreateCounter<long>("foreign.made").Add(1);
        var lines = await ReadAsync(server);
        lines.ShouldAllBe(l => Line.IsMatch(l));
        lines.ShouldContain("""sample_made_total{kind="a\"b\nc"} 2""");
        lines.ShouldContain("# TYPE sample_took_seconds histogram");
        lines.ShouldContain("""sample_took_seconds_bucket{le="0.025"} 1""");
        lines.ShouldContain("""sample_took_seconds_bucket{le="0.01"} 0""");
        lines.ShouldContain("sample_open 3");
        lines.ShouldContain("sample_depth 7");
        lines.ShouldNotContain(l => l.Contains("foreign", StringComparison.Ordinal));
        foreach (var name in (string[])["process_cpu_seconds_total", "process_resident_memory_bytes", "dotnet_gc_heap_bytes", "dotnet_threadpool_threads"])
            lines.ShouldContain(l => l.StartsWith(name + " ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Names_without_end_do_not_fill_the_memory()
    {
        await using var server = await TestServer.StartAsync();
        using var meter = new Meter("Ascent.Careless");
        var counter = meter.CreateCounter<long>("careless.things");
        for (var i = 0; i < 3000; i++) counter.Add(1, new KeyValuePair<string, object?>("id", i));
        (await ReadAsync(server)).Count(l => l.StartsWith("careless_things_total{", StringComparison.Ordinal)).ShouldBe(1000);
    }
}

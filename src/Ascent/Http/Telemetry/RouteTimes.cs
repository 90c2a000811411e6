using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Ascent.Http.Telemetry;

/// <summary>How long the requests of one route took, by method and status. Recording takes no lock and allocates nothing.</summary>
internal sealed class RouteTimes
{
    private readonly ConcurrentDictionary<int, TimeSeries> series = new();
    private TimeSeries? latest;

    public IEnumerable<TimeSeries> Series => series.Values.OrderBy(s => s.Key);

    public void Record(string method, int status, TimeSpan took)
    {
        var key = MethodNumber(method) * 1000 + Math.Clamp(status, 0, 999);
        var found = latest;
        if (found is null || found.Key != key) latest = found = series.GetOrAdd(key, static k => new TimeSeries(k));
        found.Record(took);
    }

    public static string MethodName(int number) => number switch
    {
        0 => "GET", 1 => "POST", 2 => "PUT", 3 => "PATCH", 4 => "DELETE", 5 => "HEAD", 6 => "OPTIONS", _ => "_OTHER",
    };

    private static int MethodNumber(string method) =>
        HttpMethods.IsGet(method) ? 0
        : HttpMethods.IsPost(method) ? 1
        : HttpMethods.IsPut(method) ? 2
        : HttpMethods.IsPatch(method) ? 3
        : HttpMethods.IsDelete(method) ? 4
        : HttpMethods.IsHead(method) ? 5
        : HttpMethods.IsOptions(method) ? 6
        : 7;
}

/// <summary>A histogram of durations.</summary>
internal sealed class TimeSeries(int key)
{
    private readonly long[] counts = new long[Bounds.Length + 1];
    private long ticks;

    /// <summary>Upper bounds in seconds.</summary>
    public static double[] Bounds { get; } = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private static readonly long[] BoundTicks = [.. Bounds.Select(b => (long)(b * TimeSpan.TicksPerSecond))];

    public int Key { get; } = key;
    public string Method => RouteTimes.MethodName(Key / 1000);
    public int Status => Key % 1000;
    public double Sum => Interlocked.Read(ref ticks) / (double)TimeSpan.TicksPerSecond;

    public void Record(TimeSpan took)
    {
        var i = 0;
        while (i < BoundTicks.Length && took.Ticks > BoundTicks[i]) i++;
        Interlocked.Increment(ref counts[i]);
        Interlocked.Add(ref ticks, took.Ticks);
    }

    public long[] Snapshot() => [.. counts.Select((_, i) => Interlocked.Read(ref counts[i]))];
}

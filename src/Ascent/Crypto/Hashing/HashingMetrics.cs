using System.Diagnostics.Metrics;

namespace Ascent.Crypto.Hashing;

/// <summary>Counts of what the hasher did and refused.</summary>
internal sealed class HashingMetrics : IDisposable
{
    public const string MeterName = "Ascent.Hashing";

    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> operations;
    private readonly Counter<long> refused;
    private readonly Histogram<double> duration;
    private long count;

    public HashingMetrics(Func<int> waiting)
    {
        operations = meter.CreateCounter<long>("ascent.hashing.operations", "{operation}", "Passwords hashed or compared");
        refused = meter.CreateCounter<long>("ascent.hashing.refused", "{operation}", "Operations turned away because too many waited");
        duration = meter.CreateHistogram<double>("ascent.hashing.duration", "s", "Time one operation took, without the wait before it");
        meter.CreateObservableGauge("ascent.hashing.waiting", waiting, "{operation}", "Operations waiting for their turn");
    }

    public Meter Meter => meter;

    public long Operations => Interlocked.Read(ref count);

    public void Done(string format, TimeSpan took)
    {
        Interlocked.Increment(ref count);
        var tag = new KeyValuePair<string, object?>("format", format);
        operations.Add(1, tag);
        duration.Record(took.TotalSeconds, tag);
    }

    public void Refused() => refused.Add(1);

    public void Dispose() => meter.Dispose();
}

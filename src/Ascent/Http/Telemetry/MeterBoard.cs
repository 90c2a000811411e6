using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Numerics;

namespace Ascent.Http.Telemetry;

/// <summary>
/// Adds up what every <c>Ascent.*</c> meter and that of the database driver report, for the metrics endpoint. Request durations are left out: the routes
/// keep their own. A name with more label sets than <see cref="MostSeries"/> stops taking new ones, so that a careless
/// label cannot eat the memory.
/// </summary>
internal sealed class MeterBoard : IDisposable
{
    private const int MostSeries = 1000;
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly MeterListener listener = new();
    private readonly ConcurrentDictionary<Instrument, Sums> instruments = new();

    public MeterBoard()
    {
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (!IsShown(instrument.Meter.Name) || instrument.Name == Figures.RequestDuration) return;
            l.EnableMeasurementEvents(instrument, instruments.GetOrAdd(instrument, static i => new Sums(i)));
        };
        listener.MeasurementsCompleted = (instrument, _) => instruments.TryRemove(instrument, out var _);
        Listen<byte>();
        Listen<short>();
        Listen<int>();
        Listen<long>();
        Listen<float>();
        Listen<double>();
        Listen<decimal>();
        listener.Start();
    }

    public void Write(Figures figures)
    {
        try
        {
            listener.RecordObservableInstruments();
        }
        catch (AggregateException)
        {
            // One who cannot tell its figure at the moment, as when it is being closed, keeps nobody from the others.
        }
        foreach (var family in instruments.Values.GroupBy(s => s.Name, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var first = family.First();
            figures.Head(first.Name, first.Type, first.Help);
            foreach (var sums in family) sums.Write(figures);
        }
    }

    public void Dispose() => listener.Dispose();

    // The driver's own meter knows how many connections of the pool are in use and how many callers wait for one.
    private static bool IsShown(string meter) => meter == "Npgsql" || meter.StartsWith("Ascent.", StringComparison.Ordinal);

    private void Listen<T>() where T : struct, INumber<T> =>
        listener.SetMeasurementEventCallback<T>(static (_, value, tags, state) => ((Sums)state!).Take(double.CreateSaturating(value), tags));

    private sealed class Sums
    {
        private readonly Lock gate = new();
        private readonly SortedDictionary<string, Cell> cells = new(StringComparer.Ordinal);
        private readonly double[]? bounds;
        private readonly bool adds;

        public Sums(Instrument instrument)
        {
            var kind = instrument.GetType().Name;
            var observable = instrument.IsObservable;
            var gauge = kind.StartsWith("Gauge", StringComparison.Ordinal) || kind.StartsWith("ObservableGauge", StringComparison.Ordinal);
            var upDown = kind.Contains("UpDownCounter", StringComparison.Ordinal);
            var histogram = kind.StartsWith("Histogram", StringComparison.Ordinal);
            if (histogram) bounds = instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } own } ? [.. own] : DefaultBounds;
            adds = !gauge && !observable;
            Type = histogram ? "histogram" : gauge || upDown ? "gauge" : "counter";
            Help = instrument.Description ?? instrument.Name;
            var unit = instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", "ms" => "_milliseconds", _ => "" };
            var name = Figures.Name(instrument.Name);
            if (!name.EndsWith(unit, StringComparison.Ordinal)) name += unit;
            Name = Type == "counter" && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
        }

        public string Name { get; }
        public string Type { get; }
        public string Help { get; }

        public void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var labels = Labels(tags);
            lock (gate)
            {
                if (!cells.TryGetValue(labels, out var cell))
                {
                    if (cells.Count >= MostSeries) return;
                    cells[labels] = cell = new Cell { Counts = bounds is null ? null : new long[bounds.Length + 1] };
                }
                cell.Sum = adds ? cell.Sum + value : value;
                if (cell.Counts is null) return;
                var i = 0;
                while (i < bounds!.Length && value > bounds[i]) i++;
                cell.Counts[i]++;
            }
        }

        public void Write(Figures figures)
        {
            lock (gate)
            {
                foreach (var (labels, cell) in cells)
                {
                    if (cell.Counts is null) figures.Value(Name, labels, cell.Sum);
                    else figures.Histogram(Name, labels, bounds!, cell.Counts, cell.Sum);
                }
            }
        }

        private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (tags.IsEmpty) return "";
            var parts = new string[tags.Length];
            for (var i = 0; i < tags.Length; i++) parts[i] = Figures.Label(tags[i].Key, tags[i].Value?.ToString());
            Array.Sort(parts, StringComparer.Ordinal);
            return string.Join(',', parts);
        }
    }

    private sealed class Cell
    {
        public double Sum { get; set; }
        public long[]? Counts { get; init; }
    }
}

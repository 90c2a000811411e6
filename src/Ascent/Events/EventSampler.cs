namespace Ascent.Events;

/// <summary>
/// Keeps events that anybody can bring about from filling the disk while an attack stays visible. Counted for the client, for who is
/// concerned, and for all together: the first are written, after that one for each hundred. Each node counts for itself, in memory.
/// </summary>
internal sealed class EventSampler(TimeProvider time)
{
    /// <summary>The member of an event's data that says how many like it were not written since the last that was.</summary>
    public const string Unwritten = "unwritten_before";

    public const int FirstOfOne = 10, FirstOfAll = 1000, Every = 100, MostKept = 20_000;
    private const string All = "", Others = "\n";
    private static readonly TimeSpan OneWindow = TimeSpan.FromMinutes(10), AllWindow = TimeSpan.FromMinutes(1), BetweenPurges = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly Dictionary<string, Count> counts = new(StringComparer.Ordinal);
    private DateTimeOffset purged;

    /// <summary>How many counts are kept.</summary>
    internal int Kept { get { lock (gate) return counts.Count; } }

    /// <summary>Null where this one is not written; else how many like it were not, since the last that was.</summary>
    /// <param name="client">From where; null where that is not known.</param>
    /// <param name="about">Whose identifier, factor or address it is about; null where that is not known.</param>
    public int? Take(string type, string? client, string? about)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            var all = Of(All, AllWindow, now);
            List<Count> own = [];
            if (client is not null) own.Add(Of($"{type} from {client}", OneWindow, now));
            if (about is not null) own.Add(Of($"{type} about {about}", OneWindow, now));
            var over = all.Seen - FirstOfAll;
            foreach (var count in own) over = Math.Max(over, count.Seen - FirstOfOne);
            if (own.Count == 0) own.Add(all);
            // Who asks most decides: with two counts that have to agree, hardly anything would be written.
            if (over > 0 && over % Every != 0)
            {
                foreach (var count in own) count.Skipped++;
                return null;
            }
            var skipped = own.Max(c => c.Skipped);
            foreach (var count in own) count.Skipped = 0;
            return skipped;
        }
    }

    private Count Of(string key, TimeSpan window, DateTimeOffset now)
    {
        if (!counts.TryGetValue(key, out var count))
        {
            if (counts.Count >= MostKept) Purge(now);
            // Too many to be told apart: those who are new are one crowd.
            if (counts.Count >= MostKept && key != All) key = Others;
            if (!counts.TryGetValue(key, out count)) counts[key] = count = new Count { Ends = now + window };
        }
        if (count.Ends <= now) (count.Seen, count.Ends) = (0, now + window);
        count.Seen++;
        return count;
    }

    private void Purge(DateTimeOffset now)
    {
        if (now - purged < BetweenPurges) return;
        purged = now;
        foreach (var (key, count) in counts)
            if (count.Ends <= now)
                counts.Remove(key);
    }

    private sealed class Count
    {
        public int Seen { get; set; }
        public int Skipped { get; set; }
        public DateTimeOffset Ends { get; set; }
    }
}

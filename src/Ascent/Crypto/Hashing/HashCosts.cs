using System.Collections.Concurrent;
using Ascent.Crypto.Hashing.Formats;

namespace Ascent.Crypto.Hashing;

/// <summary>
/// How much a stored hash costs beside one as configured. Of one kind the parameters say it; between kinds what each took at its fastest
/// on this machine, since what else runs only ever makes it slower. Knows which dearer ones are stored, because all failures then have
/// to last as long as theirs.
/// </summary>
internal sealed class HashCosts
{
    /// <summary>Failures are not made longer than this many times a hash as configured: what costs more is named to the operator instead.</summary>
    public const double MostHidden = 4;

    /// <summary>More kinds of hashes than any import has.</summary>
    private const int MostKinds = 256;

    /// <summary>Below this nobody sees a difference among those that one hash has by itself.</summary>
    private const double Slight = 0.02;

    private readonly ConcurrentDictionary<HashWork, double> fastest = [];
    private volatile HashWork[] stored = [];

    /// <summary>The kinds that accounts were seen to have.</summary>
    public IReadOnlyList<HashWork> Stored => stored;

    public void Took(HashWork work, TimeSpan time)
    {
        if (time <= TimeSpan.Zero || (fastest.Count >= MostKinds && !fastest.ContainsKey(work))) return;
        fastest.AddOrUpdate(work, static (_, t) => t, static (_, before, t) => Math.Min(before, t), time.TotalSeconds);
    }

    /// <summary>Cost of one beside another; null where it is not known yet.</summary>
    public double? Ratio(HashWork one, HashWork other)
    {
        if (one.Amount == 0) return 0;
        if (one.Unit == other.Unit) return one.Amount / other.Amount;
        return fastest.TryGetValue(one, out var a) && fastest.TryGetValue(other, out var b) ? a / b : null;
    }

    /// <summary>Notes that accounts have such hashes; false where that was known.</summary>
    public bool Saw(HashWork work)
    {
        var before = stored;
        if (before.Contains(work) || before.Length >= MostKinds) return false;
        stored = [.. before, work];
        return true;
    }

    /// <summary>Only these are there, as somebody has looked.</summary>
    public void Replace(IEnumerable<HashWork> found) => stored = [.. found.Distinct().Take(MostKinds)];

    /// <summary>What part of a hash as configured a failed comparison is to do beside what it did.</summary>
    public double Missing(HashWork done, HashWork configured) => (1 - (Ratio(done, configured) ?? 0)) is var missing && missing > Slight ? missing : 0;

    /// <summary>How long to wait after a failure that took this long, so that it ends when one with the dearest stored hash would.</summary>
    public TimeSpan Wait(HashWork done, HashWork configured, TimeSpan took)
    {
        var own = Math.Max(1, Ratio(done, configured) ?? 1);
        var longest = stored.Select(s => Ratio(s, configured) ?? 1).Where(r => r <= MostHidden).DefaultIfEmpty(1).Max();
        return longest > own + Slight ? took * ((longest / own) - 1) : TimeSpan.Zero;
    }
}

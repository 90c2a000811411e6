using System.Buffers;
using System.Globalization;
using System.Text;

namespace Ascent.Config;

/// <summary>Durations as Go writes them: 1h30m, 500ms, 1.5h, 0, -2s. The unit may be ns, us, µs, ms, s, m or h.</summary>
internal static class GoDuration
{
    private static readonly (string Unit, decimal Ticks)[] Units =
        [("ns", 0.01m), ("us", 10), ("µs", 10), ("μs", 10), ("ms", 10_000), ("s", 10_000_000), ("m", 600_000_000), ("h", 36_000_000_000)];

    /// <summary>As far as Go's nanoseconds reach, 292 years: added to today it is still a date.</summary>
    private const decimal Longest = long.MaxValue / 100m;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        var negative = rest is ['-', ..];
        if (rest is ['-' or '+', ..]) rest = rest[1..];
        if (rest is "0") return true;
        if (rest.IsEmpty) return false;
        decimal ticks = 0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)) return false;
            rest = rest[digits..];
            var unit = UnitAt(rest);
            if (unit.Unit is null || amount > 1_000_000_000_000_000_000m) return false;
            rest = rest[unit.Unit.Length..];
            ticks += amount * unit.Ticks;
            if (ticks > Longest) return false;
        }
        duration = TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
        return true;
    }

    /// <summary>The shortest text that gives <paramref name="duration"/> back.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero) return "0s";
        var text = new StringBuilder();
        if (duration < TimeSpan.Zero) text.Append('-');
        var left = duration.Duration();
        Take("h", 36_000_000_000);
        Take("m", 600_000_000);
        Take("s", 10_000_000);
        Take("ms", 10_000);
        if (left > TimeSpan.Zero) text.Append(CultureInfo.InvariantCulture, $"{left.Ticks * 100}ns");
        return text.ToString();

        void Take(string unit, long ticks)
        {
            var (count, rest) = Math.DivRem(left.Ticks, ticks);
            if (count > 0) text.Append(CultureInfo.InvariantCulture, $"{count}{unit}");
            left = TimeSpan.FromTicks(rest);
        }
    }

    private static (string? Unit, decimal Ticks) UnitAt(ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAny(Digits);
        var name = length < 0 ? text : text[..length];
        foreach (var unit in Units)
            if (name.SequenceEqual(unit.Unit))
                return unit;
        return default;
    }
}

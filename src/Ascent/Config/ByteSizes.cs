using System.Globalization;

namespace Ascent.Config;

/// <summary>Amounts of memory as text: 128MB, 19MiB, 1gb, 4096. As in Kratos, KB and KiB are both 1024 bytes.</summary>
internal static class ByteSizes
{
    private static readonly (string Unit, int Shift)[] Units =
        [("tib", 40), ("gib", 30), ("mib", 20), ("kib", 10), ("tb", 40), ("gb", 30), ("mb", 20), ("kb", 10), ("t", 40), ("g", 30), ("m", 20), ("k", 10), ("b", 0)];

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var number = text.Trim();
        var shift = 0;
        foreach (var (unit, by) in Units)
        {
            if (!number.EndsWith(unit, StringComparison.OrdinalIgnoreCase)) continue;
            number = number[..^unit.Length].TrimEnd();
            shift = by;
            break;
        }
        if (!decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)) return false;
        if (amount > (decimal)long.MaxValue / (1L << shift)) return false;
        bytes = (long)(amount * (1L << shift));
        return true;
    }

    public static string Format(long bytes)
    {
        foreach (var (unit, shift) in (ReadOnlySpan<(string, int)>)[("GB", 30), ("MB", 20), ("KB", 10)])
            if (bytes > 0 && bytes % (1L << shift) == 0)
                return $"{bytes >> shift}{unit}";
        return $"{bytes}B";
    }
}

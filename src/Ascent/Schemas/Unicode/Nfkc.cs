using System.Globalization;
using System.Text;

namespace Ascent.Schemas.Unicode;

/// <summary>
/// Unicode normalisation form KC. The runtime leaves strings beyond ASCII as they are where globalization is invariant, as it is for us,
/// and identifiers must not depend on a library of the machine: so the algorithm (UAX 15) with the tables of normalization.txt.
/// </summary>
internal static class Nfkc
{
    private const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TailBase = 0x11A7, Vowels = 21, Tails = 28, Syllables = 11172;

    private static readonly Lazy<Tables> Data = new(Tables.Read);

    public static string Normalize(string text)
    {
        if (Ascii.IsValid(text)) return text;
        var data = Data.Value;
        List<int> points = new(text.Length);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, points, data);
        Reorder(points, data);
        Compose(points, data);
        var result = new StringBuilder(points.Count);
        foreach (var point in points) result.Append(new Rune(point).ToString());
        return result.ToString();
    }

    /// <summary>0 for a character that starts a sequence.</summary>
    public static int CombiningClass(int codePoint) => Data.Value.Classes.GetValueOrDefault(codePoint);

    private static void Decompose(int point, List<int> output, Tables data)
    {
        var syllable = point - HangulBase;
        if (syllable is >= 0 and < Syllables)
        {
            output.Add(LeadBase + (syllable / (Vowels * Tails)));
            output.Add(VowelBase + (syllable % (Vowels * Tails) / Tails));
            if (syllable % Tails != 0) output.Add(TailBase + (syllable % Tails));
        }
        else if (data.Decompositions.TryGetValue(point, out var parts))
        {
            output.AddRange(parts);
        }
        else
        {
            output.Add(point);
        }
    }

    /// <summary>Marks between two starters stand in the order of their classes; equal ones stay as they are. A long run is sorted, not bubbled.</summary>
    private static void Reorder(List<int> points, Tables data)
    {
        for (var start = 0; start < points.Count; start++)
        {
            if (!data.Classes.ContainsKey(points[start])) continue;
            var end = start + 1;
            while (end < points.Count && data.Classes.ContainsKey(points[end])) end++;
            if (end - start > 1)
            {
                var sorted = points.GetRange(start, end - start).OrderBy(p => data.Classes[p]).ToList();
                for (var i = 0; i < sorted.Count; i++) points[start + i] = sorted[i];
            }
            start = end;
        }
    }

    private static void Compose(List<int> points, Tables data)
    {
        var starter = -1;
        var kept = 0;
        var lastClass = -1;
        foreach (var point in points.ToArray())
        {
            var combining = data.Classes.GetValueOrDefault(point);
            // A mark is blocked by one of the same or a higher class, a starter by anything in between.
            var open = starter >= 0 && (kept == starter + 1 || lastClass < combining);
            if (open && Pair(points[starter], point, data) is { } composite)
            {
                points[starter] = composite;
                continue;
            }
            points[kept] = point;
            if (combining == 0) starter = kept;
            lastClass = combining;
            kept++;
        }
        points.RemoveRange(kept, points.Count - kept);
    }

    private static int? Pair(int first, int second, Tables data)
    {
        var lead = first - LeadBase;
        var vowel = second - VowelBase;
        if (lead is >= 0 and < 19 && vowel is >= 0 and < Vowels) return HangulBase + (((lead * Vowels) + vowel) * Tails);
        var syllable = first - HangulBase;
        if (syllable is >= 0 and < Syllables && syllable % Tails == 0 && second - TailBase is > 0 and < Tails) return first + second - TailBase;
        return data.Composites.TryGetValue(((long)first << 32) | (uint)second, out var composite) ? composite : null;
    }

    private sealed record Tables(Dictionary<int, int[]> Decompositions, Dictionary<int, int> Classes, Dictionary<long, int> Composites)
    {
        public static Tables Read()
        {
            var tables = new Tables([], [], []);
            using var stream = typeof(Nfkc).Assembly.GetManifestResourceStream("schemas/normalization.txt")
                ?? throw new InvalidOperationException("The resource schemas/normalization.txt is not in the assembly.");
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
            {
                if (line[0] == '#') continue;
                foreach (var entry in line[2..].Split(' ')) tables.Add(line[0], entry);
            }
            return tables;
        }

        private void Add(char kind, string entry)
        {
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            var value = entry[(equals + 1)..].Split('+').Select(Hex).ToArray();
            if (kind == 'P')
            {
                var pair = entry[..equals].Split('+');
                Composites[((long)Hex(pair[0]) << 32) | (uint)Hex(pair[1])] = value[0];
                return;
            }
            var run = entry[..equals].Split('-');
            var first = Hex(run[0]);
            for (var point = first; point <= Hex(run[^1]); point++)
            {
                if (kind == 'C') Classes[point] = value[0];
                else Decompositions[point] = value.Length == 1 ? [value[0] + point - first] : value;
            }
        }

        private static int Hex(string text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}

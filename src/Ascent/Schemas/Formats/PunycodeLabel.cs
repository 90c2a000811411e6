using System.Globalization;
using System.Text;
using Ascent.Schemas.Unicode;

namespace Ascent.Schemas.Formats;

/// <summary>A label behind <c>xn--</c> (RFC 3492), decoded and held against IDNA 2008 (RFC 5892). Scripts and joining letters are told by their main blocks.</summary>
internal static class PunycodeLabel
{
    public static bool IsValid(string encoded)
    {
        if (Decode(encoded) is not { Length: > 0 } points || Array.TrueForAll(points, p => p < 0x80)) return false;
        var text = string.Concat(points.Select(p => new Rune(p).ToString()));
        if (text.StartsWith('-') || text.EndsWith('-') || text.AsSpan().IndexOf("--") == 2) return false;
        if (Category(points[0]) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark) return false;
        for (var i = 0; i < points.Length; i++)
            if (!IsAllowed(points, i)) return false;
        return true;
    }

    private static bool IsAllowed(int[] points, int i)
    {
        var p = points[i];
        switch (p)
        {
            case 0xDF or 0x3C2 or 0x6FD or 0x6FE or 0xF0B or 0x3007 or '-': return true;
            case 0x640 or 0x7FA or 0x302E or 0x302F or (>= 0x3031 and <= 0x3035) or 0x303B: return false;
            case 0xB7: return i > 0 && points[i - 1] == 'l' && i + 1 < points.Length && points[i + 1] == 'l';
            case 0x375: return i + 1 < points.Length && points[i + 1] is (>= 0x370 and <= 0x3FF) or (>= 0x1F00 and <= 0x1FFF);
            case 0x5F3 or 0x5F4: return i > 0 && points[i - 1] is >= 0x591 and <= 0x5F2;
            case 0x30FB: return Array.Exists(points, IsJapaneseOrHan);
            case >= 0x660 and <= 0x669: return !Array.Exists(points, d => d is >= 0x6F0 and <= 0x6F9);
            case >= 0x6F0 and <= 0x6F9: return !Array.Exists(points, d => d is >= 0x660 and <= 0x669);
            case 0x200D: return FollowsVirama(points, i);
            case 0x200C: return FollowsVirama(points, i) || (i > 0 && i + 1 < points.Length && Joins(points[i - 1]) && Joins(points[i + 1]));
        }
        var letter = Category(p) is UnicodeCategory.LowercaseLetter or UnicodeCategory.OtherLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.DecimalDigitNumber;
        var self = new Rune(p).ToString();
        return letter && Nfkc.Normalize(self) == self;
    }

    private static bool FollowsVirama(int[] points, int i) => i > 0 && Nfkc.CombiningClass(points[i - 1]) == 9;

    private static bool Joins(int p) => p is (>= 0x620 and <= 0x64A) or (>= 0x66E and <= 0x6D3) or (>= 0x710 and <= 0x74F) or (>= 0x750 and <= 0x77F) or (>= 0x7CA and <= 0x7EA);

    private static bool IsJapaneseOrHan(int p) => p is (>= 0x3041 and <= 0x309F) or (>= 0x30A1 and <= 0x30FA) or (>= 0x30FD and <= 0x30FF) or 0x3005 or 0x3007
        or (>= 0x3400 and <= 0x4DBF) or (>= 0x4E00 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF);

    private static UnicodeCategory Category(int point) => CharUnicodeInfo.GetUnicodeCategory(point);

    /// <summary>RFC 3492, section 6.2; null for what is no punycode.</summary>
    private static int[]? Decode(string text)
    {
        var dash = text.LastIndexOf('-');
        List<int> output = [.. text[..Math.Max(dash, 0)].Select(c => (int)c)];
        int n = 128, i = 0, bias = 72;
        for (var at = dash + 1; at < text.Length;)
        {
            var old = i;
            var weight = 1;
            for (var k = 36; ; k += 36)
            {
                if (at == text.Length) return null;
                var c = text[at++];
                var digit = char.IsAsciiDigit(c) ? c - '0' + 26 : char.IsAsciiLetterLower(c) ? c - 'a' : -1;
                if (digit < 0 || digit > (int.MaxValue - i) / weight) return null;
                i += digit * weight;
                var threshold = Math.Clamp(k - bias, 1, 26);
                if (digit < threshold) break;
                if (weight > int.MaxValue / (36 - threshold)) return null;
                weight *= 36 - threshold;
            }
            var count = output.Count + 1;
            bias = Adapt(i - old, count, old == 0);
            n += i / count;
            i %= count;
            if (n > 0x10FFFF || n is >= 0xD800 and <= 0xDFFF) return null;
            output.Insert(i++, n);
        }
        return [.. output];
    }

    private static int Adapt(int delta, int count, bool first)
    {
        delta = first ? delta / 700 : delta / 2;
        delta += delta / count;
        var k = 0;
        for (; delta > 455; k += 36) delta /= 35;
        return k + (36 * delta / (delta + 38));
    }
}

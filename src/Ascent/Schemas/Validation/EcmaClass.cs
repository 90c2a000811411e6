using System.Globalization;
using System.Text;

namespace Ascent.Schemas.Validation;

/// <summary>Character classes and single characters, by code points: what lies beyond the first plane becomes pairs of surrogates.</summary>
internal sealed class EcmaClass(string pattern, int start, bool strict)
{
    private const string Digits = "0-9";
    private const string NoDigits = @"\0-/:-\uFFFF";
    private const string Words = "0-9A-Z_a-z";
    private const string NoWords = @"\0-/:-@\[-\^`\{-\uFFFF";
    private const string Spaces = @"\t-\r \u00A0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000\uFEFF";
    private const string NoSpaces = @"\0-\b\x0E-\x1F!-\u009F\u00A1-\u167F\u1681-\u1FFF\u200B-\u2027\u202A-\u202E\u2030-\u205E\u2060-\u2FFF\u3001-\uFEFE\uFF00-\uFFFF";
    private const string Pair = @"[\uD800-\uDBFF][\uDC00-\uDFFF]";

    private static readonly Dictionary<string, string> Posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = "0-9A-Za-z", ["alpha"] = "A-Za-z", ["digit"] = Digits, ["lower"] = "a-z", ["upper"] = "A-Z",
        ["word"] = Words, ["xdigit"] = "0-9A-Fa-f", ["space"] = @"\t-\r ", ["punct"] = @"!-/:-@\[-`\{-~",
    };

    private readonly StringBuilder near = new();
    private readonly List<string> far = [];
    private int at = start + 1;

    public string Translate(out int next)
    {
        var negated = at < pattern.Length && pattern[at] == '^';
        if (negated) at++;
        while (at < pattern.Length && pattern[at] != ']') Member();
        if (at >= pattern.Length) throw new FormatException("a [ is not closed");
        next = at + 1;
        return Result(negated);
    }

    private string Result(bool negated)
    {
        if (negated)
        {
            var plain = near.Length == 0 ? @"[\s\S]" : $"[^{near}]";
            return far.Count == 0 ? $"(?:{Pair}|{plain})" : $"(?:(?!{string.Join('|', far)})(?:{Pair}|{plain}))";
        }
        if (far.Count == 0) return near.Length == 0 ? @"[^\s\S]" : $"[{near}]";
        return $"(?:{(near.Length == 0 ? "" : $"[{near}]|")}{string.Join('|', far)})";
    }

    private void Member()
    {
        if (!strict && string.CompareOrdinal(pattern, at, "[:", 0, 2) == 0 && pattern.IndexOf(":]", at, StringComparison.Ordinal) is var end and > 0
            && Posix.TryGetValue(pattern[(at + 2)..end], out var members))
        {
            near.Append(members);
            at = end + 2;
            return;
        }
        var set = Set(pattern, ref at, inverse: Complement);
        var first = set is null ? Single() : -1;
        if (at + 1 >= pattern.Length || pattern[at] != '-' || pattern[at + 1] == ']')
        {
            if (set is null) Add(first, first);
            else near.Append(set);
            return;
        }
        if (set is not null)
        {
            near.Append(set);
            return;
        }
        at++;
        var last = Single();
        if (last < first) throw new FormatException("a range in a class runs backwards");
        Add(first, last);
    }

    /// <summary>The other side of \D and its like holds every code point beyond the first plane too.</summary>
    private void Complement() => far.Add(Pair);

    private int Single() => pattern[at] == '\\' ? Character(pattern, ref at, strict, inClass: true) : ReadRune(pattern, ref at);

    private void Add(int first, int last)
    {
        if (first <= 0xFFFF)
        {
            near.Append(Unit(first));
            if (last > first) near.Append('-').Append(Unit(Math.Min(last, 0xFFFF)));
            first = 0x10000;
        }
        while (first <= last)
        {
            var high = 0xD800 + ((first - 0x10000) >> 10);
            var end = Math.Min(last, first | 0x3FF);
            far.Add($"{Unit(high)}[{Unit(0xDC00 + (first & 0x3FF))}-{Unit(0xDC00 + (end & 0x3FF))}]");
            first = end + 1;
        }
    }

    public static int ReadRune(string text, ref int at)
    {
        var c = char.IsSurrogatePair(text, at) ? char.ConvertToUtf32(text, at) : text[at];
        at += c > 0xFFFF ? 2 : 1;
        return c;
    }

    public static string Literal(int codePoint)
    {
        if (codePoint > 0xFFFF)
        {
            var pair = char.ConvertFromUtf32(codePoint);
            return $"(?:{Unit(pair[0])}{Unit(pair[1])})";
        }
        return char.IsAsciiLetterOrDigit((char)codePoint) ? ((char)codePoint).ToString() : Unit(codePoint);
    }

    /// <summary>An escape outside of a class: a set of characters or one.</summary>
    public static string EscapeOutside(string pattern, ref int at, bool strict)
    {
        var inverse = false;
        var set = Set(pattern, ref at, () => inverse = true);
        if (set is null) return Literal(Character(pattern, ref at, strict, inClass: false));
        return inverse ? $"(?:{Pair}|[{set}])" : $"[{set}]";
    }

    /// <summary>The members that \d, \w, \s, \p{…} and their opposites stand for; null if another escape follows.</summary>
    private static string? Set(string pattern, ref int at, Action inverse)
    {
        if (pattern[at] != '\\' || at + 1 >= pattern.Length) return null;
        var c = pattern[at + 1];
        if (c is 'p' or 'P')
        {
            if (c == 'P') inverse();
            return UnicodeProperties.Read(pattern, ref at, c == 'P');
        }
        var set = c switch { 'd' => Digits, 'D' => NoDigits, 'w' => Words, 'W' => NoWords, 's' => Spaces, 'S' => NoSpaces, _ => null };
        if (set is null) return null;
        if (char.IsAsciiLetterUpper(c)) inverse();
        at += 2;
        return set;
    }

    private static int Character(string pattern, ref int at, bool strict, bool inClass)
    {
        var c = at + 1 < pattern.Length ? pattern[at + 1] : throw new FormatException("ends in a backslash");
        at += 2;
        switch (c)
        {
            case 't': return '\t';
            case 'n': return '\n';
            case 'v': return '\v';
            case 'f': return '\f';
            case 'r': return '\r';
            case '0': return 0;
            case 'b' when inClass: return '\b';
            case 'x': return Hex(pattern, ref at, 2);
            case 'u': return Unicode(pattern, ref at);
            case 'c' when at < pattern.Length && char.IsAsciiLetter(pattern[at]): return pattern[at++] & 0x1F;
            case 'a' when !strict: return '\a';
        }
        if (char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) && (!strict || @"^$\.*+?()[]{}|/-".Contains(c, StringComparison.Ordinal))) return c;
        throw new FormatException($"the escape \\{c} is not known");
    }

    private static int Unicode(string pattern, ref int at)
    {
        if (at < pattern.Length && pattern[at] == '{')
        {
            var end = pattern.IndexOf('}', at);
            if (end < 0 || !int.TryParse(pattern.AsSpan(at + 1, end - at - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var wide) || wide is < 0 or > 0x10FFFF)
                throw new FormatException(@"\u{…} holds a code point in hexadecimal digits");
            at = end + 1;
            return wide;
        }
        var unit = Hex(pattern, ref at, 4);
        if (!char.IsHighSurrogate((char)unit) || string.CompareOrdinal(pattern, at, @"\u", 0, 2) != 0) return unit;
        var behind = at + 2;
        var low = Hex(pattern, ref behind, 4);
        if (!char.IsLowSurrogate((char)low)) return unit;
        at = behind;
        return char.ConvertToUtf32((char)unit, (char)low);
    }

    private static int Hex(string pattern, ref int at, int digits)
    {
        if (at + digits > pattern.Length || !int.TryParse(pattern.AsSpan(at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var n))
            throw new FormatException($"{digits} hexadecimal digits are missing");
        at += digits;
        return n;
    }

    private static string Unit(int unit) => string.Create(CultureInfo.InvariantCulture, $"\\u{unit:X4}");
}

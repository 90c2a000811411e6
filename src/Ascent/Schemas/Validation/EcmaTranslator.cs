using System.Globalization;
using System.Text;

namespace Ascent.Schemas.Validation;

/// <summary>Rewrites one expression, left to right. Throws FormatException with a reason for what is no expression.</summary>
internal sealed class EcmaTranslator(string pattern, bool strict)
{
    private const string AnyButLineEnds = @"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^\n\r\u2028\u2029])";

    private readonly StringBuilder output = new();
    private int at;

    public string Translate()
    {
        while (at < pattern.Length) Term();
        return output.ToString();
    }

    private void Term()
    {
        var c = pattern[at];
        switch (c)
        {
            case '\\': Escape(); break;
            case '[': output.Append(new EcmaClass(pattern, at, strict).Translate(out at)); break;
            case '(': Group(); break;
            case '.': output.Append(AnyButLineEnds); at++; break;
            case '$': output.Append(@"\z"); at++; break;
            case '^' or ')' or '|' or '*' or '+' or '?': output.Append(c); at++; break;
            case '{': Braces(); break;
            default: Literal(EcmaClass.ReadRune(pattern, ref at)); break;
        }
    }

    private void Literal(int codePoint) => output.Append(EcmaClass.Literal(codePoint));

    /// <summary>A repetition, or by old habit the sign itself.</summary>
    private void Braces()
    {
        var end = pattern.IndexOf('}', at);
        var inner = end < 0 ? "" : pattern[(at + 1)..end];
        var comma = inner.IndexOf(',', StringComparison.Ordinal);
        var low = comma < 0 ? inner : inner[..comma];
        var high = comma < 0 ? "" : inner[(comma + 1)..];
        if (low.Length > 0 && low.All(char.IsAsciiDigit) && high.All(char.IsAsciiDigit))
        {
            output.Append('{').Append(inner).Append('}');
            at = end + 1;
            return;
        }
        Literal('{');
        at++;
    }

    private void Group()
    {
        var rest = pattern.AsSpan(at);
        if (!rest.StartsWith("(?"))
        {
            output.Append('(');
            at++;
            return;
        }
        foreach (var opening in (ReadOnlySpan<string>)["(?:", "(?=", "(?!", "(?<=", "(?<!"])
        {
            if (!rest.StartsWith(opening)) continue;
            output.Append(opening);
            at += opening.Length;
            return;
        }
        var name = rest.StartsWith("(?<") ? 3 : !strict && rest.StartsWith("(?P<") ? 4 : 0;
        if (name > 0)
        {
            output.Append("(?<").Append(Name(name, '>')).Append('>');
            return;
        }
        if (strict) throw new FormatException("a group opens with (?:, (?=, (?!, (?<=, (?<! or (?<name>");
        Flags();
    }

    private string Name(int skip, char end)
    {
        var close = pattern.IndexOf(end, at + skip);
        var name = close < 0 ? "" : pattern[(at + skip)..close];
        if (name.Length == 0 || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsLetterOrDigit(c) || c == '_'))
            throw new FormatException("a group's name is made of letters, digits and underscores");
        at = close + 1;
        return name;
    }

    /// <summary>Go's (?i) and (?i:…); s and m change what dot, ^ and $ mean and are not offered.</summary>
    private void Flags()
    {
        var end = at + 2;
        while (end < pattern.Length && (pattern[end] is 'i' or '-')) end++;
        if (end == at + 2 || end == pattern.Length || pattern[end] is not (')' or ':')) throw new FormatException("this kind of group is not known");
        output.Append(pattern, at, end + 1 - at);
        at = end + 1;
    }

    private void Escape()
    {
        var c = at + 1 < pattern.Length ? pattern[at + 1] : throw new FormatException("ends in a backslash");
        switch (c)
        {
            case 'b' or 'B':
                output.Append(c == 'b'
                    ? "(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))"
                    : "(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))");
                at += 2;
                break;
            case 'k':
                if (at + 2 >= pattern.Length || pattern[at + 2] != '<') throw new FormatException(@"\k is followed by <name>");
                output.Append(@"\k<").Append(Name(3, '>')).Append('>');
                break;
            case >= '1' and <= '9':
                var start = ++at;
                while (at < pattern.Length && char.IsAsciiDigit(pattern[at])) at++;
                output.Append(CultureInfo.InvariantCulture, $"(?:\\{pattern.AsSpan(start, at - start)})");
                break;
            case 'A' or 'z' when !strict:
                output.Append('\\').Append(c);
                at += 2;
                break;
            default:
                output.Append(EcmaClass.EscapeOutside(pattern, ref at, strict));
                break;
        }
    }
}

namespace Ascent.Schemas.Formats;

/// <summary>RFC 6570.</summary>
internal static class UriTemplateFormat
{
    public static bool IsTemplate(string text)
    {
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            if (rest[0] == '{')
            {
                var end = rest.IndexOf('}');
                if (end < 0 || !IsExpression(rest[1..end])) return false;
                rest = rest[(end + 1)..];
            }
            else if (rest[0] == '%')
            {
                if (!IsTriplet(rest)) return false;
                rest = rest[3..];
            }
            else
            {
                if (rest[0] is <= ' ' or '"' or '<' or '>' or '\\' or '^' or '`' or '|' or '}' or (>= '\x7F' and < '\u00A0')) return false;
                rest = rest[1..];
            }
        }
        return true;
    }

    private static bool IsExpression(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return false;
        if ("+#./;?&=,!@|".Contains(text[0], StringComparison.Ordinal)) text = text[1..];
        foreach (var range in text.Split(','))
            if (!IsVariable(text[range])) return false;
        return true;
    }

    private static bool IsVariable(ReadOnlySpan<char> text)
    {
        var colon = text.IndexOf(':');
        if (colon >= 0)
        {
            var length = text[(colon + 1)..];
            if (length.Length is 0 or > 4 || length[0] == '0' || length.ContainsAnyExceptInRange('0', '9')) return false;
            text = text[..colon];
        }
        else if (text.EndsWith('*'))
        {
            text = text[..^1];
        }
        foreach (var range in text.Split('.'))
            if (!IsName(text[range])) return false;
        return true;
    }

    private static bool IsName(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return false;
        while (!text.IsEmpty)
        {
            if (text[0] == '%')
            {
                if (!IsTriplet(text)) return false;
                text = text[3..];
            }
            else
            {
                if (!char.IsAsciiLetterOrDigit(text[0]) && text[0] != '_') return false;
                text = text[1..];
            }
        }
        return true;
    }

    private static bool IsTriplet(ReadOnlySpan<char> text) => text.Length >= 3 && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]);
}

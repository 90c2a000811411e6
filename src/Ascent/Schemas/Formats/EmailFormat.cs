namespace Ascent.Schemas.Formats;

/// <summary>
/// A bare mail address (RFC 5322 addr-spec): local part as dot-atom or quoted string, letters beyond ASCII allowed there;
/// the domain is a host name. No display names, comments or blanks: what is accepted is what mail goes to.
/// </summary>
internal static class EmailFormat
{
    public static bool IsAddress(string text)
    {
        var at = text.LastIndexOf('@');
        return text.Length <= 254 && at is > 0 and <= 64 && IsLocalPart(text.AsSpan(0, at)) && HostFormats.IsHostname(text[(at + 1)..]);
    }

    /// <summary>Any domain of visible characters, dots doubled or at the edges of the local part too.</summary>
    public static bool IsLooseAddress(string text)
    {
        var at = text.LastIndexOf('@');
        if (text.Length > 320 || at < 1 || at == text.Length - 1) return false;
        for (var i = 0; i < text.Length; i++)
            if (i != at && text[i] != '.' && !IsAtomText(text[i])) return false;
        return true;
    }

    private static bool IsLocalPart(ReadOnlySpan<char> text)
    {
        if (text[0] == '"') return IsQuoted(text);
        foreach (var range in text.Split('.'))
        {
            var atom = text[range];
            if (atom.IsEmpty) return false;
            foreach (var c in atom)
                if (!IsAtomText(c)) return false;
        }
        return true;
    }

    private static bool IsQuoted(ReadOnlySpan<char> text)
    {
        if (text.Length < 3 || text[^1] != '"') return false;
        for (var i = 1; i < text.Length - 1; i++)
        {
            if (text[i] == '"' || char.IsControl(text[i])) return false;
            if (text[i] == '\\' && ++i == text.Length - 1) return false;
        }
        return true;
    }

    private static bool IsAtomText(char c) =>
        c > '\u00A0' || char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-/=?^_`{|}~".Contains(c, StringComparison.Ordinal);
}

namespace Ascent.Schemas.Formats;

internal static class HostFormats
{
    /// <summary>RFC 1123 host names; a label that claims to be punycode must be an internationalised name (RFC 5891).</summary>
    public static bool IsHostname(string text)
    {
        if (text.Length is 0 or > 253) return false;
        foreach (var range in text.AsSpan().Split('.'))
            if (!IsLabel(text.AsSpan(range))) return false;
        return true;
    }

    public static bool IsIPv4(string text) => IsIPv4(text.AsSpan());

    public static bool IsIPv6(string text) => IsIPv6(text.AsSpan());

    public static bool IsIPv6(ReadOnlySpan<char> text)
    {
        var elision = text.IndexOf("::");
        if (elision < 0) return Groups(text) == 8;
        if (text[(elision + 1)..].IndexOf("::") >= 0) return false;
        var before = elision == 0 ? 0 : Groups(text[..elision], last: false);
        var after = elision + 2 == text.Length ? 0 : Groups(text[(elision + 2)..]);
        return before >= 0 && after >= 0 && before + after <= 7;
    }

    private static bool IsIPv4(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var range in text.Split('.'))
        {
            var part = text[range];
            if (++count > 4 || part.Length is 0 or > 3 || part.ContainsAnyExceptInRange('0', '9')) return false;
            if ((part.Length > 1 && part[0] == '0') || (part.Length == 3 && int.Parse(part) > 255)) return false;
        }
        return count == 4;
    }

    /// <summary>How many 16-bit groups; -1 if something is none. An IPv4 address may stand last and counts two.</summary>
    private static int Groups(ReadOnlySpan<char> text, bool last = true)
    {
        var count = 0;
        foreach (var range in text.Split(':'))
        {
            var group = text[range];
            if (last && range.End.GetOffset(text.Length) == text.Length && group.Contains('.')) return IsIPv4(group) ? count + 2 : -1;
            if (group.Length is 0 or > 4) return -1;
            foreach (var c in group)
                if (!char.IsAsciiHexDigit(c)) return -1;
            count++;
        }
        return count;
    }

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-') return false;
        foreach (var c in label)
            if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
        if (label.Length < 4 || label[2] != '-' || label[3] != '-') return true;
        return label.StartsWith("xn--", StringComparison.OrdinalIgnoreCase) && PunycodeLabel.IsValid(label[4..].ToString().ToLowerInvariant());
    }
}

using System.Buffers;

namespace Ascent.Schemas.Formats;

/// <summary>RFC 3986 references by their grammar (RFC 3987 with letters of all scripts): System.Uri mends what it should refuse.</summary>
internal static class UriFormats
{
    private const string Unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private const string SubDelims = "!$&'()*+,;=";
    private static readonly SearchValues<char> Scheme = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");
    private static readonly SearchValues<char> UserInfo = SearchValues.Create(Unreserved + SubDelims + ":");
    private static readonly SearchValues<char> RegName = SearchValues.Create(Unreserved + SubDelims);
    private static readonly SearchValues<char> Path = SearchValues.Create(Unreserved + SubDelims + ":@/");
    private static readonly SearchValues<char> Query = SearchValues.Create(Unreserved + SubDelims + ":@/?");

    public static bool IsUri(string text, bool ascii)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && IsScheme(text.AsSpan(0, colon)) && IsHierarchy(text.AsSpan(colon + 1), ascii);
    }

    public static bool IsReference(string text, bool ascii)
    {
        if (IsUri(text, ascii)) return true;
        // The first segment of a relative reference has no colon: it would be a scheme.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var end = text.AsSpan().IndexOfAny('/', '?', '#');
        return (colon < 0 || (end >= 0 && end < colon)) && IsHierarchy(text, ascii);
    }

    private static bool IsScheme(ReadOnlySpan<char> text) => char.IsAsciiLetter(text[0]) && !text.ContainsAnyExcept(Scheme);

    private static bool IsHierarchy(ReadOnlySpan<char> text, bool ascii)
    {
        var hash = text.IndexOf('#');
        if (hash >= 0)
        {
            if (!IsMadeOf(text[(hash + 1)..], Query, ascii)) return false;
            text = text[..hash];
        }
        var mark = text.IndexOf('?');
        if (mark >= 0)
        {
            if (!IsMadeOf(text[(mark + 1)..], Query, ascii)) return false;
            text = text[..mark];
        }
        if (!text.StartsWith("//")) return IsMadeOf(text, Path, ascii);
        text = text[2..];
        var slash = text.IndexOf('/');
        var authority = slash < 0 ? text : text[..slash];
        return IsAuthority(authority, ascii) && (slash < 0 || IsMadeOf(text[slash..], Path, ascii));
    }

    private static bool IsAuthority(ReadOnlySpan<char> text, bool ascii)
    {
        var at = text.IndexOf('@');
        if (at >= 0)
        {
            if (!IsMadeOf(text[..at], UserInfo, ascii)) return false;
            text = text[(at + 1)..];
        }
        var bracket = text.StartsWith('[') ? text.IndexOf(']') : -1;
        if (text.StartsWith('[') && bracket < 0) return false;
        var colon = text[(bracket + 1)..].LastIndexOf(':');
        var host = colon < 0 ? text : text[..(bracket + 1 + colon)];
        if (colon >= 0 && text[(bracket + 2 + colon)..].ContainsAnyExceptInRange('0', '9')) return false;
        if (bracket < 0) return IsMadeOf(host, RegName, ascii);
        if (host.Length != bracket + 1) return false;
        var address = host[1..bracket];
        if (!address.StartsWith('v') && !address.StartsWith('V')) return HostFormats.IsIPv6(address);
        var dot = address.IndexOf('.');
        return dot > 1 && dot + 1 < address.Length && IsHex(address[1..dot]) && !address[(dot + 1)..].ContainsAnyExcept(UserInfo);
    }

    private static bool IsMadeOf(ReadOnlySpan<char> text, SearchValues<char> allowed, bool ascii)
    {
        while (true)
        {
            var odd = text.IndexOfAnyExcept(allowed);
            if (odd < 0) return true;
            if (text[odd] == '%')
            {
                if (odd + 2 >= text.Length || !IsHex(text.Slice(odd + 1, 2))) return false;
                text = text[(odd + 3)..];
            }
            else if (!ascii && text[odd] >= '\u00A0' && !char.IsControl(text[odd]))
            {
                text = text[(odd + 1)..];
            }
            else
            {
                return false;
            }
        }
    }

    private static bool IsHex(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
            if (!char.IsAsciiHexDigit(c)) return false;
        return true;
    }
}

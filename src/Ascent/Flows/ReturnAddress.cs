using System.Text;

namespace Ascent.Flows;

/// <summary>
/// An address taken apart by the few rules that every browser shares. Everything beyond them is no address to us: control
/// characters, blanks around it, backslashes, user names, hosts that are not plain ASCII, a scheme without <c>//</c>, an
/// authority without a host, an escape that is none.
/// </summary>
internal sealed record ReturnAddress
{
    /// <summary>In lower case; empty for an address that has none.</summary>
    public string Scheme { get; private init; } = "";

    /// <summary>With the port; empty for an address that has none.</summary>
    public string Host { get; private init; } = "";

    /// <summary>As it will be sent, escaped.</summary>
    public string Path { get; private init; } = "";

    /// <summary>Query and fragment with their signs.</summary>
    public string Tail { get; private init; } = "";

    /// <summary>The path unescaped, <c>/</c> for an empty one.</summary>
    public string MatchPath { get; private init; } = "/";

    /// <summary>The same after a browser has walked its <c>.</c> and <c>..</c>.</summary>
    public string NormalPath { get; private init; } = "/";

    public static ReturnAddress? Parse(string text) => Parse(text, wildcard: false);

    /// <summary>An entry of the configuration: its host may begin with *.</summary>
    public static ReturnAddress? ParseEntry(string text) => Parse(text, wildcard: true) is { Scheme.Length: > 0, Host.Length: > 0 } entry ? entry : null;

    /// <summary>What is missing is taken from another address.</summary>
    public ReturnAddress On(ReturnAddress origin) => this with
    {
        Scheme = Scheme.Length > 0 ? Scheme : origin.Scheme,
        Host = Host.Length > 0 ? Host : origin.Host,
    };

    public override string ToString() =>
        Host.Length > 0 ? $"{Scheme}{(Scheme.Length > 0 ? ":" : "")}//{Host}{Path}{Tail}" : Path + Tail;

    private static ReturnAddress? Parse(string text, bool wildcard)
    {
        if (text.AsSpan().Trim().Length != text.Length || text.AsSpan().ContainsAnyInRange('\0', '\x1f') || text.AsSpan().ContainsAny('\\', '\x7f')) return null;
        var cut = text.AsSpan().IndexOfAny('?', '#');
        var (front, tail) = cut < 0 ? (text, "") : (text[..cut], text[cut..]);
        var scheme = "";
        if (front.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon && front.IndexOf('/', StringComparison.Ordinal) is var slash && (slash < 0 || colon < slash))
        {
            scheme = front[..colon];
            front = front[(colon + 1)..];
            if (!IsScheme(scheme) || !front.StartsWith("//", StringComparison.Ordinal)) return null;
        }
        var host = "";
        if (front.StartsWith("//", StringComparison.Ordinal))
        {
            var end = front.IndexOf('/', 2);
            host = end < 0 ? front[2..] : front[2..end];
            front = end < 0 ? "" : front[end..];
            if (!IsHost(wildcard && host.StartsWith('*') ? host[1..] : host) && !(wildcard && host == "*")) return null;
            // A second pair of slashes is a host to a browser wherever the first got lost.
            if (front.StartsWith("//", StringComparison.Ordinal)) return null;
        }
        if (front.Length > 0 && front[0] != '/') return null;
        if (Unescape(front) is not { } path) return null;
        return new ReturnAddress
        {
            Scheme = scheme.ToLowerInvariant(), Host = host, Path = Escape(front), Tail = Escape(tail),
            MatchPath = path.Length == 0 ? "/" : path, NormalPath = Walk(path),
        };
    }

    /// <summary>Whether the text is an address to anybody, be it one that is not taken here: clients are told the two apart.</summary>
    public static bool IsAddress(string text)
    {
        if (text.AsSpan().ContainsAnyInRange('\0', '\x1f') || text.Contains('\x7f', StringComparison.Ordinal)) return false;
        var cut = text.AsSpan().IndexOfAny('?', '#');
        var front = cut < 0 ? text : text[..cut];
        var colon = front.AsSpan().IndexOfAny(':', '/');
        if (colon >= 0 && front[colon] == ':')
        {
            if (!IsScheme(front[..colon])) return false;
            front = front[(colon + 1)..];
        }
        if (!IsEscaped(front)) return false;
        if (!front.StartsWith("//", StringComparison.Ordinal)) return true;
        var end = front.IndexOf('/', 2);
        var host = end < 0 ? front[2..] : front[2..end];
        host = host[(host.LastIndexOf('@') + 1)..];
        var port = host.LastIndexOf(':') is >= 0 and var at && at > host.LastIndexOf(']') ? host[(at + 1)..] : "";
        return !host.AsSpan().ContainsAny(' ', '%') && port.All(char.IsAsciiDigit);
    }

    private static bool IsScheme(string s) =>
        s.Length > 0 && char.IsAsciiLetter(s[0]) && s.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '.');

    /// <summary>Name or IPv4 with an optional port, or an IPv6 address in brackets.</summary>
    private static bool IsHost(string s)
    {
        if (s.StartsWith('['))
        {
            var close = s.IndexOf(']', StringComparison.Ordinal);
            return close > 1 && System.Net.IPAddress.TryParse(s[1..close], out _) && !s[..close].Contains('%') && IsPort(s[(close + 1)..]);
        }
        var colon = s.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? s : s[..colon];
        return name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_') && IsPort(colon < 0 ? "" : s[colon..]);
    }

    private static bool IsPort(string s) => s.Length == 0 || (s[0] == ':' && s.Length is > 1 and <= 6 && s.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0);

    /// <summary>The path with its escapes resolved once; null if one is malformed or hides what may not be written plainly.</summary>
    private static string? Unescape(string path)
    {
        if (!IsEscaped(path)) return null;
        var plain = Uri.UnescapeDataString(path);
        return plain.AsSpan().ContainsAnyInRange('\0', '\x1f') || plain.AsSpan().ContainsAny('\\', '\x7f') ? null : plain;
    }

    private static bool IsEscaped(string path)
    {
        for (var i = path.IndexOf('%', StringComparison.Ordinal); i >= 0; i = path.IndexOf('%', i + 1))
            if (i + 2 >= path.Length || !char.IsAsciiHexDigit(path[i + 1]) || !char.IsAsciiHexDigit(path[i + 2]))
                return false;
        return true;
    }

    private static string Walk(string path)
    {
        var parts = new List<string>();
        var all = path.Split('/');
        for (var i = 1; i < all.Length; i++)
        {
            var last = i == all.Length - 1;
            if (all[i] == "..")
            {
                if (parts.Count > 0) parts.RemoveAt(parts.Count - 1);
                if (last) parts.Add("");
            }
            else if (all[i] != ".")
            {
                parts.Add(all[i]);
            }
            else if (last)
            {
                parts.Add("");
            }
        }
        return "/" + string.Join('/', parts);
    }

    /// <summary>A Location header is ASCII without blanks; escapes that are there stay.</summary>
    private static string Escape(string s)
    {
        if (s.All(IsPlain)) return s;
        var result = new StringBuilder(s.Length + 16);
        foreach (var rune in s.EnumerateRunes())
        {
            if (rune.IsAscii && IsPlain((char)rune.Value)) result.Append((char)rune.Value);
            else result.Append(Uri.EscapeDataString(rune.ToString()));
        }
        return result.ToString();
    }

    private static bool IsPlain(char c) => c is > ' ' and < '\x7f' and not ('"' or '<' or '>' or '^' or '`' or '{' or '|' or '}');
}

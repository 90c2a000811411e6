using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Ascent.Http;

/// <summary>The URL as the client typed it: behind a trusted proxy its scheme and host, with our path and query.</summary>
internal static class RequestUrl
{
    private static readonly SearchValues<char> HostText =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]");

    public static string Of(HttpContext http)
    {
        var request = http.Request;
        string scheme = request.Scheme, host = request.Host.Value ?? "";
        var proxies = Listener.Of(http)?.Proxies ?? TrustedProxies.None;
        if (proxies.Trusts(http.Connection.RemoteIpAddress))
        {
            if (Scheme(request.Headers["X-Forwarded-Proto"].ToString()) is { } forwarded) scheme = forwarded;
            if (Host(request.Headers["X-Forwarded-Host"].ToString()) is { } other) host = other;
        }
        return string.Concat(scheme + "://" + host, request.PathBase.ToUriComponent(), request.Path.ToUriComponent(), request.QueryString.ToUriComponent());
    }

    /// <summary>The same URL with these values in its query; see <see cref="QueryWith"/>.</summary>
    public static string With(HttpContext http, params IReadOnlyList<(string Name, string Value)> set)
    {
        var url = Of(http);
        var query = url.IndexOf('?', StringComparison.Ordinal);
        return $"{(query < 0 ? url : url[..query])}?{QueryWith(http, set)}";
    }

    /// <summary>The request's query with these values in place of what it has under their names; written anew, sorted by name.</summary>
    public static string QueryWith(HttpContext http, params IReadOnlyList<(string Name, string Value)> set)
    {
        var pairs = new List<(string Name, string Value)>();
        foreach (var pair in new QueryStringEnumerable(http.Request.QueryString.Value))
            if (pair.DecodeName().ToString() is var name && set.All(s => s.Name != name))
                pairs.Add((name, pair.DecodeValue().ToString()));
        return string.Join('&', pairs.Concat(set).OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{Escape(p.Name)}={Escape(p.Value)}"));
    }

    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    /// <summary>The last proxy's word where several stand in a row.</summary>
    private static string? Scheme(string value)
    {
        var last = Last(value);
        return last.Equals("https", StringComparison.OrdinalIgnoreCase) ? "https" : last.Equals("http", StringComparison.OrdinalIgnoreCase) ? "http" : null;
    }

    private static string? Host(string value)
    {
        var last = Last(value);
        return last.IsEmpty || last.Length > 255 || last.ContainsAnyExcept(HostText) ? null : last.ToString();
    }

    private static ReadOnlySpan<char> Last(string value) => value.AsSpan(value.LastIndexOf(',') + 1).Trim();
}

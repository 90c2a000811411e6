using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Ascent.Http;

/// <summary>
/// The client's address, by headers from trusted peers alone. What is shown goes by the header that Kratos takes; what is counted goes by
/// X-Forwarded-For first: proxies append to it, so what a client wrote stands left of what a proxy saw, whereas the other headers
/// arrive as the client wrote them wherever a proxy does not overwrite them.
/// </summary>
internal static class ClientAddress
{
    private const string ForwardedFor = "X-Forwarded-For";
    private static readonly string[] Single = ["True-Client-IP", "Cf-Connecting-Ip", "X-Real-IP"];

    /// <summary>As sessions show it: by the first of True-Client-IP, Cf-Connecting-IP, X-Real-IP and X-Forwarded-For that holds one.</summary>
    public static IPAddress Of(HttpContext http) => Of(http, static (headers, proxies) => Named(headers) ?? LastOf(headers[ForwardedFor].ToString(), proxies));

    /// <summary>As attempts are counted: no client chooses it behind a proxy that appends to X-Forwarded-For.</summary>
    public static IPAddress Vouched(HttpContext http) => Of(http, static (headers, proxies) => LastOf(headers[ForwardedFor].ToString(), proxies) ?? Named(headers));

    private static IPAddress Of(HttpContext http, Func<IHeaderDictionary, TrustedProxies, IPAddress?> forwarded)
    {
        var peer = http.Connection.RemoteIpAddress;
        var proxies = Listener.Of(http)?.Proxies ?? TrustedProxies.None;
        if (proxies.Trusts(peer) && forwarded(http.Request.Headers, proxies) is { } named) return named;
        if (peer is null) return IPAddress.Loopback; // a Unix socket
        return peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
    }

    private static IPAddress? Named(IHeaderDictionary headers)
    {
        foreach (var name in Single)
            if (Parse(headers[name].ToString()) is { } one)
                return one;
        return null;
    }

    /// <summary>From the right: past our own proxies to the first address that one of them saw and we do not know.</summary>
    private static IPAddress? LastOf(ReadOnlySpan<char> list, TrustedProxies proxies)
    {
        IPAddress? found = null;
        while (!list.IsEmpty)
        {
            var comma = list.LastIndexOf(',');
            if (Parse(list[(comma + 1)..]) is not { } address) return found;
            found = address;
            if (proxies.TrustsAll || !proxies.Trusts(address)) return found;
            list = comma < 0 ? default : list[..comma];
        }
        return found;
    }

    /// <summary>An address, with or without port or brackets; null for anything else.</summary>
    private static IPAddress? Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text.IsEmpty || text.Length > 64) return null;
        if (IPAddress.TryParse(text, out var address) && Whole(text, address)) return Plain(address);
        return IPEndPoint.TryParse(text, out var end) && Whole(text, end.Address) ? Plain(end.Address) : null;
    }

    // The framework takes "7" and "0x7f.1" for addresses; nobody who forwards writes them.
    private static bool Whole(ReadOnlySpan<char> text, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? address.ScopeId == 0 : text.Count('.') == 3 && !text.ContainsAny('x', 'X');

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}

/// <summary>Where a CDN says the client is.</summary>
internal static class GeoLocation
{
    private const int Longest = 128;

    /// <summary>"Munich, DE", or what of it is known; empty without a trusted word.</summary>
    public static string Of(HttpContext http)
    {
        var proxies = Listener.Of(http)?.Proxies ?? TrustedProxies.None;
        if (!proxies.Trusts(http.Connection.RemoteIpAddress)) return "";
        var headers = http.Request.Headers;
        string city = Clean(headers["Cf-Ipcity"].ToString()), country = Clean(headers["Cf-Ipcountry"].ToString());
        return city.Length == 0 ? country : country.Length == 0 ? city : $"{city}, {country}";
    }

    private static string Clean(string value) => value.Length > Longest || value.Any(char.IsControl) ? "" : value.Trim();
}

using System.Net;
using Ascent.Http;
using Microsoft.AspNetCore.Http;

namespace Ascent.Risk;

/// <summary>
/// The client that a request's attempts are counted for, or null where a proxy of ours named nobody. Behind a proxy that the configuration
/// does not name everybody has the proxy's address, and a hundred typing errors among all users would lock out all of them: it is let do
/// ten times what a client is.
/// </summary>
internal static class ThrottleClient
{
    private static readonly IPNetwork[] Internal =
    [
        .. ((string[])["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1/128"]).Select(n => IPNetwork.Parse(n)),
    ];

    public static ThrottleSubject? Of(HttpContext http)
    {
        var client = ClientAddress.Vouched(http);
        var proxies = Listener.Of(http)?.Proxies ?? TrustedProxies.None;
        // A proxy of ours that named nobody.
        if (!proxies.TrustsAll && proxies.Trusts(client)) return null;
        // A neighbour that forwards for others and is not trusted to; or anybody, where the network in front hides all addresses and he says so.
        var forwards = !proxies.Trusts(http.Connection.RemoteIpAddress) && http.Request.Headers.ContainsKey("X-Forwarded-For") && Internal.Any(n => n.Contains(client));
        return forwards ? ThrottleSubject.Neighbour(client) : ThrottleSubject.Address(client);
    }
}

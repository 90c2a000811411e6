using System.Net;
using System.Net.Sockets;

namespace Ascent.Http.Outbound;

/// <summary>
/// Which addresses are nobody's on the public internet: private, loopback, link-local, shared, documentation, multicast,
/// reserved. An IPv6 address that carries an IPv4 address is judged by that one.
/// </summary>
internal static class PrivateRanges
{
    private static readonly IPNetwork[] Blocked =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
        ]).Select(IPNetwork.Parse),
    ];

    /// <summary>The only part of IPv6 that is given out to the public.</summary>
    private static readonly IPNetwork Public6 = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    public static bool Has(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            if (Nat64.Contains(address)) return Has(new IPAddress(address.GetAddressBytes().AsSpan(12)));
            if (!Public6.Contains(address)) return true;
        }
        return Blocked.Any(n => n.Contains(address));
    }
}

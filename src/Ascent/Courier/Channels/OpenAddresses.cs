using System.Net;
using System.Net.Sockets;

namespace Ascent.Courier.Channels;

/// <summary>
/// Connects to a name, where the configuration wants it so only at addresses of the open Internet. The address that was judged
/// is the one connected to, so that a name cannot answer once so and once otherwise.
/// </summary>
internal static class OpenAddresses
{
    private static readonly IPNetwork[] Closed =
    [
        .. ((string[])[
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
            "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
            "::/128", "::1/128", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
        ]).Select(n => IPNetwork.Parse(n)),
    ];

    public static bool IsOpen(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return !Closed.Any(n => n.Contains(address));
    }

    /// <exception cref="IOException">The name leads nowhere that may be reached.</exception>
    public static async Task<Socket> ConnectAsync(string host, int port, bool openOnly, CancellationToken ct)
    {
        IPAddress[] addresses = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, ct);
        if (openOnly) addresses = [.. addresses.Where(IsOpen)];
        if (addresses.Length == 0) throw new IOException("the host has no address that may be reached");
        SocketException? last = null;
        foreach (var address in addresses)
        {
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(address, port, ct);
                return socket;
            }
            catch (SocketException e)
            {
                socket.Dispose();
                last = e;
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        }
        throw new IOException($"cannot be reached ({last!.SocketErrorCode})", last);
    }
}

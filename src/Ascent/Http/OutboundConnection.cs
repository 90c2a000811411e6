using System.Net;
using System.Net.Sockets;
using Ascent.Http.Outbound;

namespace Ascent.Http;

/// <summary>The address that a name leads to may not be reached; it comes inside an <see cref="HttpRequestException"/>. Names no address.</summary>
internal sealed class ForbiddenAddressException() : IOException("Private, loopback and link-local addresses may not be reached (clients.http.disallow_private_ip_ranges).");

/// <summary>
/// Connects to a name, where the configuration wants it so only at addresses of the open Internet. The address that was judged
/// is the one connected to: a name that changes its mind between look and connection gains nothing.
/// </summary>
internal static class OutboundConnection
{
    /// <exception cref="ForbiddenAddressException">All addresses of the name are private.</exception>
    /// <exception cref="IOException">None of them can be reached.</exception>
    public static async Task<Socket> OpenAsync(string host, int port, bool guarded, CancellationToken ct)
    {
        IPAddress[] all = IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, ct);
        var allowed = guarded ? [.. all.Where(a => !PrivateRanges.Has(a))] : all;
        if (allowed.Length == 0) throw guarded && all.Length > 0 ? new ForbiddenAddressException() : new IOException("the host has no address");
        SocketException? last = null;
        foreach (var address in allowed)
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

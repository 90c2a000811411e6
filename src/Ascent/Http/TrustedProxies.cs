using System.Net;

namespace Ascent.Http;

/// <summary>The peers whose word about the client (address, host, scheme) is believed.</summary>
internal sealed class TrustedProxies
{
    private readonly IPNetwork[] networks;

    private TrustedProxies(IPNetwork[] networks, bool all) => (this.networks, TrustsAll) = (networks, all);

    public static TrustedProxies None { get; } = new([], false);

    /// <summary>Every peer: for --dev alone.</summary>
    public static TrustedProxies All { get; } = new([], true);

    public bool TrustsAll { get; }

    public static TrustedProxies Of(IEnumerable<IPNetwork> networks) => new([.. networks], false);

    /// <summary>A peer without an address came by a Unix socket; the socket's file mode says who may.</summary>
    public bool Trusts(IPAddress? peer)
    {
        if (TrustsAll) return true;
        if (peer is null) return true;
        if (peer.IsIPv4MappedToIPv6) peer = peer.MapToIPv4();
        foreach (var network in networks)
            if (network.Contains(peer))
                return true;
        return false;
    }
}

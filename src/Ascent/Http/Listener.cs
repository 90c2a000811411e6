using Microsoft.AspNetCore.Http;

namespace Ascent.Http;

internal enum Face { Public, Admin, Metrics }

/// <summary>
/// The door a connection came in by. It is a feature of the connection, set where the socket was accepted, so that no
/// header and no path can change it.
/// </summary>
internal sealed class Listener(Face face, BodyBudget? bodies = null)
{
    private volatile TrustedProxies proxies = TrustedProxies.None;

    public Face Face { get; } = face;

    /// <summary>What the bodies that come in by this door may take together; null where nobody counts.</summary>
    public BodyBudget? Bodies { get; } = bodies;

    public TrustedProxies Proxies { get => proxies; set => proxies = value; }

    public static Listener? Of(HttpContext http) => http.Features.Get<Listener>();
}

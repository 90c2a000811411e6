using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Ascent.Http.Serving;

/// <summary>How long and how much one client may take from the others.</summary>
internal static class ServerLimits
{
    /// <summary>Requests under way may take this long once the server is told to stop.</summary>
    public static readonly TimeSpan Shutdown = TimeSpan.FromSeconds(10);

    public static void Apply(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        var limits = kestrel.Limits;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(130);
        limits.MinRequestBodyDataRate = new MinDataRate(240, TimeSpan.FromSeconds(5));
        limits.MinResponseDataRate = new MinDataRate(240, TimeSpan.FromSeconds(10));
        limits.MaxConcurrentConnections = 20_000;
        limits.MaxRequestHeadersTotalSize = 64 * 1024;
        limits.MaxRequestLineSize = 32 * 1024;
        // What nobody has read yet; the least that lines and headers of the sizes above allow is half of it.
        limits.MaxRequestBufferSize = 128 * 1024;
        // More than a body may have: what is too large by less is answered properly instead of being cut off.
        limits.MaxRequestBodySize = 32 * 1024 * 1024;
    }
}

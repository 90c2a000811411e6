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
        limits.MaxRequestLineSize = 16 * 1024;
        // Somewhat more than a body may have: what is just too large is read to its end and gets a proper answer.
        limits.MaxRequestBodySize = JsonBody.DefaultLimit + 1024 * 1024;
    }
}

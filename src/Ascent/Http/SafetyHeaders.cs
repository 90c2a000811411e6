using System.Net;
using Ascent.Config;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Ascent.Http;

/// <summary>
/// What browsers are told with every answer, errors and redirects too: take it for what it says it is, show it in no frame, run
/// nothing of it, and tell no other site that one was here, since addresses hold the ids of flows. Pages and scripts of ours lay
/// their own policy over it. Values are made once a configuration: every request sets them.
/// </summary>
internal sealed class SafetyHeaders
{
    private static readonly StringValues NoSniff = "nosniff", NoReferrer = "no-referrer", NoFrames = "DENY";
    private static readonly StringValues Nothing = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>A year; hosts below ours are somebody else's affair.</summary>
    private static readonly StringValues OneYear = "max-age=31536000";

    private readonly StringValues transport;

    public SafetyHeaders(AscentConfig config) =>
        transport = Uri.TryCreate(config.Serve.Public.BaseUrl, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && !IsLocal(url.Host) ? OneYear : default;

    public void Set(HttpResponse response, Face face)
    {
        var headers = response.Headers;
        headers.XContentTypeOptions = NoSniff;
        headers.ContentSecurityPolicy = Nothing;
        headers.XFrameOptions = NoFrames;
        headers["Referrer-Policy"] = NoReferrer;
        if (face == Face.Public && transport.Count > 0) headers.StrictTransportSecurity = transport;
    }

    /// <summary>A browser keeps the rule for the host on all its ports: on a developer's machine other servers would suffer.</summary>
    private static bool IsLocal(string host) => host == "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out _);
}

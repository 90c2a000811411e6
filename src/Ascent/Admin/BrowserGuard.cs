using System.Net;
using Ascent.Config;
using Ascent.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace Ascent.Admin;

/// <summary>
/// Keeps web pages from an admin API that asks for no token. A page that an operator has open reaches whatever the operator's
/// machine reaches, forwarded ports too. It cannot choose what the browser says of it: <c>Origin</c> and <c>Sec-Fetch-Site</c> tell
/// where it comes from, <c>Host</c> gives away a name of its own that points to our address, and JSON by its type is nothing that
/// a page may send elsewhere unasked. Other clients send none of the first two and are not disturbed.
/// </summary>
internal sealed class BrowserGuard
{
    private volatile Known? known;

    /// <summary>Null lets the call through.</summary>
    public ApiError? Check(AscentConfig config, HttpContext http)
    {
        var rules = known;
        // One configuration after the other: who asks with a new one works its rules out.
        if (rules is null || !ReferenceEquals(rules.Config, config)) known = rules = new Known(config);
        return HostFault(rules, http) ?? OriginFault(rules, http.Request) ?? BodyFault(http);
    }

    private static ApiError? HostFault(Known rules, HttpContext http)
    {
        // A Unix socket has no name, and no page reaches it.
        if (http.Connection.RemoteIpAddress is null) return null;
        var host = http.Request.Host.Host.Trim('[', ']');
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.Equals(rules.BaseHost, StringComparison.OrdinalIgnoreCase)) return null;
        if (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)) return null;
        return ApiError.Forbidden($"Without a token the admin API answers by the names of the loopback and of serve.admin.base_url alone, here {rules.BaseHost}. "
            + "Name the host of this call in serve.admin.base_url, or configure a token in serve.admin.auth.tokens and send it.");
    }

    private static ApiError? OriginFault(Known rules, HttpRequest request)
    {
        var origin = request.Headers.Origin;
        if (origin.Count > 0)
        {
            return origin.Count == 1 && (rules.IsOwn(origin[0], request) || rules.Cors?.Allows(origin) == true)
                ? null
                : ApiError.Forbidden("Without a token the admin API obeys no page of another origin. Call it without the header Origin, "
                    + "name the origin in serve.admin.cors.allowed_origins, or configure a token in serve.admin.auth.tokens and send it.");
        }
        return request.Headers["Sec-Fetch-Site"].ToString() is "" or "none" or "same-origin"
            ? null
            : ApiError.Forbidden("Without a token the admin API obeys no page of another site; the browser says by Sec-Fetch-Site that this is one. "
                + "Open the address itself, or configure a token in serve.admin.auth.tokens and send it.");
    }

    private static ApiError? BodyFault(HttpContext http)
    {
        if (http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } || http.Request.ContentLength == 0) return null;
        return IsJson(http.Request.ContentType) ? null : ApiError.Of(StatusCodes.Status415UnsupportedMediaType, "Without a token the admin API reads bodies of the header content-type: application/json alone.");
    }

    private static bool IsJson(string? type) => MediaTypeHeaderValue.TryParse(type, out var media)
        && (media.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || media.Type.Equals("application", StringComparison.OrdinalIgnoreCase) && media.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase));

    private sealed class Known(AscentConfig config)
    {
        private readonly Uri address = new(config.Serve.Admin.BaseUrl);

        public AscentConfig Config => config;
        public Cors? Cors { get; } = Cors.Of(config.Serve.Admin.Cors);
        public string BaseHost => address.Host.Trim('[', ']');

        /// <summary>The page is one of this port's own: the host has been checked, the scheme may be a proxy's.</summary>
        public bool IsOwn(string? origin, HttpRequest request) =>
            origin is not null && (origin.Equals($"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase)
                || origin.Equals(address.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase));
    }
}

using Ascent.Config;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Ascent.Http;

/// <summary>
/// Calls by scripts of other origins, as <c>serve.*.cors</c> allows them. Whoever is not allowed gets the plain answer
/// without a word about it, a preflight included: the browser draws the conclusion. Origins are compared as they are
/// written, and echoed even for <c>*</c>, since cookies may go along.
/// </summary>
internal sealed class Cors
{
    private static readonly StringValues VaryPreflight = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

    private readonly bool anyOrigin;
    private readonly string[] origins;
    private readonly (string Start, string End)[] patterns;
    private readonly string[] methods;
    private readonly bool anyHeader;
    private readonly HashSet<string> headers;
    private readonly StringValues exposed;
    private readonly StringValues maxAge;
    private readonly bool credentials;
    private readonly bool passthrough;

    private Cors(CorsConfig config)
    {
        var lower = config.AllowedOrigins.Select(o => o.ToLowerInvariant()).ToArray();
        anyOrigin = lower.Contains("*", StringComparer.Ordinal);
        origins = [.. lower.Where(o => !o.Contains('*', StringComparison.Ordinal))];
        patterns = [.. lower.Where(o => o != "*" && o.Contains('*', StringComparison.Ordinal))
            .Select(o => (o[..o.IndexOf('*', StringComparison.Ordinal)], o[(o.IndexOf('*', StringComparison.Ordinal) + 1)..]))];
        methods = [.. config.AllowedMethods.Select(m => m.ToUpperInvariant())];
        anyHeader = config.AllowedHeaders.Contains("*", StringComparer.Ordinal);
        headers = new HashSet<string>(config.AllowedHeaders, StringComparer.OrdinalIgnoreCase) { "Origin" };
        exposed = config.ExposedHeaders.Count == 0 ? StringValues.Empty : string.Join(", ", config.ExposedHeaders);
        maxAge = config.MaxAge > 0 ? config.MaxAge.ToString() : StringValues.Empty;
        credentials = config.AllowCredentials;
        passthrough = config.OptionsPassthrough;
    }

    /// <summary>Null where cross-origin calls are switched off: then nothing is said about them at all.</summary>
    public static Cors? Of(CorsConfig config) => config.Enabled ? new Cors(config) : null;

    /// <summary>Sets the headers; true for a preflight that is answered by them alone.</summary>
    public bool Apply(HttpContext http)
    {
        var request = http.Request;
        if (HttpMethods.IsOptions(request.Method) && request.Headers.AccessControlRequestMethod.Count > 0)
        {
            Preflight(request, http.Response);
            if (passthrough) return false;
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return true;
        }
        Actual(http);
        return false;
    }

    /// <summary>The headers of an answer that is no preflight's; also for one whose headers were cleared.</summary>
    public void Actual(HttpContext http)
    {
        var answer = http.Response.Headers;
        answer.Append("Vary", "Origin");
        var origin = http.Request.Headers.Origin;
        if (!Allows(origin) || !AllowsMethod(http.Request.Method)) return;
        answer.AccessControlAllowOrigin = origin;
        if (exposed.Count > 0) answer.AccessControlExposeHeaders = exposed;
        if (credentials) answer.AccessControlAllowCredentials = "true";
    }

    private void Preflight(HttpRequest request, HttpResponse response)
    {
        response.Headers.Append("Vary", VaryPreflight);
        var origin = request.Headers.Origin;
        var method = request.Headers.AccessControlRequestMethod;
        var wanted = request.Headers.AccessControlRequestHeaders;
        if (!Allows(origin) || !AllowsMethod(method.ToString()) || !AllowsHeaders(wanted)) return;
        response.Headers.AccessControlAllowOrigin = origin;
        response.Headers.AccessControlAllowMethods = method.ToString().ToUpperInvariant();
        if (wanted.Count > 0) response.Headers.AccessControlAllowHeaders = wanted;
        if (credentials) response.Headers.AccessControlAllowCredentials = "true";
        if (maxAge.Count > 0) response.Headers.AccessControlMaxAge = maxAge;
    }

    /// <summary>Whether scripts of this origin may call.</summary>
    public bool Allows(StringValues origin)
    {
        if (origin.Count != 1 || origin[0] is not { Length: > 0 and < 512 } text) return false;
        if (anyOrigin || origins.AsSpan().Contains(text)) return true;
        foreach (var (start, end) in patterns)
        {
            if (text.Length <= start.Length + end.Length || !text.StartsWith(start, StringComparison.Ordinal) || !text.EndsWith(end, StringComparison.Ordinal)) continue;
            // The star stands for labels of a host, not for a host and a path.
            if (text.AsSpan(start.Length, text.Length - start.Length - end.Length).IndexOfAny('/', '@', ':') < 0) return true;
        }
        return false;
    }

    private bool AllowsMethod(string method) =>
        HttpMethods.IsOptions(method) || methods.AsSpan().Contains(method.ToUpperInvariant());

    private bool AllowsHeaders(StringValues wanted)
    {
        if (anyHeader) return true;
        foreach (var line in wanted)
            foreach (var name in (line ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                if (!headers.Contains(name))
                    return false;
        return true;
    }
}

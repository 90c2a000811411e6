using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ascent.Http.Routing;
using Ascent.Http.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Ascent.Http;

/// <summary>
/// A request from the socket to its endpoint and back, in one method instead of a row of middleware: cross-origin
/// headers, target check, route, admin gate, endpoint, error answer, figures, log line.
/// </summary>
internal sealed class Dispatcher(
    RouteTable publicRoutes, RouteTable adminRoutes, RouteTable metricsRoutes,
    Func<HttpContext, ValueTask<ApiError?>>? adminGate, RequestDelegate? pages,
    ErrorAnswers errors, TimeProvider time, ILogger log, HttpSnapshot first)
{
    public const string NoStore = "private, no-cache, no-store, must-revalidate";
    private const string AdminPrefix = "/admin";
    public const string Unmatched = "(unmatched)";

    private static readonly StringValues NoStoreValue = NoStore;
    private static readonly StringValues CookieValue = "Cookie";

    private static readonly Meter OwnMeter = new("Ascent.Http");
    private static readonly Histogram<double> Durations = OwnMeter.CreateHistogram<double>(Figures.RequestDuration, "s", "How long requests took");

    private volatile HttpSnapshot snapshot = first;

    public HttpSnapshot Snapshot { get => snapshot; set => snapshot = value; }
    public RouteTimes UnmatchedTimes { get; } = new();
    public IEnumerable<Route> Routes => publicRoutes.All.Concat(adminRoutes.All);

    public async Task InvokeAsync(HttpContext http)
    {
        var started = time.GetTimestamp();
        var face = (Listener.Of(http) ?? throw new InvalidOperationException("A connection has no listener.")).Face;
        var snap = snapshot;
        var cors = snap.CorsOf(face);
        snap.Headers.Set(http.Response, face);
        Route? route = null;
        RequestId.Assign(http);
        try
        {
            if (cors is null || !cors.Apply(http))
            {
                route = Resolve(http, face, snap, out var answer);
                if (route is not null) await RunAsync(http, face, route);
                else await answer!.ExecuteAsync(http);
            }
        }
        catch (Exception e)
        {
            await errors.AnswerAsync(http, e, snap.Dev, () =>
            {
                snap.Headers.Set(http.Response, face);
                RequestId.Show(http);
                cors?.Actual(http);
                if (route is not null) SetHeaders(http, face, route);
            });
        }
        finally
        {
            Finish(http, face, route, snap, time.GetElapsedTime(started));
        }
    }

    private async Task RunAsync(HttpContext http, Face face, Route route)
    {
        SetHeaders(http, face, route);
        http.SetEndpoint(route.Endpoint);
        if (face != Face.Public && adminGate is not null && !route.OpenToAll && await adminGate(http) is { } refusal)
        {
            await refusal.ExecuteAsync(http);
            return;
        }
        await route.Run(http);
    }

    private static void SetHeaders(HttpContext http, Face face, Route route)
    {
        var headers = http.Response.Headers;
        if (route.NoStore && HttpMethods.IsGet(http.Request.Method)) headers.CacheControl = NoStoreValue;
        if (face == Face.Public && route.VaryByCookie) headers.Vary = headers.Vary is { Count: > 0 } vary ? StringValues.Concat(vary, CookieValue) : CookieValue;
    }

    /// <summary>The route, or else the answer.</summary>
    private Route? Resolve(HttpContext http, Face face, HttpSnapshot snap, out IResult? answer)
    {
        answer = RequestText.Check(http);
        if (answer is not null) return null;
        var text = http.Request.Path.Value;
        if (string.IsNullOrEmpty(text))
        {
            answer = PlainResult.NotFound; // OPTIONS *
            return null;
        }
        // Without the prefix an admin path is cleaned as it gets it, so that only one with it is sent elsewhere.
        if (face == Face.Admin && text.StartsWith("//", StringComparison.Ordinal)) http.Request.Path = text = "/" + text.TrimStart('/');
        if (text.Contains("//", StringComparison.Ordinal))
        {
            answer = Elsewhere(http, face, Collapsed(text));
            return null;
        }
        // A path keeps %2F undecoded, so it cannot be told from %252F; then the raw target decides.
        var raw = text.Contains('%', StringComparison.Ordinal) ? RawPath(http) : null;
        var escaped = raw is not null;
        var path = (raw ?? text).AsSpan();
        var bare = face != Face.Metrics && path.StartsWith(AdminPrefix, StringComparison.Ordinal) && path.Length > AdminPrefix.Length && path[AdminPrefix.Length] == '/'
            ? path[AdminPrefix.Length..]
            : path;
        var table = face switch { Face.Public => publicRoutes, Face.Admin => adminRoutes, _ => metricsRoutes };
        var method = http.Request.Method;
        var route = table.Find(face == Face.Admin ? bare : path, method, out var values, out var allow, escaped);
        if (route is null)
        {
            answer = face switch
            {
                Face.Public => AtPublic(http, snap, path, bare, method, ref allow),
                Face.Admin when publicRoutes.Find(bare, method, out _, out _) is not null => Elsewhere(http, face, snap.PublicBase + new PathString(Unescaped(bare, escaped)).ToUriComponent()),
                _ => null,
            } ?? Unknown(http, allow, face);
            return null;
        }
        if (values is not null) http.Request.RouteValues = values;
        return route;
    }

    private IResult? AtPublic(HttpContext http, HttpSnapshot snap, ReadOnlySpan<char> path, ReadOnlySpan<char> bare, string method, ref string? allow)
    {
        if ((allow is not null || path.Length > bare.Length) && OtherPort.LooksForged(path, method))
        {
            http.Response.Headers.Vary = StringValues.Concat(http.Response.Headers.Vary, CookieValue);
            return ApiError.Forbidden("The request was refused to keep forged forms out; it carries no token of a form that this server made.", "security_csrf_violation");
        }
        if (allow is not null || snap.HidesAdmin) return null;
        if (OtherPort.LeadsToAdmin(bare, method, adminRoutes))
            return Elsewhere(http, Face.Public, snap.AdminBase + AdminPrefix + new PathString(bare.ToString()).ToUriComponent());
        allow = OtherPort.Allow(bare, adminRoutes);
        return null;
    }

    private IResult Unknown(HttpContext http, string? allow, Face face)
    {
        if (allow is { Length: > 0 })
        {
            http.Response.Headers.Allow = allow;
            return PlainResult.MethodNotAllowed;
        }
        return face == Face.Public && pages is not null ? new PagesResult(pages) : PlainResult.NotFound;
    }

    private static RedirectResult Elsewhere(HttpContext http, Face face, string target)
    {
        var headers = http.Response.Headers;
        if (HttpMethods.IsGet(http.Request.Method)) headers.CacheControl = NoStoreValue;
        if (face == Face.Public) headers.Vary = StringValues.Concat(headers.Vary, CookieValue);
        return new RedirectResult(target + http.Request.QueryString.ToUriComponent(), StatusCodes.Status307TemporaryRedirect);
    }

    private static string Collapsed(string path)
    {
        var clean = string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        return new PathString("/" + clean + (path[^1] == '/' && clean.Length > 0 ? "/" : "")).ToUriComponent();
    }

    private static string Unescaped(ReadOnlySpan<char> path, bool escaped) => escaped ? RequestText.Decode(path) ?? path.ToString() : path.ToString();

    private static string? RawPath(HttpContext http)
    {
        var raw = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        // Dot segments are resolved in the path alone.
        if (!raw.StartsWith('/') || raw.Contains("/.", StringComparison.Ordinal)) return null;
        var end = raw.AsSpan().IndexOfAny('?', '#');
        return end < 0 ? raw : raw[..end];
    }

    private void Finish(HttpContext http, Face face, Route? route, HttpSnapshot snap, TimeSpan took)
    {
        var method = http.Request.Method;
        var status = http.Response.StatusCode;
        (route?.Times ?? UnmatchedTimes).Record(method, status, took);
        var template = route?.Template ?? Unmatched;
        if (Durations.Enabled) Durations.Record(took.TotalSeconds, new("http.request.method", method), new("http.route", template), new("http.response.status_code", status));
        if (Activity.Current is { IsAllDataRequested: true } activity) Describe(activity, method, template, status);
        if (route is { IsHealth: true } && !snap.LogsHealth(face)) return;
        RequestLog.Write(log, http, face, template, took, snap.Config.Log.ClientAddress);
    }

    private static void Describe(Activity activity, string method, string template, int status)
    {
        activity.DisplayName = $"{method} {template}";
        activity.SetTag("http.request.method", method);
        activity.SetTag("http.route", template);
        activity.SetTag("http.response.status_code", status);
        if (status >= 500) activity.SetStatus(ActivityStatusCode.Error);
    }

    private sealed class PagesResult(RequestDelegate run) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => run(httpContext);
    }
}

using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Ascent.Http.Telemetry;

/// <summary>
/// One line for each request. The path stands as its template and query values only where they cannot be secrets: tokens,
/// codes and flow ids arrive in both.
/// </summary>
internal static class RequestLog
{
    /// <summary>By which whoami tells its caller whose session it is.</summary>
    private const string IdentityHeader = "X-Kratos-Authenticated-Identity-Id";

    private const int LongestPath = 128, LongestSegment = 32, SecretLike = 16;

    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "aal", "active", "consistency", "expand", "include_credential", "page", "page_size", "per_page", "refresh", "return_session_token_exchange_code",
        "status", "tokenize_as", "via",
    };

    public static void Write(ILogger log, HttpContext http, Face face, string route, TimeSpan took, bool withAddress)
    {
        var status = http.Response.StatusCode;
        var level = status >= 500 ? LogLevel.Warning : LogLevel.Information;
        if (!log.IsEnabled(level)) return;
        var method = http.Request.Method;
        var notes = http.Features.Get<RequestNotes>();
        var line = new RequestLine
        {
            Method = method.Length <= 16 ? method : "_OTHER",
            Route = route,
            Status = status,
            Milliseconds = Math.Round(took.TotalMilliseconds, 3),
            Bytes = http.Response.ContentLength,
            Listener = face switch { Face.Public => "public", Face.Admin => "admin", _ => "metrics" },
            Query = Query(http),
            RequestId = RequestId.Of(http),
            TraceId = TraceId(http),
            Path = route == Dispatcher.Unmatched ? Path(http) : null,
            Address = withAddress ? ClientAddress.Of(http).ToString() : null,
            Identity = notes?.IdentityId?.ToString() ?? http.Response.Headers[IdentityHeader],
            Flow = notes?.Flow, Outcome = notes?.Outcome, Messages = notes?.Messages,
        };
        log.Log(level, default, line, null, static (l, _) => $"{l.Method} {l.Route} {l.Status} in {l.Milliseconds} ms");
    }

    /// <summary>Names of all parameters, values of the harmless ones.</summary>
    internal static string? Query(HttpContext http)
    {
        if (!http.Request.QueryString.HasValue) return null;
        var text = new StringBuilder();
        foreach (var (name, values) in http.Request.Query)
        {
            if (text.Length > 512) break;
            if (text.Length > 0) text.Append('&');
            text.Append(name.Length > 64 || name.Any(char.IsControl) ? "…" : name);
            if (Harmless.Contains(name)) text.Append('=').Append(values.ToString() is { Length: <= 64 } v && !v.Any(char.IsControl) ? v : "…");
        }
        return text.ToString();
    }

    /// <summary>
    /// A path that is none of ours, so that a wrong link or a scanner can be told: escaped, cut, without the query, and without what may be
    /// a token in it: segments that are long, or letters and digits mixed.
    /// </summary>
    internal static string Path(HttpContext http)
    {
        var text = new StringBuilder();
        foreach (var segment in http.Request.Path.ToUriComponent().Split('/').Skip(1))
        {
            if (text.Length > LongestPath) return text.Append("/…").ToString();
            var hidden = segment.Length > LongestSegment || segment.Length >= SecretLike && segment.Any(char.IsAsciiDigit) && segment.Any(char.IsAsciiLetter);
            text.Append('/').Append(hidden ? "…" : segment);
        }
        return text.ToString();
    }

    /// <summary>The trace of our own span, or of the caller's header.</summary>
    private static string? TraceId(HttpContext http)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity) return activity.TraceId.ToHexString();
        var parent = http.Request.Headers.TraceParent;
        return parent.Count == 1 && ActivityContext.TryParse(parent[0], null, out var context) ? context.TraceId.ToHexString() : null;
    }
}

/// <summary>The fields of the line; only those that are there.</summary>
internal readonly record struct RequestLine : IReadOnlyList<KeyValuePair<string, object?>>
{
    public required string Method { get; init; }
    public required string Route { get; init; }
    public required int Status { get; init; }
    public required double Milliseconds { get; init; }
    public required long? Bytes { get; init; }
    public required string Listener { get; init; }
    public string? Query { get; init; }
    public string? RequestId { get; init; }
    public string? TraceId { get; init; }
    public string? Path { get; init; }
    public string? Address { get; init; }
    public string? Identity { get; init; }
    public string? Flow { get; init; }
    public string? Outcome { get; init; }
    public string? Messages { get; init; }

    public int Count => Fields().Count();
    public KeyValuePair<string, object?> this[int index] => Fields().ElementAt(index);
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Fields().GetEnumerator();
    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerable<KeyValuePair<string, object?>> Fields()
    {
        yield return new("method", Method);
        yield return new("route", Route);
        yield return new("status", Status);
        yield return new("ms", Milliseconds);
        if (Bytes is not null) yield return new("bytes", Bytes);
        yield return new("listener", Listener);
        if (Path is not null) yield return new("path", Path);
        if (Address is not null) yield return new("address", Address);
        if (Identity is not null) yield return new("identity_id", Identity);
        if (Flow is not null) yield return new("flow", Flow);
        if (Outcome is not null) yield return new("outcome", Outcome);
        if (Messages is not null) yield return new("messages", Messages);
        if (Query is not null) yield return new("query", Query);
        if (RequestId is not null) yield return new("request_id", RequestId);
        if (TraceId is not null) yield return new("trace_id", TraceId);
    }
}

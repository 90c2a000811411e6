using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Ascent.Http.Routing;

/// <summary>One route that was found: what runs, and what is known of it beforehand.</summary>
internal sealed class Route
{
    public Route(RouteEndpoint endpoint, string template)
    {
        Endpoint = endpoint;
        Template = template;
        Run = endpoint.RequestDelegate ?? throw new InvalidOperationException($"The route {template} has nothing to run.");
        VaryByCookie = endpoint.Metadata.GetMetadata<SameForEverybody>() is null;
        NoStore = endpoint.Metadata.GetMetadata<OwnCaching>() is null;
        IsHealth = endpoint.Metadata.GetMetadata<HealthCheck>() is not null;
        OpenToAll = endpoint.Metadata.GetMetadata<OpenToAll>() is not null;
    }

    public Endpoint Endpoint { get; }
    public RequestDelegate Run { get; }
    public string Template { get; }
    public bool VaryByCookie { get; }
    public bool NoStore { get; }
    public bool IsHealth { get; }
    public bool OpenToAll { get; }
    public Telemetry.RouteTimes Times { get; } = new();
}

/// <summary>
/// Finds the route of a path. The framework's matcher ignores case and a closing slash, knows no HEAD for GET and answers
/// 405 in its own way; the wire contract wants all four otherwise, and a path without parameters found by one look-up.
/// </summary>
internal sealed class RouteTable
{
    private readonly FrozenDictionary<string, PathRoutes>.AlternateLookup<ReadOnlySpan<char>> exact;
    private readonly PathRoutes[][] bySegments;

    public RouteTable(IEnumerable<RouteEndpoint> endpoints, string prefix)
    {
        var paths = new Dictionary<string, PathRoutes>(StringComparer.Ordinal);
        foreach (var endpoint in endpoints)
        {
            var segments = Segments(endpoint.RoutePattern);
            var shape = "/" + string.Join('/', segments.Select(s => s.IsParameter ? "{}" : s.Text));
            if (!paths.TryGetValue(shape, out var path)) paths[shape] = path = new PathRoutes(segments);
            path.Add(endpoint, prefix + "/" + string.Join('/', segments.Select(s => s.IsParameter ? "{" + s.Text + "}" : s.Text)));
        }
        exact = paths.Where(p => !p.Value.HasParameters).ToFrozenDictionary(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        var templates = paths.Values.Where(p => p.HasParameters).ToArray();
        bySegments = new PathRoutes[templates.Length == 0 ? 0 : templates.Max(t => t.Segments.Length) + 1][];
        for (var n = 0; n < bySegments.Length; n++)
            bySegments[n] = [.. templates.Where(t => t.Segments.Length == n).OrderBy(t => t.Order, StringComparer.Ordinal)];
        All = [.. paths.Values.SelectMany(p => p.Routes).Distinct()];
    }

    public IReadOnlyList<Route> All { get; }

    /// <summary>
    /// The route of a path and method; <paramref name="values"/> are its parameters, <paramref name="allow"/> the methods when
    /// only the method is wrong. An <paramref name="escaped"/> path is percent-encoded: a value may hold a slash.
    /// </summary>
    public Route? Find(ReadOnlySpan<char> path, string method, out RouteValueDictionary? values, out string? allow, bool escaped = false)
    {
        values = null;
        allow = null;
        PathRoutes? known = null;
        if (exact.TryGetValue(path, out var found))
        {
            if (found.Of(method) is { } route) return route;
            known = found;
        }
        var count = path.Count('/');
        if (count < bySegments.Length)
        {
            foreach (var candidate in bySegments[count])
            {
                if (!candidate.Matches(path)) continue;
                if (candidate.Of(method) is { } route)
                {
                    values = candidate.Values(path, escaped);
                    return route;
                }
                known ??= candidate;
            }
        }
        allow = known?.Allow;
        return null;
    }

    private static Segment[] Segments(RoutePattern pattern) => [.. pattern.PathSegments.Select(segment => segment.Parts switch
    {
        [RoutePatternLiteralPart literal] => new Segment(literal.Content, false),
        [RoutePatternParameterPart { IsCatchAll: false, IsOptional: false, ParameterPolicies.Count: 0, Default: null } parameter] => new Segment(parameter.Name, true),
        _ => throw new NotSupportedException($"The route {pattern.RawText} has a segment that is neither plain text nor one plain {{parameter}}."),
    })];

    internal readonly record struct Segment(string Text, bool IsParameter);
}

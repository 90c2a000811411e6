using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Http.Routing;

/// <summary>The routes of one path: one for each method, or one for all.</summary>
internal sealed class PathRoutes(RouteTable.Segment[] segments)
{
    private readonly List<(string Method, Route Route)> methods = [];
    private Route? any;

    public RouteTable.Segment[] Segments { get; } = segments;
    public bool HasParameters { get; } = segments.Any(s => s.IsParameter);

    /// <summary>Sorts literals before parameters, from the left.</summary>
    public string Order { get; } = string.Join('/', segments.Select(s => s.IsParameter ? "1" : "0" + s.Text));

    public string Allow => string.Join(", ", methods.Select(m => m.Method).Order(StringComparer.Ordinal));
    public IEnumerable<Route> Routes => any is null ? methods.Select(m => m.Route) : methods.Select(m => m.Route).Append(any);

    public void Add(RouteEndpoint endpoint, string template)
    {
        var route = new Route(endpoint, template);
        var named = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
        if (named.Count == 0)
        {
            if (any is not null) throw new InvalidOperationException($"The route {template} is mapped twice.");
            any = route;
            return;
        }
        foreach (var method in named) AddMethod(method, route, template);
        if (named.Contains(HttpMethods.Get, StringComparer.Ordinal) && !named.Contains(HttpMethods.Head, StringComparer.Ordinal))
            AddMethod(HttpMethods.Head, route, template);
    }

    public Route? Of(string method)
    {
        foreach (var (name, route) in methods)
            if (ReferenceEquals(name, method) || name == method)
                return route;
        return any;
    }

    public bool Matches(ReadOnlySpan<char> path)
    {
        var i = 0;
        foreach (var range in path[1..].Split('/'))
        {
            var text = path[1..][range];
            var segment = Segments[i++];
            if (segment.IsParameter ? text.IsEmpty : !text.SequenceEqual(segment.Text)) return false;
        }
        return true;
    }

    public RouteValueDictionary Values(ReadOnlySpan<char> path, bool escaped)
    {
        var values = new RouteValueDictionary();
        var i = 0;
        foreach (var range in path[1..].Split('/'))
        {
            if (Segments[i++] is not { IsParameter: true } parameter) continue;
            var text = path[1..][range];
            values[parameter.Text] = escaped ? RequestText.Decode(text) : text.ToString();
        }
        return values;
    }

    private void AddMethod(string method, Route route, string template)
    {
        if (methods.Any(m => m.Method == method)) throw new InvalidOperationException($"The route {method} {template} is mapped twice.");
        methods.Add((method, route));
    }
}

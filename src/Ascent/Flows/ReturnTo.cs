using Ascent.Config;
using Ascent.Http;

namespace Ascent.Flows;

/// <summary>
/// Where a browser may be sent when a flow is over. A return address is allowed if its scheme and host are those of an entry
/// of selfservice.allowed_return_urls (or of our own self-service pages) and its path begins with the entry's path. What a
/// browser could read differently from us is refused before anything is compared.
/// </summary>
internal static class ReturnTo
{
    /// <summary>What was asked for when the flow starts; the flow keeps the text as it is.</summary>
    public static ReturnToResult Check(AscentConfig config, string returnTo) =>
        Resolve(config, returnTo, config.SelfService.DefaultBrowserReturnUrl);

    /// <summary>
    /// Where to go in the end: the flow's return_to, else the one in the request that started it, else
    /// <paramref name="afterUrl"/> (after.&lt;method&gt; or after of the flow), else selfservice.default_browser_return_url. The
    /// first two come from a client and are checked once more, the others are the configuration's word.
    /// </summary>
    public static ReturnToResult Complete(AscentConfig config, string? flowReturnTo, string? requestUrl, string? afterUrl)
    {
        var fallback = NonEmpty(afterUrl) ?? config.SelfService.DefaultBrowserReturnUrl;
        return (NonEmpty(flowReturnTo) ?? FromUrl(requestUrl)) is { } asked
            ? Resolve(config, asked, fallback)
            : new ReturnToResult.Allowed(fallback);
    }

    /// <summary>The first non-empty return_to in the query of a URL.</summary>
    public static string? FromUrl(string? url)
    {
        if (url is null || url.IndexOf('?', StringComparison.Ordinal) is var at && at < 0) return null;
        var end = url.IndexOf('#', at);
        var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(end < 0 ? url[at..] : url[at..end]);
        return query.TryGetValue("return_to", out var values) ? NonEmpty(values[0]) : null;
    }

    /// <summary><paramref name="to"/> with return_to set, replacing one that is there; unchanged for null and "".</summary>
    public static string CarryOver(string to, string? returnTo)
    {
        if (string.IsNullOrEmpty(returnTo)) return to;
        var hash = to.IndexOf('#', StringComparison.Ordinal);
        var (url, fragment) = hash < 0 ? (to, "") : (to[..hash], to[hash..]);
        var at = url.IndexOf('?', StringComparison.Ordinal);
        var kept = at < 0 ? [] : url[(at + 1)..].Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(p => p != "return_to" && !p.StartsWith("return_to=", StringComparison.Ordinal));
        var path = at < 0 ? url : url[..at];
        return $"{path}?{string.Join('&', [.. kept, "return_to=" + Uri.EscapeDataString(returnTo)])}{fragment}";
    }

    private static ReturnToResult Resolve(AscentConfig config, string asked, string fallback)
    {
        if (ReturnAddress.Parse(asked) is not { } address) return Refused(asked);
        if (ReturnAddress.Parse(fallback) is { } origin) address = address.On(origin);
        foreach (var entry in Entries(config))
            if (Fits(address, entry, config.FeatureFlags.LegacyAllowInsecureOrigins))
                return new ReturnToResult.Allowed(address.ToString());
        return Refused(asked);
    }

    private static IEnumerable<ReturnAddress> Entries(AscentConfig config)
    {
        foreach (var url in config.SelfService.AllowedReturnUrls)
            if (ReturnAddress.ParseEntry(url) is { } entry)
                yield return entry;
        if (ReturnAddress.ParseEntry(config.Serve.Public.BaseUrl.TrimEnd('/') + "/self-service") is { } own) yield return own;
    }

    private static bool Fits(ReturnAddress asked, ReturnAddress entry, bool anyWildcard) =>
        asked.Scheme.Length > 0
        && string.Equals(asked.Scheme, entry.Scheme, StringComparison.OrdinalIgnoreCase)
        && HostFits(asked.Host, entry.Host, anyWildcard)
        && PathFits(asked, entry.MatchPath);

    private static bool HostFits(string host, string entry, bool anyWildcard)
    {
        if (!entry.StartsWith('*')) return string.Equals(host, entry, StringComparison.OrdinalIgnoreCase);
        if (!anyWildcard && !IsSafeWildcard(entry)) return false;
        return host.Length >= entry.Length && host.EndsWith(entry[1..], StringComparison.OrdinalIgnoreCase);
    }

    /// <summary><c>*.example.org</c>, but not <c>*</c>, <c>*example.org</c> or <c>*.org</c>: those allow strangers' hosts.</summary>
    internal static bool IsSafeWildcard(string host) =>
        host.StartsWith("*.", StringComparison.Ordinal)
        && host[2..].Split(':')[0].Split('.') is { Length: >= 2 } labels
        && Array.TrueForAll(labels, l => l.Length > 0 && !l.Contains('*'));

    /// <summary>The prefix is one of text, as everybody has it configured; but a path may not climb out of it again.</summary>
    private static bool PathFits(ReturnAddress asked, string prefix) =>
        asked.MatchPath.StartsWith(prefix, StringComparison.Ordinal) && asked.NormalPath.StartsWith(prefix, StringComparison.Ordinal);

    private static ReturnToResult.Forbidden Refused(string asked) => new(ApiError.BadRequest(
        $"The return_to address \"{(asked.Length > 200 ? asked[..200] + "…" : asked)}\" is not one that this server may send browsers to.",
        ReturnAddress.IsAddress(asked) ? "self_service_flow_return_to_forbidden" : null));

    private static string? NonEmpty(string? s) => string.IsNullOrEmpty(s) ? null : s;
}

internal abstract record ReturnToResult
{
    private ReturnToResult()
    {
    }

    /// <summary>The address to put in Location: absolute, as far as the configuration is, and plain ASCII.</summary>
    internal sealed record Allowed(string Url) : ReturnToResult;

    internal sealed record Forbidden(ApiError Error) : ReturnToResult;
}

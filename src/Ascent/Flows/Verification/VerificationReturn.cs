using Ascent.Config;
using Ascent.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Ascent.Flows.Verification;

/// <summary>
/// Where a verification ends that another flow began: <c>after_verification_return_to</c> of the request that began that flow, or
/// else its <c>return_to</c>.
/// </summary>
internal static class VerificationReturn
{
    private const string After = "after_verification_return_to", Plain = "return_to";

    /// <summary>The URL that the verification is said to have begun with, and where it ends; an address that is not allowed is none.</summary>
    public static (string RequestUrl, string? ReturnTo) Of(AscentConfig config, string origin)
    {
        var (path, query) = Read(origin);
        if (query.Remove(After, out var after) && after.Length > 0) query[Plain] = after;
        // In one order, as the recordings have it.
        var text = string.Join('&', query.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{Escape(p.Key)}={Escape(p.Value)}"));
        var returnTo = query.GetValueOrDefault(Plain) is { Length: > 0 } wanted && ReturnTo.Check(config, wanted) is ReturnToResult.Allowed ? wanted : null;
        return (text.Length == 0 ? path : $"{path}?{text}", returnTo);
    }

    /// <summary>The 400 for an address that may not be gone to; null where there is nothing wrong.</summary>
    public static ApiError? Refusal(AscentConfig config, string origin) =>
        Read(origin).Query.GetValueOrDefault(After) is { Length: > 0 } wanted && ReturnTo.Check(config, wanted) is ReturnToResult.Forbidden forbidden ? forbidden.Error : null;

    private static (string Path, Dictionary<string, string> Query) Read(string url)
    {
        var at = url.IndexOf('?', StringComparison.Ordinal);
        return at < 0 ? (url, []) : (url[..at], QueryHelpers.ParseQuery(url[at..]).ToDictionary(p => p.Key, p => p.Value[0] ?? "", StringComparer.Ordinal));
    }

    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}

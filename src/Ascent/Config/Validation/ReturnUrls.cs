namespace Ascent.Config.Validation;

/// <summary>
/// Allowed return URLs and allowed origins with a wildcard must leave a domain that one owner holds: *.example.org, not *.org or
/// *.co.uk. Others are dropped with a warning, unless feature_flags.legacy_allow_insecure_origins keeps them.
/// </summary>
internal static class ReturnUrls
{
    /// <summary>Second labels under which registries of two-letter countries sell names.</summary>
    private static readonly string[] RegistryLabels = ["ac", "co", "com", "edu", "gob", "go", "gov", "gouv", "ltd", "me", "mil", "ne", "net", "nom", "or", "org", "plc", "sch"];

    /// <summary>Hosts where anybody gets a subdomain.</summary>
    private static readonly string[] SharedHosts =
    [
        "amazonaws.com", "appspot.com", "azurestaticapps.net", "azurewebsites.net", "cloudfront.net", "firebaseapp.com", "fly.dev", "github.io",
        "gitlab.io", "herokuapp.com", "netlify.app", "ngrok.io", "onrender.com", "pages.dev", "run.app", "surge.sh", "vercel.app", "web.app", "workers.dev",
    ];

    public static IReadOnlyList<string> Safe(AscentConfig config, Findings findings) =>
        Safe(config, config.SelfService.AllowedReturnUrls, "selfservice.allowed_return_urls", static url => url is ['/', not '/', ..] or "/" ? null
            : Fault(url, "must be an absolute URL such as https://app.example.org/, or a path such as /welcome"), findings);

    /// <summary>The origins of a CORS section. A lone * is no pattern but everybody, and judged by <see cref="CorsRules"/>.</summary>
    public static CorsConfig SafeOrigins(AscentConfig config, CorsConfig cors, string path, Findings findings) => !cors.Enabled ? cors : cors with
    {
        AllowedOrigins = Safe(config, cors.AllowedOrigins, $"{path}.allowed_origins", static origin => origin == "*" ? null
            : Fault(origin, "must be an origin such as https://app.example.org"), findings),
    };

    private static List<string> Safe(AscentConfig config, IReadOnlyList<string> given, string path, Func<string, string?> faultOf, Findings findings)
    {
        var kept = new List<string>(given.Count);
        for (var i = 0; i < given.Count; i++)
        {
            var fault = faultOf(given[i]);
            if (fault is null || config.FeatureFlags.LegacyAllowInsecureOrigins) kept.Add(given[i]);
            else findings.Warn($"{path}.{i}", $"dropped: {fault}");
        }
        return kept;
    }

    private static string? Fault(string url, string noUrl)
    {
        var scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0) return noUrl;
        var rest = url[(scheme + 3)..];
        var host = rest[..(rest.IndexOfAny(['/', '?', '#']) is >= 0 and var end ? end : rest.Length)];
        if (host.Contains('@', StringComparison.Ordinal)) return "must not contain a user";
        if (host.Split(':')[0] is var name && !name.Contains('*', StringComparison.Ordinal)) return null;
        if (!name.StartsWith("*.", StringComparison.Ordinal) || name.IndexOf('*', 1) > 0) return "a wildcard must be the whole first label, as in https://*.example.org";
        return IsShared(name[2..].ToLowerInvariant()) ? $"{name} covers sites of different owners; name a domain of your own, as in https://*.example.org" : null;
    }

    private static bool IsShared(string suffix)
    {
        if (suffix == "localhost") return false;
        var labels = suffix.Split('.');
        return labels.Length < 2 || SharedHosts.Contains(suffix) || (labels is [var second, { Length: 2 }] && RegistryLabels.Contains(second));
    }
}

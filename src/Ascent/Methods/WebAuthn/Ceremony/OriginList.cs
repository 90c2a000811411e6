namespace Ascent.Methods.WebAuthn.Ceremony;

/// <summary>
/// Origins that are expected. Web origins are compared by scheme, host and port, as configured with or without a path; others
/// (<c>android:apk-key-hash:…</c>) by their text.
/// </summary>
internal sealed class OriginList(IEnumerable<string> origins)
{
    private readonly HashSet<string> known = [.. origins.Select(Normal)];

    public bool Holds(string origin)
    {
        // A browser writes an origin in one way only; what has more than that is none.
        var normal = Normal(origin);
        return string.Equals(normal, origin, StringComparison.OrdinalIgnoreCase) && known.Contains(normal);
    }

    private static string Normal(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri.GetLeftPart(UriPartial.Authority) is var left && uri.UserInfo.Length == 0 ? left.ToLowerInvariant() : origin : origin;
}

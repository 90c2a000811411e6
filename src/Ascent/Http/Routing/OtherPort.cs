using Microsoft.AspNetCore.Http;

namespace Ascent.Http.Routing;

/// <summary>
/// Calls that came to the wrong door. Admin to public: whatever the public side would serve. Public to admin: identities
/// and messages only, as clients of the wire contract expect; every other admin path is unknown there.
/// </summary>
internal static class OtherPort
{
    private const string Identities = "/identities";

    /// <summary>Whether a public call of <paramref name="path"/> (without the admin prefix) is sent on to the admin side.</summary>
    public static bool LeadsToAdmin(ReadOnlySpan<char> path, string method, RouteTable admin)
    {
        // Many identities at once are not redirected.
        if (path.SequenceEqual(Identities) && !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsPost(method)) return false;
        return Covers(path, Identities) || Covers(path, "/courier/messages")
            ? admin.Find(path, method, out _, out _) is not null
            : false;
    }

    /// <summary>The methods that are redirected, where a path of the admin side is asked with another one.</summary>
    public static string? Allow(ReadOnlySpan<char> path, RouteTable admin)
    {
        if (path.SequenceEqual(Identities)) return "GET, HEAD, POST";
        if (!Covers(path, Identities) && !Covers(path, "/courier/messages")) return null;
        admin.Find(path, "", out _, out var allow);
        return allow;
    }

    /// <summary>
    /// Writes to addresses of browsers' forms that are read only. As no form leads there, whoever sends one is taken for somebody else's
    /// page before it is looked at which methods the address has; what apps call by JSON alone is told the methods.
    /// </summary>
    public static bool IsFormsOnly(ReadOnlySpan<char> path, string method) =>
        (HttpMethods.IsPost(method) || HttpMethods.IsPut(method) || HttpMethods.IsPatch(method) || HttpMethods.IsDelete(method))
        && (path.StartsWith("/self-service/", StringComparison.Ordinal) || path.StartsWith("/.well-known/", StringComparison.Ordinal)) && !IsForApps(path);

    /// <summary>Starts of native flows, submissions (which look at their token themselves) and where providers send browsers back to.</summary>
    private static bool IsForApps(ReadOnlySpan<char> path) =>
        path.EndsWith("/api", StringComparison.Ordinal) || path.StartsWith("/self-service/methods/oidc/callback/", StringComparison.Ordinal)
        || path is "/self-service/login" or "/self-service/registration" or "/self-service/recovery" or "/self-service/settings" or "/self-service/verification" or "/self-service/login/test";

    /// <summary>Admin submissions that the public side answers as a forged form.</summary>
    public static bool LooksForged(ReadOnlySpan<char> path, string method) =>
        HttpMethods.IsPost(method) && (path is "/recovery/code" or "/recovery/link");

    private static bool Covers(ReadOnlySpan<char> path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/');
}

using Microsoft.AspNetCore.Http;

namespace Ascent.Http.Routing;

/// <summary>
/// Calls that came to the wrong door. Admin to public: whatever the public side would serve. Public to admin: identities
/// and messages only, as clients of the wire contract expect; every other admin path is unknown there.
/// </summary>
internal static class OtherPort
{
    private const string Identities = "/identities", SelfService = "/self-service/";

    /// <summary>Whether a public call of <paramref name="path"/> (without the admin prefix) is sent on to the admin side.</summary>
    public static bool LeadsToAdmin(ReadOnlySpan<char> path, string method, RouteTable admin)
    {
        // Many identities at once are not redirected.
        if (path.SequenceEqual(Identities) && !HttpMethods.IsGet(method) && !HttpMethods.IsHead(method) && !HttpMethods.IsPost(method)) return false;
        return Covers(path, Identities) || Covers(path, "/courier/messages") || path is "/recovery/code" or "/recovery/link"
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
    /// Whether a call of the public side is answered as a forged form: it changes something, but neither at the address of a form nor
    /// at one that apps use.
    /// </summary>
    public static bool LooksForged(ReadOnlySpan<char> path, string method)
    {
        if (!HttpMethods.IsPost(method) && !HttpMethods.IsPut(method) && !HttpMethods.IsPatch(method) && !HttpMethods.IsDelete(method)) return false;
        if (path is "/admin/recovery/code" or "/admin/recovery/link") return HttpMethods.IsPost(method);
        if (path.StartsWith("/.well-known/", StringComparison.Ordinal)) return true;
        return path.StartsWith(SelfService, StringComparison.Ordinal) && !path.EndsWith("/api", StringComparison.Ordinal)
            && !path.StartsWith("/self-service/methods/oidc/callback", StringComparison.Ordinal)
            && path[SelfService.Length..] is not ("login" or "registration" or "settings" or "verification" or "recovery" or "login/test");
    }

    private static bool Covers(ReadOnlySpan<char> path, string root) =>
        path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/');
}

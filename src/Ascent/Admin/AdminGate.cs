using System.Security.Cryptography;
using System.Text;
using Ascent.Config;
using Ascent.Http;
using Microsoft.AspNetCore.Http;

namespace Ascent.Admin;

/// <summary>
/// Who may call admin routes: whoever holds a configured token, or, where none is configured, whoever reaches the port, which
/// then is the loopback unless the configuration says otherwise in so many words. A page in a browser reaches it, too, and is
/// kept out by <see cref="BrowserGuard"/>; a token it does not have.
/// </summary>
internal static class AdminGate
{
    private const string Scheme = "Bearer ";

    public static Func<HttpContext, ValueTask<ApiError?>> Of(ConfigStore config)
    {
        // Where it listens stays until the end, whatever a changed file says: one that takes away the tokens must not open the port.
        var isProtected = !AdminConfig.IsLoopback(config.Current.Serve.Admin.Host);
        var guard = new BrowserGuard();
        return http => ValueTask.FromResult(Check(config.Current, isProtected, guard, http));
    }

    private static ApiError? Check(AscentConfig config, bool isProtected, BrowserGuard guard, HttpContext http)
    {
        if (config.Serve.Admin.AllowUnauthenticatedMetrics && Listener.Of(http)?.Face == Face.Metrics) return null;
        var auth = config.Serve.Admin.Auth;
        if (auth.Tokens.Count == 0)
        {
            return isProtected && !config.Serve.Admin.AllowUnauthenticated && !config.Dev
                ? Refused(http, "The configuration has no tokens any more, but the admin API still listens beyond the loopback. Start the server anew, or configure a token.")
                : guard.Check(config, http);
        }
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return Refused(http, "The admin API needs a token: send it as Authorization: Bearer <token>.");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim()));
        AdminTokenConfig? known = null;
        // All of them, whichever fits: the time must not tell which.
        foreach (var token in auth.Tokens)
            if (CryptographicOperations.FixedTimeEquals(hash, HashOf(token))) known = token;
        if (known is null) return Refused(http, "The admin API does not know this token.");
        AdminCaller.Name(http, known.Name);
        return null;
    }

    private static byte[] HashOf(AdminTokenConfig token) =>
        token.Sha256 is { Length: > 0 } hex ? Convert.FromHexString(hex) : SHA256.HashData(Encoding.UTF8.GetBytes(token.Token!.Value));

    private static ApiError Refused(HttpContext http, string reason)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return ApiError.Unauthorized(reason);
    }
}

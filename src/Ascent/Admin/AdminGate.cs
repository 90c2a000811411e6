using System.Security.Cryptography;
using System.Text;
using Ascent.Config;
using Ascent.Http;
using Microsoft.AspNetCore.Http;

namespace Ascent.Admin;

/// <summary>
/// Who may call admin routes: whoever holds a configured token, or, where none is configured, whoever reaches the port, which
/// then is the loopback unless the configuration says otherwise in so many words.
/// </summary>
internal static class AdminGate
{
    private const string Scheme = "Bearer ";

    public static Func<HttpContext, ValueTask<ApiError?>> Of(ConfigStore config) => http => ValueTask.FromResult(Check(config.Current.Serve.Admin.Auth, http));

    private static ApiError? Check(AdminAuthConfig auth, HttpContext http)
    {
        if (auth.Tokens.Count == 0) return null;
        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return Refused(http, "The admin API needs a token: send it as Authorization: Bearer <token>.");
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(header[Scheme.Length..].Trim()));
        var known = false;
        // All of them, whichever fits: the time must not tell which.
        foreach (var token in auth.Tokens) known |= CryptographicOperations.FixedTimeEquals(hash, HashOf(token));
        return known ? null : Refused(http, "The admin API does not know this token.");
    }

    private static byte[] HashOf(AdminTokenConfig token) =>
        token.Sha256 is { Length: > 0 } hex ? Convert.FromHexString(hex) : SHA256.HashData(Encoding.UTF8.GetBytes(token.Token!.Value));

    private static ApiError Refused(HttpContext http, string reason)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return ApiError.Unauthorized(reason);
    }
}

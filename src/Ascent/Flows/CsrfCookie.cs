using System.Security.Cryptography;
using System.Text;
using Ascent.Config;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ascent.Flows;

/// <summary>
/// The browser's half of the protection from forged requests: 32 random bytes in a cookie named after our public address, so
/// that two servers on one host do not overwrite each other's. It is set once and lives a year; a login changes it.
/// </summary>
internal static class CsrfCookie
{
    public const int SecretLength = 32;

    /// <summary>365 days.</summary>
    public const int MaxAgeSeconds = 365 * 24 * 60 * 60;

    private static readonly object Key = new();
    private static volatile Named? name;

    /// <summary><c>csrf_token_</c> and the SHA-256 of the public base URL in hexadecimal.</summary>
    public static string NameFor(AscentConfig config)
    {
        var url = config.Serve.Public.BaseUrl;
        var known = name;
        if (known is null || known.Url != url)
            name = known = new Named(url, "csrf_token_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(url))));
        return known.Name;
    }

    /// <summary>Gives the browser its cookie if it sent none: on every GET but those of <see cref="IsIgnored"/>.</summary>
    public static void Ensure(HttpContext http, AscentConfig config)
    {
        if ((HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)) && !IsIgnored(http.Request.Path)) Current(http, config);
    }

    /// <summary>The value in force for this request and its answer; one is drawn and sent if the browser has none.</summary>
    public static byte[] Current(HttpContext http, AscentConfig config)
    {
        if (http.Items[Key] is byte[] known) return known;
        return Sent(http, config) is { } sent ? Keep(http, sent) : Rotate(http, config);
    }

    /// <summary>The value the browser sent with this request, or null.</summary>
    public static byte[]? Sent(HttpContext http, AscentConfig config)
    {
        Span<byte> bytes = stackalloc byte[SecretLength];
        return http.Request.Cookies[NameFor(config)] is { Length: 44 } value && Convert.TryFromBase64String(value, bytes, out var n) && n == SecretLength
            ? bytes.ToArray()
            : null;
    }

    /// <summary>Draws a new value and sends it; forms of before are void. Done when somebody else signs in.</summary>
    public static byte[] Rotate(HttpContext http, AscentConfig config) => Rotate(http, config, Draw());

    /// <summary>A value that is not sent yet: for a flow that is kept before it is sure that the browser will change its cookie.</summary>
    public static byte[] Draw() => RandomNumberGenerator.GetBytes(SecretLength);

    public static byte[] Rotate(HttpContext http, AscentConfig config, byte[] secret)
    {
        var secure = config.Cookies.Secure ?? !config.Dev;
        var cookie = new SetCookieHeaderValue(NameFor(config), Convert.ToBase64String(secret))
        {
            Path = config.Cookies.Path,
            Domain = config.Cookies.Domain,
            MaxAge = TimeSpan.FromSeconds(MaxAgeSeconds),
            HttpOnly = true,
            Secure = secure,
            // SameSite=None would be refused by browsers without Secure, and the recordings have Lax for all of them.
            SameSite = secure ? SameSiteOf(config.Cookies.SameSite) : Microsoft.Net.Http.Headers.SameSiteMode.Lax,
        };
        Replace(http.Response.Headers, cookie);
        http.Response.Headers.Append(HeaderNames.Vary, HeaderNames.Cookie);
        return Keep(http, secret);
    }

    /// <summary>
    /// Paths whose GET sets no cookie: native apps and machines call them, or they check for themselves.
    /// </summary>
    public static bool IsIgnored(PathString path)
    {
        var p = path.Value ?? "";
        if (p is "/sessions" || p.StartsWith("/sessions/", StringComparison.Ordinal)
            || p.StartsWith("/admin/", StringComparison.Ordinal) || p.StartsWith("/health/", StringComparison.Ordinal)
            || p.StartsWith("/.well-known/", StringComparison.Ordinal))
            return true;
        if (p.StartsWith("/schemas/", StringComparison.Ordinal)) return p.IndexOf('/', "/schemas/".Length) < 0 && !p.Contains("%2F", StringComparison.OrdinalIgnoreCase);
        return p.StartsWith("/self-service/", StringComparison.Ordinal)
            && (p.EndsWith("/api", StringComparison.Ordinal) || p.StartsWith("/self-service/methods/oidc/callback", StringComparison.Ordinal) || IsSubmit(p));
    }

    /// <summary><c>/self-service/login</c> and its likes; they ask for the token themselves where a flow needs one.</summary>
    private static bool IsSubmit(string path) =>
        path is "/self-service/login" or "/self-service/registration" or "/self-service/settings" or "/self-service/recovery" or "/self-service/verification";

    private static byte[] Keep(HttpContext http, byte[] secret)
    {
        http.Items[Key] = secret;
        return secret;
    }

    /// <summary>One answer sets the cookie once, the last value wins.</summary>
    private static void Replace(IHeaderDictionary headers, SetCookieHeaderValue cookie)
    {
        var prefix = cookie.Name + "=";
        var others = headers.SetCookie.Where(c => c?.StartsWith(prefix, StringComparison.Ordinal) == false);
        headers.SetCookie = new Microsoft.Extensions.Primitives.StringValues([.. others, cookie.ToString()]);
    }

    private static Microsoft.Net.Http.Headers.SameSiteMode SameSiteOf(Config.SameSiteMode mode) => mode switch
    {
        Config.SameSiteMode.Strict => Microsoft.Net.Http.Headers.SameSiteMode.Strict,
        Config.SameSiteMode.None => Microsoft.Net.Http.Headers.SameSiteMode.None,
        _ => Microsoft.Net.Http.Headers.SameSiteMode.Lax,
    };

    private sealed record Named(string Url, string Name);
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Http;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows;

/// <summary>
/// Protection from cross-site request forgery: a browser holds a random value in a cookie that scripts cannot read, and every
/// form carries the same value under a fresh mask. A site that makes a browser send a form knows neither.
/// </summary>
internal static class Csrf
{
    private const int Length = CsrfCookie.SecretLength;

    /// <summary>The token to put in a form, other at every call: base64 of a mask and the masked secret.</summary>
    public static string Token(HttpContext http, AscentConfig config) => Mask(CsrfCookie.Current(http, config));

    /// <summary>
    /// Null if the token a form carries belongs to this browser; otherwise the 403. The token is the body's csrf_token; headers
    /// do not count.
    /// </summary>
    public static ApiError? Verify(HttpContext http, AscentConfig config, string? token)
    {
        var cookie = CsrfCookie.Sent(http, config);
        return cookie is not null && Unmask(token) is { } sent && CryptographicOperations.FixedTimeEquals(cookie, sent)
            ? null
            : Violation(http, config, token);
    }

    /// <summary>What a flow keeps to know the browser that began it by: a hash, so that the database gives nobody the cookie.</summary>
    public static string OwnerOf(HttpContext http, AscentConfig config) => OwnerOf(CsrfCookie.Current(http, config));

    public static string OwnerOf(byte[] secret) => Convert.ToHexStringLower(SHA256.HashData(secret));

    public static bool OwnedBy(HttpContext http, AscentConfig config, string? owner) =>
        owner is not null && CsrfCookie.Sent(http, config) is { } cookie
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(cookie))), Encoding.ASCII.GetBytes(owner));

    /// <summary>The refusal, with what is probably wrong as far as it can be seen.</summary>
    public static ApiError Violation(HttpContext http, AscentConfig config, string? token)
    {
        var script = http.Request.Headers["Sec-Fetch-Mode"].ToString() is "cors" or "same-origin";
        var details = new JsonObject { ["docs"] = "https://www.ory.com/docs/troubleshooting/csrf" };
        switch (Failure(http, config, token))
        {
            case CsrfFailure.TokenNotSent:
                details["hint"] = "The browser's anti-forgery cookie came along, but the form carried no token: send the node csrf_token with it.";
                break;
            case var failure:
                details["hint"] = script
                    ? "The call was made by a script. See that CORS allows its origin and that it sends cookies (credentials: include); the network tab of the browser shows which went along."
                    : "The call was made by a browser's page or by a server. See in the network tab of the browser which cookies went along; a server has to pass on the browser's.";
                details["reject_reason"] = failure switch
                {
                    CsrfFailure.NoCookies => "The request carried no cookies.",
                    CsrfFailure.CookieMissing => "The request carried cookies, but not the anti-forgery cookie.",
                    _ => "The anti-forgery cookie and the token do not belong together. Delete the cookies of this site and start again.",
                };
                break;
        }
        return new ApiError
        {
            Code = StatusCodes.Status403Forbidden,
            Id = "security_csrf_violation",
            Message = "The request was refused because it may be forged",
            Reason = "Please start again. The request could not be tied to the browser that opened the form, so it may have been made by another site.",
            Details = details,
        };
    }

    internal static CsrfFailure Failure(HttpContext http, AscentConfig config, string? token)
    {
        if (http.Request.Headers.Cookie.ToString().Length == 0) return CsrfFailure.NoCookies;
        if (!http.Request.Cookies.ContainsKey(CsrfCookie.NameFor(config))) return CsrfFailure.CookieMissing;
        // Of JSON without a token clients are told that it does not fit: recorded so.
        var json = http.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) == true;
        return !json && string.IsNullOrEmpty(token) && http.Request.Headers["X-CSRF-Token"].Count == 0 ? CsrfFailure.TokenNotSent : CsrfFailure.Mismatch;
    }

    internal static string Mask(ReadOnlySpan<byte> secret)
    {
        Span<byte> token = stackalloc byte[2 * Length];
        RandomNumberGenerator.Fill(token[..Length]);
        for (var i = 0; i < Length; i++) token[Length + i] = (byte)(token[i] ^ secret[i]);
        return Convert.ToBase64String(token);
    }

    internal static byte[]? Unmask(string? token)
    {
        Span<byte> bytes = stackalloc byte[2 * Length];
        if (token is null || token.Length != Base64.GetMaxEncodedToUtf8Length(2 * Length)
            || !Convert.TryFromBase64String(token, bytes, out var written) || written != 2 * Length)
            return null;
        var secret = new byte[Length];
        for (var i = 0; i < Length; i++) secret[i] = (byte)(bytes[i] ^ bytes[Length + i]);
        return secret;
    }
}

internal enum CsrfFailure { NoCookies, CookieMissing, TokenNotSent, Mismatch }

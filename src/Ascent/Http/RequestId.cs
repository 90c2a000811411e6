using System.Buffers;
using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Ascent.Http;

/// <summary>
/// The name of a request, in its answer, its errors and its log lines: the caller's own where it is harmless text, else the trace
/// that the caller is in, else one that we make. Every request has one.
/// </summary>
internal static class RequestId
{
    public const string Header = "X-Request-Id";
    private const int Longest = 128, MadeBytes = 12;
    private static readonly SearchValues<char> Safe =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/+=@~,;|#");

    /// <summary>Gives the request its name; the first thing that is done with it.</summary>
    public static void Assign(HttpContext http)
    {
        http.TraceIdentifier = Sent(http) ?? Trace(http) ?? Made();
        Show(http);
    }

    public static void Show(HttpContext http) => http.Response.Headers[Header] = http.TraceIdentifier;

    public static string Of(HttpContext http) => http.TraceIdentifier;

    /// <summary>What the caller sent, if it is harmless.</summary>
    public static string? Sent(HttpContext http)
    {
        var values = http.Request.Headers[Header];
        if (values.Count != 1 || values[0] is not { Length: > 0 and <= Longest } id) return null;
        return id.AsSpan().ContainsAnyExcept(Safe) ? null : id;
    }

    private static string? Trace(HttpContext http)
    {
        var parent = http.Request.Headers.TraceParent;
        return parent.Count == 1 && ActivityContext.TryParse(parent[0], null, out var context) ? context.TraceId.ToHexString() : null;
    }

    private static string Made()
    {
        Span<byte> bytes = stackalloc byte[MadeBytes];
        RandomNumberGenerator.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}

using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Ascent.Http;

/// <summary>The caller's own name for a request; it is echoed in errors and logged, so only harmless text counts.</summary>
internal static class RequestId
{
    private const int Longest = 128;
    private static readonly SearchValues<char> Safe =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/+=@~,;|#");

    public static string? Of(HttpContext http)
    {
        var values = http.Request.Headers["X-Request-Id"];
        if (values.Count != 1 || values[0] is not { Length: > 0 and <= Longest } id) return null;
        return id.AsSpan().ContainsAnyExcept(Safe) ? null : id;
    }
}

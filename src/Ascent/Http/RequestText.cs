using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ascent.Http;

/// <summary>
/// Refuses path and query text that no store could keep: escapes that are none, bytes that are no UTF-8, NUL. Headers
/// need no check, Kestrel refuses such itself.
/// </summary>
internal static class RequestText
{
    /// <summary>Null when the target is fine, which for targets without a percent sign costs one search.</summary>
    public static ApiError? Check(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        return target.Contains('%', StringComparison.Ordinal) ? CheckEscapes(target) : null;
    }

    /// <summary>Decodes one percent-encoded piece; null when its escapes are malformed, or no UTF-8, or NUL.</summary>
    public static string? Decode(ReadOnlySpan<char> text, bool plusIsBlank = false)
    {
        var raw = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, raw);
        return Bytes(raw, plusIsBlank) is { } bytes && Utf8.IsValid(bytes) && !bytes.Contains((byte)0) ? Encoding.UTF8.GetString(bytes) : null;
    }

    /// <summary>The bytes behind percent-encoded ones; null when an escape is malformed.</summary>
    public static byte[]? Bytes(ReadOnlySpan<byte> text, bool plusIsBlank)
    {
        var bytes = new byte[text.Length];
        var to = 0;
        for (var from = 0; from < text.Length; from++)
        {
            var b = text[from];
            if (b == '+' && plusIsBlank) b = (byte)' ';
            else if (b == '%')
            {
                if (from + 2 >= text.Length || !byte.TryParse(text.Slice(from + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out b)) return null;
                from += 2;
            }
            bytes[to++] = b;
        }
        return to == bytes.Length ? bytes : bytes[..to];
    }

    private static ApiError? CheckEscapes(string target)
    {
        var query = target.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? target : target[..query];
        if (Decode(path) is null)
            return ApiError.BadRequest("The path holds an escape that is not UTF-8 text; percent signs stand before two hexadecimal digits, and %00 is not allowed.");
        if (query < 0) return null;
        var rest = target.AsSpan(query + 1);
        foreach (var range in rest.Split('&'))
        {
            var pair = rest[range];
            if (Decode(pair, plusIsBlank: true) is not null) continue;
            var equals = pair.IndexOf('=');
            var name = Decode(equals < 0 ? pair : pair[..equals], plusIsBlank: true);
            return ApiError.BadRequest(name is null or ""
                ? "The query holds a name that is not UTF-8 text; percent signs stand before two hexadecimal digits, and %00 is not allowed."
                : $"The query parameter {Pointer.Escape(name)} is not UTF-8 text; percent signs stand before two hexadecimal digits, and %00 is not allowed.");
        }
        return null;
    }
}

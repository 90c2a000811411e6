using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using System.Text;
using System.Text.Unicode;

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
        if (Bytes(text, plusIsBlank) is not { } bytes) return null;
        return Utf8.IsValid(bytes) && !bytes.Contains((byte)0) ? Encoding.UTF8.GetString(bytes) : null;
    }

    /// <summary>The bytes of a percent-encoded piece; null when an escape is malformed.</summary>
    public static byte[]? Bytes(ReadOnlySpan<char> text, bool plusIsBlank)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        var length = Encoding.UTF8.GetBytes(text, bytes);
        var to = 0;
        for (var from = 0; from < length; from++)
        {
            var b = bytes[from];
            if (b == '+' && plusIsBlank) b = (byte)' ';
            else if (b == '%')
            {
                if (from + 2 >= length || Digit(bytes[from + 1]) is var high && high < 0 || Digit(bytes[from + 2]) is var low && low < 0) return null;
                b = (byte)(high << 4 | low);
                from += 2;
            }
            bytes[to++] = b;
        }
        return to == bytes.Length ? bytes : bytes[..to];
    }

    private static int Digit(byte b) => char.IsAsciiHexDigit((char)b) ? Convert.ToInt32(((char)b).ToString(), 16) : -1;

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

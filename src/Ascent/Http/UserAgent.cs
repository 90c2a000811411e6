using System.Text;
using Microsoft.AspNetCore.Http;

namespace Ascent.Http;

/// <summary>What a client says of itself, as far as it can be kept: anybody may send any text here.</summary>
internal static class UserAgent
{
    private const int MostBytes = 512;

    public static string Of(HttpContext http) => Cut(string.Join(' ', (IEnumerable<string?>)http.Request.Headers.UserAgent));

    /// <summary>A NUL or half a character could not be stored by both engines.</summary>
    public static string Cut(string text)
    {
        text = text.Replace('\0', ' ');
        if (Encoding.UTF8.GetByteCount(text) <= MostBytes && !text.Any(char.IsSurrogate)) return text;
        var bytes = Encoding.UTF8.GetBytes(text);
        var end = Math.Min(MostBytes, bytes.Length);
        while (end > 0 && end < bytes.Length && (bytes[end] & 0xC0) == 0x80) end--;
        return Encoding.UTF8.GetString(bytes.AsSpan(0, end));
    }
}

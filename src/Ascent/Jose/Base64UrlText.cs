using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Ascent.Jose;

/// <summary>base64url as JOSE has it (RFC 7515 2): no padding, no blanks, and one text only for the same bytes.</summary>
internal static class Base64UrlText
{
    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 4 == 1 || !Base64Url.IsValid(text)) return false;
        var decoded = Base64Url.DecodeFromChars(text);
        // The framework forgives blanks, padding and loose bits at the end; each would make a second text of one signature.
        if (Base64Url.GetEncodedLength(decoded.Length) != text.Length || !text.SequenceEqual(Base64Url.EncodeToString(decoded))) return false;
        bytes = decoded;
        return true;
    }
}

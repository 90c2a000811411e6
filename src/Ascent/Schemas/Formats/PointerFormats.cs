namespace Ascent.Schemas.Formats;

internal static class PointerFormats
{
    /// <summary>RFC 6901, not in a URI fragment.</summary>
    public static bool IsPointer(string text) => IsPointer(text.AsSpan());

    public static bool IsRelativePointer(string text)
    {
        var digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        if (digits < 0) digits = text.Length;
        if (digits == 0 || (digits > 1 && text[0] == '0')) return false;
        var rest = text.AsSpan(digits);
        return rest is "#" || IsPointer(rest);
    }

    private static bool IsPointer(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return true;
        if (text[0] != '/') return false;
        for (var i = 0; i < text.Length; i++)
            if (text[i] == '~' && (i + 1 == text.Length || text[i + 1] is not ('0' or '1'))) return false;
        return true;
    }
}

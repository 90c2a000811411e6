using System.Globalization;
using System.Security.Cryptography;

namespace Ascent.Crypto.Hashing.Formats;

/// <summary>The pieces that encoded hashes are made of.</summary>
internal static class HashText
{
    /// <summary>Standard base64 in its one canonical writing: padded, and no stray bits in the last character.</summary>
    public static bool TryPadded(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        var buffer = new byte[text.Length / 4 * 3];
        if (text.Length % 4 != 0 || !Convert.TryFromBase64Chars(text, buffer, out var written)) return false;
        bytes = buffer.AsSpan(0, written).ToArray();
        return text.SequenceEqual(Convert.ToBase64String(bytes));
    }

    /// <summary>The same without padding.</summary>
    public static bool TryRaw(ReadOnlySpan<char> text, out byte[] bytes)
    {
        bytes = [];
        return !text.Contains('=') && TryPadded($"{text}{new string('=', (4 - text.Length % 4) % 4)}", out bytes);
    }

    public static string Raw(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    /// <summary>Reads <c>a=1,b=2</c>: exactly these names in this order, each with a decimal number.</summary>
    public static bool TryNumbers(ReadOnlySpan<char> text, ReadOnlySpan<string> names, Span<uint> values)
    {
        for (var i = 0; i < names.Length; i++)
        {
            var end = i == names.Length - 1 ? text.Length : text.IndexOf(',');
            if (end < 0 || !text.StartsWith(names[i]) || text.Length <= names[i].Length || text[names[i].Length] != '=') return false;
            if (!uint.TryParse(text[(names[i].Length + 1)..end], NumberStyles.None, CultureInfo.InvariantCulture, out values[i])) return false;
            if (end < text.Length) text = text[(end + 1)..];
        }
        return true;
    }

    public static byte[] Random(int length) => RandomNumberGenerator.GetBytes(length);
}

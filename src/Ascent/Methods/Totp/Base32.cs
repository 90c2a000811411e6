namespace Ascent.Methods.Totp;

/// <summary>Base32 of RFC 4648, as authenticator apps take secrets: upper case, no padding.</summary>
internal static class Base32
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private const int BitsOfLetter = 5, BitsOfByte = 8;

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[((bytes.Length * BitsOfByte) + BitsOfLetter - 1) / BitsOfLetter];
        int buffer = 0, bits = 0, at = 0;
        foreach (var b in bytes)
        {
            buffer = (buffer << BitsOfByte) | b;
            for (bits += BitsOfByte; bits >= BitsOfLetter; bits -= BitsOfLetter) text[at++] = Alphabet[(buffer >> (bits - BitsOfLetter)) & 31];
            buffer &= (1 << bits) - 1;
        }
        if (bits > 0) text[at] = Alphabet[(buffer << (BitsOfLetter - bits)) & 31];
        return new string(text);
    }

    /// <summary>Null for what is none. Lower case and padding are read too; bits that fill no byte are left out.</summary>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        text = text.TrimEnd('=');
        var bytes = new byte[text.Length * BitsOfLetter / BitsOfByte];
        int buffer = 0, bits = 0, at = 0;
        foreach (var c in text)
        {
            var value = Alphabet.IndexOf(char.ToUpperInvariant(c), StringComparison.Ordinal);
            if (value < 0) return null;
            buffer = (buffer << BitsOfLetter) | value;
            bits += BitsOfLetter;
            if (bits < BitsOfByte) continue;
            bits -= BitsOfByte;
            bytes[at++] = (byte)(buffer >> bits);
            buffer &= (1 << bits) - 1;
        }
        return bytes;
    }
}

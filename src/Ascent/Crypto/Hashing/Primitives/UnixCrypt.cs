using System.Security.Cryptography;
using System.Text;

namespace Ascent.Crypto.Hashing.Primitives;

/// <summary>How crypt(3) writes digests: six bits a character, the low ones first, three bytes at a time in an order of its own.</summary>
internal static class CryptText
{
    private const string Alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    public static void Append(StringBuilder text, int high, int middle, int low, int characters)
    {
        var bits = (high << 16) | (middle << 8) | low;
        for (; characters > 0; characters--, bits >>= 6) text.Append(Alphabet[bits & 63]);
    }

    /// <summary>The bytes over and over, up to a length.</summary>
    public static byte[] Repeat(ReadOnlySpan<byte> bytes, int length)
    {
        var repeated = new byte[length];
        for (var i = 0; i < length; i++) repeated[i] = bytes[i % bytes.Length];
        return repeated;
    }
}

/// <summary>Poul-Henning Kamp's MD5 crypt, <c>$1$</c>.</summary>
internal static class Md5Crypt
{
    public const int MaxSalt = 8;
    private const int Rounds = 1000;

    public static string Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt)
    {
        var once = MD5.HashData([.. password, .. salt, .. password]);
        var start = new List<byte>([.. password, .. "$1$"u8, .. salt, .. CryptText.Repeat(once, password.Length)]);
        for (var bits = password.Length; bits > 0; bits >>= 1) start.Add((bits & 1) != 0 ? (byte)0 : password[0]);
        var sum = MD5.HashData(start.ToArray());
        var text = new byte[2 * (password.Length + sum.Length) + salt.Length];
        for (var i = 0; i < Rounds; i++)
        {
            var writer = new SpanWriter(text);
            writer.Add((i & 1) != 0 ? password : sum);
            if (i % 3 != 0) writer.Add(salt);
            if (i % 7 != 0) writer.Add(password);
            writer.Add((i & 1) != 0 ? sum : password);
            MD5.HashData(writer.Written, sum);
        }
        CryptographicOperations.ZeroMemory(text);

        var output = new StringBuilder();
        for (var i = 0; i < 5; i++) CryptText.Append(output, sum[i], sum[i + 6], sum[i == 4 ? 5 : i + 12], 4);
        CryptText.Append(output, 0, 0, sum[11], 2);
        return output.ToString();
    }
}

/// <summary>Ulrich Drepper's SHA crypt, <c>$5$</c> and <c>$6$</c>.</summary>
internal static class ShaCrypt
{
    public const int MaxSalt = 16, DefaultRounds = 5000;

    private delegate int HashFunction(ReadOnlySpan<byte> data, Span<byte> digest);

    public static string Derive256(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int rounds)
    {
        var sum = Derive(SHA256.HashData, 32, password, salt, rounds);
        var output = new StringBuilder();
        for (int i = 0, a = 0, b = 10, c = 20; i < 10; i++)
        {
            CryptText.Append(output, sum[a], sum[b], sum[c], 4);
            (a, b, c) = ((c + 1) % 30, (a + 1) % 30, (b + 1) % 30);
        }
        CryptText.Append(output, 0, sum[31], sum[30], 3);
        return output.ToString();
    }

    public static string Derive512(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int rounds)
    {
        var sum = Derive(SHA512.HashData, 64, password, salt, rounds);
        var output = new StringBuilder();
        for (int i = 0, a = 0, b = 21, c = 42; i < 21; i++)
        {
            CryptText.Append(output, sum[a], sum[b], sum[c], 4);
            (a, b, c) = ((b + 1) % 63, (c + 1) % 63, (a + 1) % 63);
        }
        CryptText.Append(output, 0, 0, sum[63], 2);
        return output.ToString();
    }

    private static byte[] Derive(HashFunction hash, int size, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int rounds)
    {
        var sum = new byte[size];
        hash([.. password, .. salt, .. password], sum);
        var start = new List<byte>([.. password, .. salt, .. CryptText.Repeat(sum, password.Length)]);
        for (var bits = password.Length; bits > 0; bits >>= 1) start.AddRange((bits & 1) != 0 ? sum : password);

        var part = new byte[size];
        hash(CryptText.Repeat(password, password.Length * password.Length), part);
        var p = CryptText.Repeat(part, password.Length);
        hash(start.ToArray(), sum);
        hash(CryptText.Repeat(salt, salt.Length * (16 + sum[0])), part);
        var s = CryptText.Repeat(part, salt.Length);

        var text = new byte[2 * (p.Length + size) + s.Length];
        for (var i = 0; i < rounds; i++)
        {
            var writer = new SpanWriter(text);
            writer.Add((i & 1) != 0 ? p : sum);
            if (i % 3 != 0) writer.Add(s);
            if (i % 7 != 0) writer.Add(p);
            writer.Add((i & 1) != 0 ? sum : p);
            hash(writer.Written, sum);
        }
        CryptographicOperations.ZeroMemory(text);
        CryptographicOperations.ZeroMemory(p);
        return sum;
    }
}

/// <summary>Puts spans one after another.</summary>
internal ref struct SpanWriter(Span<byte> buffer)
{
    private readonly Span<byte> buffer = buffer;
    private int length;

    public readonly ReadOnlySpan<byte> Written => buffer[..length];

    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(buffer[length..]);
        length += bytes.Length;
    }
}

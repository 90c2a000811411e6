using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ascent.Crypto.Hashing.Primitives;

/// <summary>A digest that the framework does not have everywhere.</summary>
internal interface IDigest
{
    static abstract int BlockBytes { get; }
    static abstract int DigestBytes { get; }
    static abstract void Of(ReadOnlySpan<byte> data, Span<byte> digest);
}

/// <summary>HMAC (RFC 2104) and PBKDF2 (RFC 8018) over such a digest.</summary>
internal static class Hmac<T> where T : IDigest
{
    public static byte[] Of(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        var pads = Pads(key);
        var mac = new byte[T.DigestBytes];
        Of(pads, data, new byte[T.BlockBytes + Math.Max(data.Length, T.DigestBytes)], mac);
        return mac;
    }

    public static void Pbkdf2(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations, Span<byte> output)
    {
        var pads = Pads(password);
        var scratch = new byte[T.BlockBytes + Math.Max(salt.Length + 4, T.DigestBytes)];
        var round = new byte[T.DigestBytes];
        var sum = new byte[T.DigestBytes];
        byte[] first = [.. salt, 0, 0, 0, 0];
        for (var block = 1; output.Length > 0; block++)
        {
            BinaryPrimitives.WriteInt32BigEndian(first.AsSpan(salt.Length), block);
            Of(pads, first, scratch, round);
            round.CopyTo(sum, 0);
            for (var i = 1; i < iterations; i++)
            {
                Of(pads, round, scratch, round);
                for (var n = 0; n < sum.Length; n++) sum[n] ^= round[n];
            }
            var take = Math.Min(output.Length, sum.Length);
            sum.AsSpan(0, take).CopyTo(output);
            output = output[take..];
        }
        CryptographicOperations.ZeroMemory(pads);
        CryptographicOperations.ZeroMemory(scratch);
    }

    private static byte[] Pads(ReadOnlySpan<byte> key)
    {
        var pads = new byte[2 * T.BlockBytes];
        var inner = pads.AsSpan(0, T.BlockBytes);
        if (key.Length > T.BlockBytes) T.Of(key, inner[..T.DigestBytes]);
        else key.CopyTo(inner);
        for (var i = 0; i < inner.Length; i++)
        {
            pads[T.BlockBytes + i] = (byte)(inner[i] ^ 0x5c);
            inner[i] ^= 0x36;
        }
        return pads;
    }

    private static void Of(ReadOnlySpan<byte> pads, ReadOnlySpan<byte> data, Span<byte> scratch, Span<byte> mac)
    {
        var rest = scratch[T.BlockBytes..];
        pads[..T.BlockBytes].CopyTo(scratch);
        data.CopyTo(rest);
        T.Of(scratch[..(T.BlockBytes + data.Length)], mac);
        pads[T.BlockBytes..].CopyTo(scratch);
        mac.CopyTo(rest);
        T.Of(scratch[..(T.BlockBytes + T.DigestBytes)], mac);
    }
}

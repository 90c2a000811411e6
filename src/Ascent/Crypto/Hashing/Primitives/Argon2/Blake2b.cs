using System.Buffers.Binary;
using System.Numerics;

namespace Ascent.Crypto.Hashing.Primitives.Argon2;

/// <summary>BLAKE2b without a key (RFC 7693), and the function of variable length that Argon2 builds of it (RFC 9106, 3.3).</summary>
internal static class Blake2b
{
    public const int MaxDigest = 64;
    private const int BlockBytes = 128;

    private static ReadOnlySpan<ulong> Iv =>
    [
        0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
        0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
    ];

    private static ReadOnlySpan<byte> Order =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3,
        11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4,
        7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8,
        9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13,
        2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9,
        12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11,
        13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10,
        6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5,
        10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0,
    ];

    public static void Hash(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        Span<ulong> state = stackalloc ulong[8];
        Iv.CopyTo(state);
        state[0] ^= 0x01010000u ^ (uint)digest.Length;
        var length = data.Length;
        while (data.Length > BlockBytes)
        {
            Compress(state, data[..BlockBytes], length - data.Length + BlockBytes, last: false);
            data = data[BlockBytes..];
        }
        Span<byte> block = stackalloc byte[BlockBytes];
        block.Clear();
        data.CopyTo(block);
        Compress(state, block, length, last: true);
        Span<byte> bytes = stackalloc byte[MaxDigest];
        for (var i = 0; i < 8; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes[(i * 8)..], state[i]);
        bytes[..digest.Length].CopyTo(digest);
    }

    /// <summary>Any length of output: 64 bytes are hashed again and again, and half of each is given out.</summary>
    public static void HashLong(ReadOnlySpan<byte> data, Span<byte> output)
    {
        byte[] input = [.. BitConverter.GetBytes(output.Length), .. data];
        if (output.Length <= MaxDigest)
        {
            Hash(input, output);
            return;
        }
        Span<byte> link = stackalloc byte[MaxDigest];
        Span<byte> next = stackalloc byte[MaxDigest];
        Hash(input, link);
        while (true)
        {
            link[..(MaxDigest / 2)].CopyTo(output);
            output = output[(MaxDigest / 2)..];
            if (output.Length <= MaxDigest) break;
            Hash(link, next);
            next.CopyTo(link);
        }
        Hash(link, output);
    }

    private static void Compress(Span<ulong> state, ReadOnlySpan<byte> block, int count, bool last)
    {
        Span<ulong> m = stackalloc ulong[16];
        Span<ulong> v = stackalloc ulong[16];
        for (var i = 0; i < 16; i++) m[i] = BinaryPrimitives.ReadUInt64LittleEndian(block[(i * 8)..]);
        state.CopyTo(v);
        Iv.CopyTo(v[8..]);
        v[12] ^= (ulong)count;
        if (last) v[14] = ~v[14];
        for (var round = 0; round < 12; round++)
        {
            var order = Order.Slice(round % 10 * 16, 16);
            Mix(v, 0, 4, 8, 12, m[order[0]], m[order[1]]);
            Mix(v, 1, 5, 9, 13, m[order[2]], m[order[3]]);
            Mix(v, 2, 6, 10, 14, m[order[4]], m[order[5]]);
            Mix(v, 3, 7, 11, 15, m[order[6]], m[order[7]]);
            Mix(v, 0, 5, 10, 15, m[order[8]], m[order[9]]);
            Mix(v, 1, 6, 11, 12, m[order[10]], m[order[11]]);
            Mix(v, 2, 7, 8, 13, m[order[12]], m[order[13]]);
            Mix(v, 3, 4, 9, 14, m[order[14]], m[order[15]]);
        }
        for (var i = 0; i < 8; i++) state[i] ^= v[i] ^ v[i + 8];
    }

    private static void Mix(Span<ulong> v, int a, int b, int c, int d, ulong x, ulong y)
    {
        v[a] += v[b] + x;
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 32);
        v[c] += v[d];
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 24);
        v[a] += v[b] + y;
        v[d] = BitOperations.RotateRight(v[d] ^ v[a], 16);
        v[c] += v[d];
        v[b] = BitOperations.RotateRight(v[b] ^ v[c], 63);
    }
}

using System.Buffers.Binary;
using System.Numerics;

namespace Ascent.Crypto.Hashing.Primitives;

/// <summary>The padding that MD4 and SHA-2 share: a one bit, zeros, and the length in bits.</summary>
internal static class MerkleDamgard
{
    public const int BlockBytes = 64;

    public static byte[] Pad(ReadOnlySpan<byte> data, bool bigEndian)
    {
        var padded = new byte[(data.Length + 9 + BlockBytes - 1) / BlockBytes * BlockBytes];
        data.CopyTo(padded);
        padded[data.Length] = 0x80;
        var length = padded.AsSpan(padded.Length - 8);
        if (bigEndian) BinaryPrimitives.WriteInt64BigEndian(length, data.Length * 8L);
        else BinaryPrimitives.WriteInt64LittleEndian(length, data.Length * 8L);
        return padded;
    }
}

/// <summary>MD4 (RFC 1320), broken long ago; only to read hashes of systems that had it.</summary>
internal sealed class Md4 : IDigest
{
    private Md4() { }

    public static int BlockBytes => MerkleDamgard.BlockBytes;
    public static int DigestBytes => 16;

    private static ReadOnlySpan<byte> Order =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15,
        0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15,
    ];

    private static ReadOnlySpan<byte> Turns => [3, 7, 11, 19, 3, 5, 9, 13, 3, 9, 11, 15];
    private static ReadOnlySpan<uint> Constants => [0, 0x5a827999, 0x6ed9eba1];

    public static void Of(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        uint a = 0x67452301, b = 0xefcdab89, c = 0x98badcfe, d = 0x10325476;
        ReadOnlySpan<byte> rest = MerkleDamgard.Pad(data, bigEndian: false);
        for (; rest.Length > 0; rest = rest[BlockBytes..])
        {
            var (a0, b0, c0, d0) = (a, b, c, d);
            for (var i = 0; i < 48; i++)
            {
                var round = i / 16;
                var f = round switch { 0 => (b & c) | (~b & d), 1 => (b & c) | (b & d) | (c & d), _ => b ^ c ^ d };
                var word = BinaryPrimitives.ReadUInt32LittleEndian(rest[(Order[i] * 4)..]);
                var next = BitOperations.RotateLeft(a + f + word + Constants[round], Turns[round * 4 + i % 4]);
                (a, b, c, d) = (d, next, b, c);
            }
            (a, b, c, d) = (a + a0, b + b0, c + c0, d + d0);
        }
        BinaryPrimitives.WriteUInt32LittleEndian(digest, a);
        BinaryPrimitives.WriteUInt32LittleEndian(digest[4..], b);
        BinaryPrimitives.WriteUInt32LittleEndian(digest[8..], c);
        BinaryPrimitives.WriteUInt32LittleEndian(digest[12..], d);
    }
}

/// <summary>SHA-224 (FIPS 180-4), which the framework leaves out.</summary>
internal sealed class Sha224 : IDigest
{
    private Sha224() { }

    public static int BlockBytes => MerkleDamgard.BlockBytes;
    public static int DigestBytes => 28;

    private static ReadOnlySpan<uint> Constants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    public static void Of(ReadOnlySpan<byte> data, Span<byte> digest)
    {
        Span<uint> state = [0xc1059ed8, 0x367cd507, 0x3070dd17, 0xf70e5939, 0xffc00b31, 0x68581511, 0x64f98fa7, 0xbefa4fa4];
        ReadOnlySpan<byte> rest = MerkleDamgard.Pad(data, bigEndian: true);
        for (; rest.Length > 0; rest = rest[BlockBytes..]) Compress(state, rest);
        for (var i = 0; i < DigestBytes / 4; i++) BinaryPrimitives.WriteUInt32BigEndian(digest[(i * 4)..], state[i]);
    }

    private static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[64];
        for (var i = 0; i < 16; i++) w[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * 4)..]);
        for (var i = 16; i < 64; i++)
        {
            var s0 = BitOperations.RotateRight(w[i - 15], 7) ^ BitOperations.RotateRight(w[i - 15], 18) ^ (w[i - 15] >> 3);
            var s1 = BitOperations.RotateRight(w[i - 2], 17) ^ BitOperations.RotateRight(w[i - 2], 19) ^ (w[i - 2] >> 10);
            w[i] = w[i - 16] + s0 + w[i - 7] + s1;
        }
        Span<uint> v = stackalloc uint[8];
        state.CopyTo(v);
        for (var i = 0; i < 64; i++)
        {
            var s1 = BitOperations.RotateRight(v[4], 6) ^ BitOperations.RotateRight(v[4], 11) ^ BitOperations.RotateRight(v[4], 25);
            var t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + Constants[i] + w[i];
            var s0 = BitOperations.RotateRight(v[0], 2) ^ BitOperations.RotateRight(v[0], 13) ^ BitOperations.RotateRight(v[0], 22);
            var t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
            v[..7].CopyTo(v[1..]);
            v[4] += t1;
            v[0] = t1 + t2;
        }
        for (var i = 0; i < 8; i++) state[i] += v[i];
    }
}

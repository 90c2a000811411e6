using System.Buffers.Binary;
using System.Numerics;

namespace Ascent.Crypto.Hashing.Primitives;

/// <summary>SHA3-224 (FIPS 202).</summary>
internal sealed class Sha3Of224 : IDigest
{
    private Sha3Of224() { }

    public static int BlockBytes => 144;
    public static int DigestBytes => 28;
    public static void Of(ReadOnlySpan<byte> data, Span<byte> digest) => Keccak.Sha3(data, digest, BlockBytes);
}

/// <summary>SHA3-384 (FIPS 202); the framework has it only where OpenSSL does.</summary>
internal sealed class Sha3Of384 : IDigest
{
    private Sha3Of384() { }

    public static int BlockBytes => 104;
    public static int DigestBytes => 48;
    public static void Of(ReadOnlySpan<byte> data, Span<byte> digest) => Keccak.Sha3(data, digest, BlockBytes);
}

/// <summary>The sponge of SHA-3.</summary>
internal static class Keccak
{
    private const int Lanes = 25;

    private static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
        0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>Where step pi moves each lane in turn, and by how much step rho turns it.</summary>
    private static ReadOnlySpan<byte> Path => [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];
    private static ReadOnlySpan<byte> Turns => [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];

    public static void Sha3(ReadOnlySpan<byte> data, Span<byte> digest, int rate)
    {
        Span<ulong> state = stackalloc ulong[Lanes];
        Span<byte> last = stackalloc byte[rate];
        state.Clear();
        while (data.Length >= rate)
        {
            Absorb(state, data[..rate]);
            data = data[rate..];
        }
        last.Clear();
        data.CopyTo(last);
        last[data.Length] ^= 0x06;
        last[rate - 1] ^= 0x80;
        Absorb(state, last);
        Span<byte> bytes = stackalloc byte[Lanes * 8];
        for (var i = 0; i < Lanes; i++) BinaryPrimitives.WriteUInt64LittleEndian(bytes[(i * 8)..], state[i]);
        bytes[..digest.Length].CopyTo(digest);
    }

    private static void Absorb(Span<ulong> a, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < block.Length / 8; i++) a[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(i * 8)..]);
        foreach (var constant in RoundConstants)
        {
            Theta(a);
            var moved = a[1];
            for (var i = 0; i < Path.Length; i++)
                (moved, a[Path[i]]) = (a[Path[i]], BitOperations.RotateLeft(moved, Turns[i]));
            for (var y = 0; y < Lanes; y += 5)
            {
                var row = a.Slice(y, 5);
                ulong r0 = row[0], r1 = row[1];
                row[0] ^= ~r1 & row[2];
                row[1] ^= ~row[2] & row[3];
                row[2] ^= ~row[3] & row[4];
                row[3] ^= ~row[4] & r0;
                row[4] ^= ~r0 & r1;
            }
            a[0] ^= constant;
        }
    }

    private static void Theta(Span<ulong> a)
    {
        var c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
        var c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
        var c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
        var c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
        var c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
        var d0 = c4 ^ BitOperations.RotateLeft(c1, 1);
        var d1 = c0 ^ BitOperations.RotateLeft(c2, 1);
        var d2 = c1 ^ BitOperations.RotateLeft(c3, 1);
        var d3 = c2 ^ BitOperations.RotateLeft(c4, 1);
        var d4 = c3 ^ BitOperations.RotateLeft(c0, 1);
        for (var y = 0; y < Lanes; y += 5)
        {
            a[y] ^= d0;
            a[y + 1] ^= d1;
            a[y + 2] ^= d2;
            a[y + 3] ^= d3;
            a[y + 4] ^= d4;
        }
    }
}

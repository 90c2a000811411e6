using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;
using Ascent.Crypto.Hashing.Formats;

namespace Ascent.Crypto.Hashing.Primitives;

/// <summary>
/// scrypt (RFC 7914). Each 64-byte block is kept with the diagonals of Salsa's matrix as its rows, so that a quarter round of all four
/// columns is one step on vectors.
/// </summary>
internal static unsafe class Scrypt
{
    private const int SalsaWords = 16;

    /// <summary>Which word of a block stands where in our order.</summary>
    private static ReadOnlySpan<byte> Diagonals => [0, 5, 10, 15, 4, 9, 14, 3, 8, 13, 2, 7, 12, 1, 6, 11];

    public static void Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ScryptCost cost, Span<byte> output, HashingMemory memory)
    {
        var laneWords = 32 * cost.R;
        var lanes = new uint[laneWords * cost.P];
        Rfc2898DeriveBytes.Pbkdf2(password, salt, MemoryMarshal.AsBytes(lanes.AsSpan()), 1, HashAlgorithmName.SHA256);
        var bytes = 4L * laneWords * (cost.N + 2L);
        var block = memory.Rent(bytes);
        try
        {
            for (var i = 0; i < cost.P; i++)
                Mix(lanes.AsSpan(i * laneWords, laneWords), cost.N, (uint*)block.Pointer);
        }
        finally
        {
            memory.Return(block, bytes);
        }
        Rfc2898DeriveBytes.Pbkdf2(password, MemoryMarshal.AsBytes(lanes.AsSpan()), output, 1, HashAlgorithmName.SHA256);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(lanes.AsSpan()));
    }

    /// <summary>scryptROMix of one lane; the memory holds two working copies of the lane and then N of them.</summary>
    private static void Mix(Span<uint> lane, int n, uint* memory)
    {
        var words = lane.Length;
        uint* x = memory, y = memory + words, table = memory + 2 * words;
        for (var i = 0; i < words; i++) x[i] = lane[i / SalsaWords * SalsaWords + Diagonals[i % SalsaWords]];
        for (var i = 0; i < n; i++)
        {
            Buffer.MemoryCopy(x, table + (nint)i * words, words * 4L, words * 4L);
            MixBlocks(x, y, words);
            var mixed = y;
            y = x;
            x = mixed;
        }
        for (var i = 0; i < n; i++)
        {
            var from = table + (nint)(x[words - SalsaWords] & (uint)(n - 1)) * words;
            for (var k = 0; k < words; k += 4) (Vector128.Load(x + k) ^ Vector128.Load(from + k)).Store(x + k);
            MixBlocks(x, y, words);
            var mixed = y;
            y = x;
            x = mixed;
        }
        for (var i = 0; i < words; i++) lane[i / SalsaWords * SalsaWords + Diagonals[i % SalsaWords]] = x[i];
    }

    /// <summary>scryptBlockMix: the even blocks of the result come first, then the odd ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MixBlocks(uint* input, uint* output, int words)
    {
        var last = input + words - SalsaWords;
        var a = Vector128.Load(last);
        var b = Vector128.Load(last + 4);
        var c = Vector128.Load(last + 8);
        var d = Vector128.Load(last + 12);
        for (var i = 0; i < words; i += SalsaWords)
        {
            a ^= Vector128.Load(input + i);
            b ^= Vector128.Load(input + i + 4);
            c ^= Vector128.Load(input + i + 8);
            d ^= Vector128.Load(input + i + 12);
            var (a0, b0, c0, d0) = (a, b, c, d);
            for (var round = 0; round < 4; round++)
            {
                b ^= RotateLeft(a + d, 7);
                c ^= RotateLeft(b + a, 9);
                d ^= RotateLeft(c + b, 13);
                a ^= RotateLeft(d + c, 18);
                b = Vector128.Shuffle(b, Vector128.Create(3u, 0, 1, 2));
                c = Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1));
                d = Vector128.Shuffle(d, Vector128.Create(1u, 2, 3, 0));
                d ^= RotateLeft(a + b, 7);
                c ^= RotateLeft(d + a, 9);
                b ^= RotateLeft(c + d, 13);
                a ^= RotateLeft(b + c, 18);
                b = Vector128.Shuffle(b, Vector128.Create(1u, 2, 3, 0));
                c = Vector128.Shuffle(c, Vector128.Create(2u, 3, 0, 1));
                d = Vector128.Shuffle(d, Vector128.Create(3u, 0, 1, 2));
            }
            a += a0;
            b += b0;
            c += c0;
            d += d0;
            var to = output + i / 2 + ((i & SalsaWords) != 0 ? words / 2 - SalsaWords / 2 : 0);
            a.Store(to);
            b.Store(to + 4);
            c.Store(to + 8);
            d.Store(to + 12);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> RotateLeft(Vector128<uint> x, int by) => (x << by) | (x >>> (32 - by));
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ascent.Crypto.Hashing.Primitives.Argon2;

/// <summary>
/// G on vectors of eight words (AVX-512). The block is kept as a square of four by four vectors: vector (q, w) has words 4w..4w+3 of row 2q
/// and the same of row 2q+1. So the four vectors of a row of the square are two rows of the block with their quarters side by side, the
/// four of a column are two columns, and neither way needs a transposition: three permutations make the diagonals.
/// </summary>
internal unsafe struct Mixer512 : IBlockMixer
{
    public static int PlaceOf(int word)
    {
        var (row, column) = (word / 16, word % 16);
        return (row / 2 * 4 + column / 4) * 8 + row % 2 * 4 + column % 4;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mix(ulong* previous, ulong* reference, ulong* target, bool add)
    {
        var room = stackalloc ulong[Block.Words + 8];
        // A vector that lies across two cache lines cannot be forwarded from its store to the next load.
        var z = (ulong*)(((nuint)room + 63) & ~(nuint)63);
        Rows(previous, reference, z);
        Rows(previous + 64, reference + 64, z + 64);
        if (add)
        {
            Columns<Yes>(z, previous, reference, target);
            Columns<Yes>(z + 16, previous + 16, reference + 16, target + 16);
        }
        else
        {
            Columns<No>(z, previous, reference, target);
            Columns<No>(z + 16, previous + 16, reference + 16, target + 16);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(ulong* previous, ulong* reference, ulong* z)
    {
        var a0 = Vector512.Load(previous) ^ Vector512.Load(reference);
        var b0 = Vector512.Load(previous + 8) ^ Vector512.Load(reference + 8);
        var c0 = Vector512.Load(previous + 16) ^ Vector512.Load(reference + 16);
        var d0 = Vector512.Load(previous + 24) ^ Vector512.Load(reference + 24);
        var a1 = Vector512.Load(previous + 32) ^ Vector512.Load(reference + 32);
        var b1 = Vector512.Load(previous + 40) ^ Vector512.Load(reference + 40);
        var c1 = Vector512.Load(previous + 48) ^ Vector512.Load(reference + 48);
        var d1 = Vector512.Load(previous + 56) ^ Vector512.Load(reference + 56);
        Quarters(ref a0, ref b0, ref c0, ref d0, ref a1, ref b1, ref c1, ref d1);
        // The diagonals, with b left in place: it is the last that a quarter round finishes.
        a0 = Avx512F.Permute4x64(a0, 0b10_01_00_11);
        a1 = Avx512F.Permute4x64(a1, 0b10_01_00_11);
        c0 = Avx512F.Permute4x64(c0, 0b00_11_10_01);
        c1 = Avx512F.Permute4x64(c1, 0b00_11_10_01);
        d0 = Avx512F.Permute4x64(d0, 0b01_00_11_10);
        d1 = Avx512F.Permute4x64(d1, 0b01_00_11_10);
        Quarters(ref a0, ref b0, ref c0, ref d0, ref a1, ref b1, ref c1, ref d1);
        Avx512F.Permute4x64(a0, 0b00_11_10_01).Store(z);
        b0.Store(z + 8);
        Avx512F.Permute4x64(c0, 0b10_01_00_11).Store(z + 16);
        Avx512F.Permute4x64(d0, 0b01_00_11_10).Store(z + 24);
        Avx512F.Permute4x64(a1, 0b00_11_10_01).Store(z + 32);
        b1.Store(z + 40);
        Avx512F.Permute4x64(c1, 0b10_01_00_11).Store(z + 48);
        Avx512F.Permute4x64(d1, 0b01_00_11_10).Store(z + 56);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns<TAdd>(ulong* z, ulong* previous, ulong* reference, ulong* target)
        where TAdd : struct
    {
        // A vector has words 0 and 1 of two columns in its low half and words 2 and 3 of both in its high half.
        var forward = Vector512.Create(1ul, 4, 3, 6, 5, 0, 7, 2);
        var back = Vector512.Create(5ul, 0, 7, 2, 1, 4, 3, 6);
        var a0 = Vector512.Load(z);
        var a1 = Vector512.Load(z + 8);
        var b0 = Vector512.Load(z + 32);
        var b1 = Vector512.Load(z + 40);
        var c0 = Vector512.Load(z + 64);
        var c1 = Vector512.Load(z + 72);
        var d0 = Vector512.Load(z + 96);
        var d1 = Vector512.Load(z + 104);
        Quarters(ref a0, ref b0, ref c0, ref d0, ref a1, ref b1, ref c1, ref d1);
        a0 = Avx512F.PermuteVar8x64(a0, back);
        a1 = Avx512F.PermuteVar8x64(a1, back);
        c0 = Avx512F.PermuteVar8x64(c0, forward);
        c1 = Avx512F.PermuteVar8x64(c1, forward);
        d0 = Avx512F.Shuffle4x128(d0, d0, 0b01_00_11_10);
        d1 = Avx512F.Shuffle4x128(d1, d1, 0b01_00_11_10);
        Quarters(ref a0, ref b0, ref c0, ref d0, ref a1, ref b1, ref c1, ref d1);
        Put<TAdd>(Avx512F.PermuteVar8x64(a0, forward), 0, previous, reference, target);
        Put<TAdd>(Avx512F.PermuteVar8x64(a1, forward), 8, previous, reference, target);
        Put<TAdd>(b0, 32, previous, reference, target);
        Put<TAdd>(b1, 40, previous, reference, target);
        Put<TAdd>(Avx512F.PermuteVar8x64(c0, back), 64, previous, reference, target);
        Put<TAdd>(Avx512F.PermuteVar8x64(c1, back), 72, previous, reference, target);
        Put<TAdd>(Avx512F.Shuffle4x128(d0, d0, 0b01_00_11_10), 96, previous, reference, target);
        Put<TAdd>(Avx512F.Shuffle4x128(d1, d1, 0b01_00_11_10), 104, previous, reference, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TAdd>(Vector512<ulong> x, int at, ulong* previous, ulong* reference, ulong* target)
    {
        x ^= Vector512.Load(previous + at) ^ Vector512.Load(reference + at);
        if (typeof(TAdd) == typeof(Yes)) x ^= Vector512.Load(target + at);
        x.Store(target + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(
        ref Vector512<ulong> a0, ref Vector512<ulong> b0, ref Vector512<ulong> c0, ref Vector512<ulong> d0,
        ref Vector512<ulong> a1, ref Vector512<ulong> b1, ref Vector512<ulong> c1, ref Vector512<ulong> d1)
    {
        a0 = Add(a0, b0);
        a1 = Add(a1, b1);
        d0 = Avx512F.RotateRight(d0 ^ a0, 32);
        d1 = Avx512F.RotateRight(d1 ^ a1, 32);
        c0 = Add(c0, d0);
        c1 = Add(c1, d1);
        b0 = Avx512F.RotateRight(b0 ^ c0, 24);
        b1 = Avx512F.RotateRight(b1 ^ c1, 24);
        a0 = Add(a0, b0);
        a1 = Add(a1, b1);
        d0 = Avx512F.RotateRight(d0 ^ a0, 16);
        d1 = Avx512F.RotateRight(d1 ^ a1, 16);
        c0 = Add(c0, d0);
        c1 = Add(c1, d1);
        b0 = Avx512F.RotateRight(b0 ^ c0, 63);
        b1 = Avx512F.RotateRight(b1 ^ c1, 63);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Add(Vector512<ulong> a, Vector512<ulong> b)
    {
        var product = Avx512F.Multiply(a.AsUInt32(), b.AsUInt32());
        return a + b + (product + product);
    }

    private struct Yes;

    private struct No;
}

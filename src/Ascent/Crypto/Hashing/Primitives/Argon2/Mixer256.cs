using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Ascent.Crypto.Hashing.Primitives.Argon2;

/// <summary>
/// G on vectors of four words (AVX2). A row is four vectors, whose diagonals are turns within a vector; two columns are eight vectors, whose
/// diagonals go across two of them. Each step works on eight vectors: what sixteen registers allow.
/// </summary>
internal unsafe struct Mixer256 : IBlockMixer
{
    public static int PlaceOf(int word) => word;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mix(ulong* previous, ulong* reference, ulong* target, bool add)
    {
        var room = stackalloc ulong[Block.Words + 8];
        // A vector that lies across two cache lines cannot be forwarded from its store to the next load.
        var z = (ulong*)(((nuint)room + 63) & ~(nuint)63);
        for (var row = 0; row < Block.Words; row += 32) Rows(previous + row, reference + row, z + row);
        for (var column = 0; column < 16; column += 4)
        {
            if (add) Columns<Yes>(z + column, previous + column, reference + column, target + column);
            else Columns<No>(z + column, previous + column, reference + column, target + column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows(ulong* previous, ulong* reference, ulong* z)
    {
        var a0 = Vector256.Load(previous) ^ Vector256.Load(reference);
        var b0 = Vector256.Load(previous + 4) ^ Vector256.Load(reference + 4);
        var c0 = Vector256.Load(previous + 8) ^ Vector256.Load(reference + 8);
        var d0 = Vector256.Load(previous + 12) ^ Vector256.Load(reference + 12);
        var a1 = Vector256.Load(previous + 16) ^ Vector256.Load(reference + 16);
        var b1 = Vector256.Load(previous + 20) ^ Vector256.Load(reference + 20);
        var c1 = Vector256.Load(previous + 24) ^ Vector256.Load(reference + 24);
        var d1 = Vector256.Load(previous + 28) ^ Vector256.Load(reference + 28);
        Quarters(ref a0, ref b0, ref c0, ref d0, ref a1, ref b1, ref c1, ref d1);
        b0 = Avx2.Permute4x64(b0, 0b00_11_10_01);
        b1 = Avx2.Permute4x64(b1, 0b00_11_10_01);
        c0 = Avx2.Permute4x64(c0, 0b01_00_11_10);
        c1 = Avx2.Permute4x64(c1, 0b01_00_11_10);
        d0 = Avx2.Permute4x64(d0, 0b10_01_00_11);
        d1 = Avx2.Permute4x64(d1, 0b10_01_00_11);
        Quarters(ref a0, ref b0, ref c0, ref d0, ref a1, ref b1, ref c1, ref d1);
        a0.Store(z);
        Avx2.Permute4x64(b0, 0b10_01_00_11).Store(z + 4);
        Avx2.Permute4x64(c0, 0b01_00_11_10).Store(z + 8);
        Avx2.Permute4x64(d0, 0b00_11_10_01).Store(z + 12);
        a1.Store(z + 16);
        Avx2.Permute4x64(b1, 0b10_01_00_11).Store(z + 20);
        Avx2.Permute4x64(c1, 0b01_00_11_10).Store(z + 24);
        Avx2.Permute4x64(d1, 0b00_11_10_01).Store(z + 28);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Columns<TAdd>(ulong* z, ulong* previous, ulong* reference, ulong* target)
        where TAdd : struct
    {
        var a0 = Vector256.Load(z);
        var a1 = Vector256.Load(z + 16);
        var b0 = Vector256.Load(z + 32);
        var b1 = Vector256.Load(z + 48);
        var c0 = Vector256.Load(z + 64);
        var c1 = Vector256.Load(z + 80);
        var d0 = Vector256.Load(z + 96);
        var d1 = Vector256.Load(z + 112);
        Quarters(ref a0, ref b0, ref c0, ref d0, ref a1, ref b1, ref c1, ref d1);
        (b0, b1) = (Middle(b0, b1), Middle(b1, b0));
        (c0, c1) = (c1, c0);
        (d0, d1) = (Middle(d1, d0), Middle(d0, d1));
        Quarters(ref a0, ref b0, ref c0, ref d0, ref a1, ref b1, ref c1, ref d1);
        Put<TAdd>(a0, 0, previous, reference, target);
        Put<TAdd>(a1, 16, previous, reference, target);
        Put<TAdd>(Middle(b1, b0), 32, previous, reference, target);
        Put<TAdd>(Middle(b0, b1), 48, previous, reference, target);
        Put<TAdd>(c1, 64, previous, reference, target);
        Put<TAdd>(c0, 80, previous, reference, target);
        Put<TAdd>(Middle(d0, d1), 96, previous, reference, target);
        Put<TAdd>(Middle(d1, d0), 112, previous, reference, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TAdd>(Vector256<ulong> x, int at, ulong* previous, ulong* reference, ulong* target)
    {
        x ^= Vector256.Load(previous + at) ^ Vector256.Load(reference + at);
        if (typeof(TAdd) == typeof(Yes)) x ^= Vector256.Load(target + at);
        x.Store(target + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarters(
        ref Vector256<ulong> a0, ref Vector256<ulong> b0, ref Vector256<ulong> c0, ref Vector256<ulong> d0,
        ref Vector256<ulong> a1, ref Vector256<ulong> b1, ref Vector256<ulong> c1, ref Vector256<ulong> d1)
    {
        a0 = Add(a0, b0);
        a1 = Add(a1, b1);
        d0 = Turn32(d0 ^ a0);
        d1 = Turn32(d1 ^ a1);
        c0 = Add(c0, d0);
        c1 = Add(c1, d1);
        b0 = Turn24(b0 ^ c0);
        b1 = Turn24(b1 ^ c1);
        a0 = Add(a0, b0);
        a1 = Add(a1, b1);
        d0 = Turn16(d0 ^ a0);
        d1 = Turn16(d1 ^ a1);
        c0 = Add(c0, d0);
        c1 = Add(c1, d1);
        b0 = Turn63(b0 ^ c0);
        b1 = Turn63(b1 ^ c1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Add(Vector256<ulong> a, Vector256<ulong> b)
    {
        var product = Avx2.Multiply(a.AsUInt32(), b.AsUInt32());
        return a + b + (product + product);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Turn32(Vector256<ulong> x) => Avx2.Shuffle(x.AsUInt32(), 0b10_11_00_01).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Turn24(Vector256<ulong> x) => Avx2.Shuffle(
        x.AsByte(),
        Vector256.Create((byte)3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10, 3, 4, 5, 6, 7, 0, 1, 2, 11, 12, 13, 14, 15, 8, 9, 10)).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Turn16(Vector256<ulong> x) => Avx2.Shuffle(
        x.AsByte(),
        Vector256.Create((byte)2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9, 2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15, 8, 9)).AsUInt64();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Turn63(Vector256<ulong> x) => (x + x) ^ (x >>> 63);

    /// <summary>In each half, the high word of one and the low word of the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> Middle(Vector256<ulong> low, Vector256<ulong> high) =>
        Avx2.AlignRight(high.AsByte(), low.AsByte(), 8).AsUInt64();

    private struct Yes;

    private struct No;
}

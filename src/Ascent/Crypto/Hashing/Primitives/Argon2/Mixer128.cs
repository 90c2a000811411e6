using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Ascent.Crypto.Hashing.Primitives.Argon2;

/// <summary>G on vectors of two words (SSSE3 or NEON): a pair of words is what both the rows and the columns are made of.</summary>
internal unsafe struct Mixer128 : IBlockMixer
{
    public static bool IsSupported => Ssse3.IsSupported || AdvSimd.IsSupported;

    public static int PlaceOf(int word) => word;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mix(ulong* previous, ulong* reference, ulong* target, bool add)
    {
        var r = stackalloc ulong[Block.Words];
        var z = stackalloc ulong[Block.Words];
        for (var i = 0; i < Block.Words; i += 2)
        {
            var sum = Vector128.Load(previous + i) ^ Vector128.Load(reference + i);
            sum.Store(z + i);
            if (add) sum ^= Vector128.Load(target + i);
            sum.Store(r + i);
        }
        for (var row = 0; row < Block.Words; row += 16) Permute(z + row, 2);
        for (var column = 0; column < 16; column += 2) Permute(z + column, 16);
        for (var i = 0; i < Block.Words; i += 2) (Vector128.Load(r + i) ^ Vector128.Load(z + i)).Store(target + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Permute(ulong* v, int step)
    {
        var a0 = Vector128.Load(v);
        var a1 = Vector128.Load(v + step);
        var b0 = Vector128.Load(v + 2 * step);
        var b1 = Vector128.Load(v + 3 * step);
        var c0 = Vector128.Load(v + 4 * step);
        var c1 = Vector128.Load(v + 5 * step);
        var d0 = Vector128.Load(v + 6 * step);
        var d1 = Vector128.Load(v + 7 * step);
        Quarter(ref a0, ref b0, ref c0, ref d0);
        Quarter(ref a1, ref b1, ref c1, ref d1);
        // The diagonals: b turns by one word, c by two, d by three, over both vectors.
        (b0, b1) = (Middle(b0, b1), Middle(b1, b0));
        (c0, c1) = (c1, c0);
        (d0, d1) = (Middle(d1, d0), Middle(d0, d1));
        Quarter(ref a0, ref b0, ref c0, ref d0);
        Quarter(ref a1, ref b1, ref c1, ref d1);
        (b0, b1) = (Middle(b1, b0), Middle(b0, b1));
        (d0, d1) = (Middle(d0, d1), Middle(d1, d0));
        a0.Store(v);
        a1.Store(v + step);
        b0.Store(v + 2 * step);
        b1.Store(v + 3 * step);
        c1.Store(v + 4 * step);
        c0.Store(v + 5 * step);
        d0.Store(v + 6 * step);
        d1.Store(v + 7 * step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quarter(ref Vector128<ulong> a, ref Vector128<ulong> b, ref Vector128<ulong> c, ref Vector128<ulong> d)
    {
        a = Add(a, b);
        d = RotateRight(d ^ a, 32);
        c = Add(c, d);
        b = RotateRight(b ^ c, 24);
        a = Add(a, b);
        d = RotateRight(d ^ a, 16);
        c = Add(c, d);
        b = RotateRight(b ^ c, 63);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Add(Vector128<ulong> a, Vector128<ulong> b)
    {
        var product = Sse2.IsSupported
            ? Sse2.Multiply(a.AsUInt32(), b.AsUInt32())
            : AdvSimd.MultiplyWideningLower(AdvSimd.ExtractNarrowingLower(a), AdvSimd.ExtractNarrowingLower(b));
        return a + b + product + product;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> RotateRight(Vector128<ulong> x, int by) => (x >>> by) | (x << (64 - by));

    /// <summary>The high word of one and the low word of the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Middle(Vector128<ulong> low, Vector128<ulong> high) => Ssse3.IsSupported
        ? Ssse3.AlignRight(high.AsByte(), low.AsByte(), 8).AsUInt64()
        : AdvSimd.ExtractVector128(low, high, 1);
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ascent.Crypto.Hashing.Primitives.Argon2;

/// <summary>G without vectors, for any processor.</summary>
internal unsafe struct MixerScalar : IBlockMixer
{
    public static int PlaceOf(int word) => word;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mix(ulong* previous, ulong* reference, ulong* target, bool add)
    {
        var r = stackalloc ulong[Block.Words];
        var z = stackalloc ulong[Block.Words];
        for (var i = 0; i < Block.Words; i++)
        {
            var sum = previous[i] ^ reference[i];
            z[i] = sum;
            r[i] = add ? sum ^ target[i] : sum;
        }
        for (var row = 0; row < Block.Words; row += 16) Permute(z + row, 2);
        for (var column = 0; column < 16; column += 2) Permute(z + column, 16);
        for (var i = 0; i < Block.Words; i++) target[i] = r[i] ^ z[i];
    }

    /// <summary>P on eight pairs of words, each a step after the one before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Permute(ulong* v, int step)
    {
        ulong* v0 = v, v2 = v + step, v4 = v2 + step, v6 = v4 + step, v8 = v6 + step, v10 = v8 + step, v12 = v10 + step, v14 = v12 + step;
        Quarter(ref v0[0], ref v4[0], ref v8[0], ref v12[0]);
        Quarter(ref v0[1], ref v4[1], ref v8[1], ref v12[1]);
        Quarter(ref v2[0], ref v6[0], ref v10[0], ref v14[0]);
        Quarter(ref v2[1], ref v6[1], ref v10[1], ref v14[1]);
        Quarter(ref v0[0], ref v4[1], ref v10[0], ref v14[1]);
        Quarter(ref v0[1], ref v6[0], ref v10[1], ref v12[0]);
        Quarter(ref v2[0], ref v6[1], ref v8[0], ref v12[1]);
        Quarter(ref v2[1], ref v4[0], ref v8[1], ref v14[0]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Quarter(ref ulong x, ref ulong y, ref ulong z, ref ulong w)
    {
        ulong a = x, b = y, c = z, d = w;
        a = Add(a, b);
        d = BitOperations.RotateRight(d ^ a, 32);
        c = Add(c, d);
        b = BitOperations.RotateRight(b ^ c, 24);
        a = Add(a, b);
        d = BitOperations.RotateRight(d ^ a, 16);
        c = Add(c, d);
        b = BitOperations.RotateRight(b ^ c, 63);
        (x, y, z, w) = (a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Add(ulong a, ulong b) => a + b + 2 * ((a & uint.MaxValue) * (b & uint.MaxValue));
}

namespace Ascent.Crypto.Hashing.Primitives.Argon2;

/// <summary>
/// The compression function G of Argon2 (RFC 9106, 3.5) with some set of instructions. A block is 128 words, seen as eight rows of sixteen;
/// a mixer may keep them in memory in an order of its own, as long as word 0 stays first. Mixers are compiled with all optimisations at
/// once: one hash calls them many thousand times, and the first logins after a start should not wait for the compiler to notice.
/// </summary>
internal unsafe interface IBlockMixer
{
    /// <summary>Writes G(previous, reference) to the target, or adds it to what is there.</summary>
    static abstract void Mix(ulong* previous, ulong* reference, ulong* target, bool add);

    /// <summary>Where the mixer keeps a word of a block.</summary>
    static abstract int PlaceOf(int word);
}

internal static class Block
{
    public const int Words = 128, Bytes = 1024;
}

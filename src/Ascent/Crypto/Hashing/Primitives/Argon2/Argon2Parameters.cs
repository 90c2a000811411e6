namespace Ascent.Crypto.Hashing.Primitives.Argon2;

/// <summary>How blocks find the one they are mixed with; the numbers are those of RFC 9106.</summary>
internal enum Argon2Variant
{
    D = 0,
    I = 1,
    Id = 2,
}

/// <summary>Which instructions to use; all give the same digest. <see cref="Best"/> is what the processor can do.</summary>
internal enum Argon2Path
{
    Best,
    Vector512,
    Vector256,
    Vector128,
    Scalar,
}

/// <summary>The costs. Fewer than eight blocks a lane are raised to eight, yet hashed as the number given.</summary>
internal readonly record struct Argon2Parameters(Argon2Variant Variant, int MemoryKiB, int Iterations, int Lanes);

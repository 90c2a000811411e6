namespace Ascent.Crypto.Hashing;

/// <summary>What new passwords are hashed with.</summary>
internal enum Algorithm
{
    Bcrypt,
    Argon2id,
}

/// <summary>The configured hasher and how much of the machine hashing may take; read anew for every operation.</summary>
internal sealed record HasherOptions
{
    public Algorithm Algorithm { get; init; } = Algorithm.Bcrypt;
    public int BcryptCost { get; init; } = 12;
    public long Argon2MemoryKiB { get; init; } = 131072;
    public int Iterations { get; init; } = 1;
    public int Parallelism { get; init; } = 2 * Environment.ProcessorCount;
    public int SaltLength { get; init; } = 16;
    public int KeyLength { get; init; } = 32;

    /// <summary>All the memory that hashing may hold at one time, kept or in use. One operation that needs more runs alone.</summary>
    public long DedicatedMemoryKiB { get; init; } = 1024 * 1024;

    /// <summary>Operations that run at the same time.</summary>
    public int MaxConcurrent { get; init; } = Environment.ProcessorCount;

    /// <summary>Operations that may wait for their turn.</summary>
    public int MaxQueued { get; init; } = 256;

    /// <summary>How long one may wait for its turn.</summary>
    public TimeSpan MaxWait { get; init; } = TimeSpan.FromSeconds(10);
}

namespace Ascent.Config;

internal sealed record CiphersConfig
{
    [Key("How Kratos keeps tokens of providers. Here they are always encrypted; any choice but noop asks for secrets.cipher.")]
    public CipherAlgorithm Algorithm { get; init; } = CipherAlgorithm.Noop;
}

internal enum CipherAlgorithm
{
    Noop,
    Aes,
    [Key("", Name = "xchacha20-poly1305")] XChaCha20Poly1305,
}

internal sealed record HashersConfig
{
    [Key("The algorithm of new hashes; every supported one is verified.")]
    public HashAlgorithm Algorithm { get; init; } = HashAlgorithm.Bcrypt;

    [Key("bcrypt.")]
    public BcryptConfig Bcrypt { get; init; } = new();

    [Key("Argon2id.")]
    public Argon2Config Argon2 { get; init; } = new();
}

internal enum HashAlgorithm { Bcrypt, Argon2 }

internal sealed record BcryptConfig
{
    public const int LeastCost = 12;

    [Key("Work factor, as a power of two. Less than 12 counts as 12, except in development.", Min = 4, Max = 31)]
    public int Cost { get; init; } = LeastCost;
}

internal sealed record Argon2Config
{
    [Key("Memory of one hash.")]
    public ByteSize Memory { get; init; } = new(128 * 1024 * 1024);

    [Key("Passes over the memory.", Min = 1)]
    public int Iterations { get; init; } = 1;

    [Key("Lanes.", Min = 1, Max = 255, Default = "twice the processors")]
    public int Parallelism { get; init; } = Math.Min(255, Environment.ProcessorCount * 2);

    [Key("Bytes of salt.", Min = 16, Max = 1024)]
    public int SaltLength { get; init; } = 16;

    [Key("Bytes of hash.", Min = 16, Max = 1024)]
    public int KeyLength { get; init; } = 32;

    [Key("What one hash should take, for Kratos's calibration.", Ignored = true)]
    public TimeSpan ExpectedDuration { get; init; } = TimeSpan.FromMilliseconds(500);

    [Key("How far from it is still good, for Kratos's calibration.", Ignored = true)]
    public TimeSpan ExpectedDeviation { get; init; } = TimeSpan.FromMilliseconds(500);

    [Key("Memory for all hashes that run at once.")]
    public ByteSize DedicatedMemory { get; init; } = new(1024L * 1024 * 1024);
}

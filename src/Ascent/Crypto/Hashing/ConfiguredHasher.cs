using Ascent.Config;

namespace Ascent.Crypto.Hashing;

/// <summary>The hasher's options as the configuration has them now.</summary>
internal static class ConfiguredHasher
{
    public static HasherOptions OptionsOf(AscentConfig config)
    {
        var (bcrypt, argon2) = (config.Hashers.Bcrypt, config.Hashers.Argon2);
        return new HasherOptions
        {
            Algorithm = config.Hashers.Algorithm == HashAlgorithm.Argon2 ? Algorithm.Argon2id : Algorithm.Bcrypt,
            BcryptCost = bcrypt.Cost,
            Argon2MemoryKiB = argon2.Memory.KiB, Iterations = argon2.Iterations, Parallelism = argon2.Parallelism,
            SaltLength = argon2.SaltLength, KeyLength = argon2.KeyLength, DedicatedMemoryKiB = argon2.DedicatedMemory.KiB,
        };
    }
}

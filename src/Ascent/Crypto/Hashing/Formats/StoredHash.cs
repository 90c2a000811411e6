using System.Diagnostics;
using System.Security.Cryptography;

namespace Ascent.Crypto.Hashing.Formats;

/// <summary>A stored hash that was read: one record per family of formats.</summary>
internal abstract record StoredHash
{
    /// <summary>The name of the format, for metrics.</summary>
    public abstract string Format { get; }

    /// <summary>
    /// What one comparison costs, in a unit that only hashes of the same unit share; zero where it is next to nothing beside any hash that
    /// may be configured.
    /// </summary>
    public virtual HashWork Work => new(Format, 0);

    /// <summary>Whether a hash made as configured, which this one is compared with, resists guessing better.</summary>
    public bool IsWeakerThan(StoredHash configured) => Work.Unit != configured.Work.Unit || LacksOf(configured);

    /// <summary>Hashes that together cost this part of this one, for passwords that fit none of them.</summary>
    public virtual IEnumerable<StoredHash> Part(double share) => [this];

    protected virtual bool LacksOf(StoredHash configured) => Work.Amount < configured.Work.Amount;

    /// <summary>Whether the password is the one that was hashed. Takes as long as the parameters say, whatever the answer.</summary>
    public abstract bool Fits(ReadOnlySpan<byte> password, HashingMemory memory);

    /// <summary>Hashes a password as configured.</summary>
    public static string Make(HasherOptions o, ReadOnlySpan<byte> password, HashingMemory memory) => o.Algorithm switch
    {
        Algorithm.Bcrypt => BcryptHash.Create(o, password),
        Algorithm.Argon2id => Argon2Hash.Create(o, password, memory),
        _ => throw new UnreachableException(),
    };

    /// <summary>What <see cref="Make"/> could have written, made of random bytes.</summary>
    public static string MakeDecoy(HasherOptions o) => o.Algorithm switch
    {
        Algorithm.Bcrypt => BcryptHash.Decoy(o),
        Algorithm.Argon2id => Argon2Hash.Decoy(o),
        _ => throw new UnreachableException(),
    };

    /// <summary>Compares without telling by its time where two digests differ; an empty one is never equal.</summary>
    protected static bool Same(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual) =>
        expected.Length > 0 && CryptographicOperations.FixedTimeEquals(expected, actual);
}

/// <summary>How much work a comparison is.</summary>
internal readonly record struct HashWork(string Unit, double Amount);

/// <summary>
/// The hash that was read, or why it cannot be imported. Both, where its costs are beyond what an import may bring but could have been
/// configured: what is stored already must go on working.
/// </summary>
internal readonly record struct ParsedHash(StoredHash? Hash, HashCheck? Refusal)
{
    public static implicit operator ParsedHash(StoredHash hash) => new(hash, null);

    public static ParsedHash Malformed(string reason) => new(null, new HashCheck.Malformed(reason));

    public static ParsedHash OutOfBounds(string name, long value, long least, long most) =>
        new(null, new HashCheck.OutOfBounds($"{name}={value} is not in {least}..{most}"));
}

using Ascent.Crypto.Hashing.Primitives.Argon2;

namespace Ascent.Crypto.Hashing.Formats;

/// <summary><c>$argon2id$v=19$m=KiB,t=passes,p=lanes$salt$digest</c> and the same of argon2i, in base64 without padding.</summary>
internal sealed record Argon2Hash(Argon2Parameters Parameters, byte[] Salt, byte[] Digest) : StoredHash
{
    public const string IdPrefix = "$argon2id$", IPrefix = "$argon2i$";
    private static readonly Bounds Imported = new(1 << 20, 10, 16), Stored = new(1 << 22, 100, 255);
    private static readonly string[] Names = ["m", "t", "p"];

    public override string Format => Parameters.Variant == Argon2Variant.Id ? "argon2id" : "argon2i";

    public override HashWork Work => new(Format, (double)Parameters.MemoryKiB * Parameters.Iterations);

    public override IEnumerable<StoredHash> Part(double share) => [this with { Parameters = Parameters with { MemoryKiB = Math.Max(8 * Parameters.Lanes, (int)(Parameters.MemoryKiB * share)) } }];

    protected override bool LacksOf(StoredHash configured) => base.LacksOf(configured) || Parameters.MemoryKiB < ((Argon2Hash)configured).Parameters.MemoryKiB;

    public static ParsedHash Parse(string encoded)
    {
        var parts = encoded.Split('$');
        Span<uint> cost = stackalloc uint[3];
        if (parts.Length != 6) return ParsedHash.Malformed("argon2 wants five parts, each after a $");
        if (parts[2] != "v=19") return ParsedHash.Malformed("argon2 wants v=19");
        if (!HashText.TryNumbers(parts[3], Names, cost)) return ParsedHash.Malformed("argon2 wants m=KiB,t=passes,p=lanes");
        if (Stored.Refuse(cost) is { } absurd) return absurd;
        if (!HashText.TryRaw(parts[4], out var salt)) return ParsedHash.Malformed("the salt is no base64 without padding");
        if (!HashText.TryRaw(parts[5], out var digest) || digest.Length == 0) return ParsedHash.Malformed("the digest is no base64 without padding");
        var variant = parts[1] == "argon2id" ? Argon2Variant.Id : Argon2Variant.I;
        var hash = new Argon2Hash(new Argon2Parameters(variant, (int)cost[0], (int)cost[1], (int)cost[2]), salt, digest);
        return Imported.Refuse(cost) is { } refusal ? refusal with { Hash = hash } : hash;
    }

    public static string Create(HasherOptions o, ReadOnlySpan<byte> password, HashingMemory memory)
    {
        var salt = HashText.Random(o.SaltLength);
        var digest = new byte[o.KeyLength];
        Argon2Function.Derive(ParametersOf(o), password, salt, digest, memory);
        return Encode(o, salt, digest);
    }

    public static string Decoy(HasherOptions o) => Encode(o, HashText.Random(o.SaltLength), HashText.Random(o.KeyLength));

    public override bool Fits(ReadOnlySpan<byte> password, HashingMemory memory)
    {
        var actual = new byte[Digest.Length];
        Argon2Function.Derive(Parameters, password, Salt, actual, memory);
        return Same(Digest, actual);
    }

    private static Argon2Parameters ParametersOf(HasherOptions o) =>
        new(Argon2Variant.Id, checked((int)o.Argon2MemoryKiB), o.Iterations, o.Parallelism);

    private static string Encode(HasherOptions o, byte[] salt, byte[] digest) =>
        $"$argon2id$v=19$m={o.Argon2MemoryKiB},t={o.Iterations},p={o.Parallelism}${HashText.Raw(salt)}${HashText.Raw(digest)}";

    private sealed record Bounds(uint KiB, uint Iterations, uint Lanes)
    {
        public ParsedHash? Refuse(ReadOnlySpan<uint> cost) =>
            cost[0] is 0 || cost[0] > KiB ? ParsedHash.OutOfBounds("argon2 m", cost[0], 1, KiB)
            : cost[1] is 0 || cost[1] > Iterations ? ParsedHash.OutOfBounds("argon2 t", cost[1], 1, Iterations)
            : cost[2] is 0 || cost[2] > Lanes ? ParsedHash.OutOfBounds("argon2 p", cost[2], 1, Lanes)
            : (ParsedHash?)null;
    }
}

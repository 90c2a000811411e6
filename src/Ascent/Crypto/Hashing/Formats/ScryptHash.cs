using System.Numerics;
using System.Security.Cryptography;
using Ascent.Crypto.Hashing.Primitives;

namespace Ascent.Crypto.Hashing.Formats;

/// <summary>The costs of scrypt, and their bounds.</summary>
internal readonly record struct ScryptCost(int N, int R, int P)
{
    private const uint MaxN = 1 << 17, MaxR = 8, MaxP = 10;

    /// <summary>Why these costs cannot be, if they cannot.</summary>
    public static ParsedHash? Check(uint n, uint r, uint p)
    {
        if (n is < 2 or > MaxN || !BitOperations.IsPow2(n))
            return new ParsedHash(null, new HashCheck.OutOfBounds($"scrypt's N={n} is not a power of two in 2..{MaxN}"));
        if (r is 0 or > MaxR) return ParsedHash.OutOfBounds("scrypt r", r, 1, MaxR);
        if (p is 0 or > MaxP) return ParsedHash.OutOfBounds("scrypt p", p, 1, MaxP);
        return null;
    }
}

/// <summary><c>$scrypt$ln=N,r=,p=$salt$digest</c> in padded base64. Here <c>ln</c> is N itself, not its logarithm.</summary>
internal sealed record ScryptHash(ScryptCost Cost, byte[] Salt, byte[] Digest) : StoredHash
{
    private const int MaxDigest = 512;
    private static readonly string[] Names = ["ln", "r", "p"];

    public override string Format => "scrypt";

    public override HashWork Work => new("scrypt", (double)Cost.N * Cost.R * Cost.P);

    public static ParsedHash Parse(string encoded)
    {
        var parts = encoded.Split('$');
        Span<uint> cost = stackalloc uint[3];
        if (parts.Length != 5) return ParsedHash.Malformed("scrypt wants four parts, each after a $");
        if (!HashText.TryNumbers(parts[2], Names, cost)) return ParsedHash.Malformed("scrypt wants ln=N,r=block,p=lanes");
        if (ScryptCost.Check(cost[0], cost[1], cost[2]) is { } refusal) return refusal;
        if (!HashText.TryPadded(parts[3], out var salt)) return ParsedHash.Malformed("the salt is no padded base64");
        if (!HashText.TryPadded(parts[4], out var digest) || digest.Length == 0) return ParsedHash.Malformed("the digest is no padded base64");
        if (digest.Length > MaxDigest) return ParsedHash.OutOfBounds("the length of the scrypt digest", digest.Length, 1, MaxDigest);
        return new ScryptHash(new ScryptCost((int)cost[0], (int)cost[1], (int)cost[2]), salt, digest);
    }

    public override bool Fits(ReadOnlySpan<byte> password, HashingMemory memory)
    {
        var actual = new byte[Digest.Length];
        Scrypt.Derive(password, Salt, Cost, actual, memory);
        return Same(Digest, actual);
    }
}

/// <summary>
/// Firebase's scrypt, <c>$firescrypt$ln=log2 N,r=,p=$salt$digest$separator$signer key</c> in padded base64: the derived key encrypts the
/// project's signer key in counter mode, and that is the digest.
/// </summary>
internal sealed record FirebaseHash(ScryptCost Cost, byte[] Salt, byte[] Digest, byte[] SignerKey) : StoredHash
{
    private const uint MaxLogN = 17;
    private static readonly string[] Names = ["ln", "r", "p"];

    public override string Format => "firescrypt";

    public override HashWork Work => new("scrypt", (double)Cost.N * Cost.R * Cost.P);

    public static ParsedHash Parse(string encoded)
    {
        var parts = encoded.Split('$');
        Span<uint> cost = stackalloc uint[3];
        if (parts.Length != 7) return ParsedHash.Malformed("firescrypt wants six parts, each after a $");
        if (!HashText.TryNumbers(parts[2], Names, cost)) return ParsedHash.Malformed("firescrypt wants ln=log2 N,r=block,p=lanes");
        if (cost[0] is 0 or > MaxLogN) return ParsedHash.OutOfBounds("firescrypt ln", cost[0], 1, MaxLogN);
        if (ScryptCost.Check(1u << (int)cost[0], cost[1], cost[2]) is { } refusal) return refusal;
        if (!HashText.TryPadded(parts[3], out var salt)) return ParsedHash.Malformed("the salt is no padded base64");
        if (!HashText.TryPadded(parts[4], out var digest) || digest.Length == 0) return ParsedHash.Malformed("the digest is no padded base64");
        if (!HashText.TryPadded(parts[5], out var separator)) return ParsedHash.Malformed("the separator is no padded base64");
        if (!HashText.TryPadded(parts[6], out var key) || key.Length == 0) return ParsedHash.Malformed("the signer key is no padded base64");
        return new FirebaseHash(new ScryptCost(1 << (int)cost[0], (int)cost[1], (int)cost[2]), [.. salt, .. separator], digest, key);
    }

    public override bool Fits(ReadOnlySpan<byte> password, HashingMemory memory)
    {
        var derived = new byte[32];
        Scrypt.Derive(password, Salt, Cost, derived, memory);
        using var aes = Aes.Create();
        aes.SetKey(derived);
        CryptographicOperations.ZeroMemory(derived);
        return Same(Digest, Counter(aes, SignerKey));
    }

    /// <summary>AES in counter mode from a counter of zero, which the framework does not offer.</summary>
    private static byte[] Counter(Aes aes, byte[] text)
    {
        var stream = new byte[(text.Length + 15) / 16 * 16];
        for (var i = 0; i < stream.Length / 16; i++)
            System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(stream.AsSpan(i * 16 + 8), i);
        var output = aes.EncryptEcb(stream, PaddingMode.None);
        for (var i = 0; i < text.Length; i++) output[i] ^= text[i];
        return output[..text.Length];
    }
}

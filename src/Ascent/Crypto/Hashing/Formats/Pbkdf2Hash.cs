using System.Diagnostics;
using System.Security.Cryptography;
using Ascent.Crypto.Hashing.Primitives;

namespace Ascent.Crypto.Hashing.Formats;

/// <summary>
/// <c>$pbkdf2-sha256$i=iterations,l=length$salt$digest</c> in base64 without padding. By this format's convention sha224 and sha384 are those of SHA-3.
/// The length is that of the digest, whatever <c>l</c> says.
/// </summary>
internal sealed record Pbkdf2Hash(string Function, int Iterations, byte[] Salt, byte[] Digest) : StoredHash
{
    private const uint MaxIterations = 10_000_000;
    private const int MaxDigest = 512;
    private static readonly string[] Names = ["i", "l"];

    public override string Format => Function;

    public override HashWork Work => new(Format, Iterations);

    public static ParsedHash Parse(string encoded)
    {
        var parts = encoded.Split('$');
        Span<uint> cost = stackalloc uint[2];
        if (parts.Length != 5) return ParsedHash.Malformed("pbkdf2 wants four parts, each after a $");
        if (!HashText.TryNumbers(parts[2], Names, cost)) return ParsedHash.Malformed("pbkdf2 wants i=iterations,l=length");
        if (cost[0] is 0 or > MaxIterations) return ParsedHash.OutOfBounds("pbkdf2 i", cost[0], 1, MaxIterations);
        if (!HashText.TryRaw(parts[3], out var salt)) return ParsedHash.Malformed("the salt is no base64 without padding");
        if (!HashText.TryRaw(parts[4], out var digest) || digest.Length == 0) return ParsedHash.Malformed("the digest is no base64 without padding");
        if (digest.Length > MaxDigest) return ParsedHash.OutOfBounds("the length of the pbkdf2 digest", digest.Length, 1, MaxDigest);
        return new Pbkdf2Hash(parts[1], (int)cost[0], salt, digest);
    }

    public override bool Fits(ReadOnlySpan<byte> password, HashingMemory memory)
    {
        var actual = new byte[Digest.Length];
        Derive(password, actual);
        return Same(Digest, actual);
    }

    private void Derive(ReadOnlySpan<byte> password, Span<byte> output)
    {
        switch (Function)
        {
            case "pbkdf2-sha1": Rfc2898DeriveBytes.Pbkdf2(password, Salt, output, Iterations, HashAlgorithmName.SHA1); break;
            case "pbkdf2-sha224": Hmac<Sha3Of224>.Pbkdf2(password, Salt, Iterations, output); break;
            case "pbkdf2-sha256": Rfc2898DeriveBytes.Pbkdf2(password, Salt, output, Iterations, HashAlgorithmName.SHA256); break;
            case "pbkdf2-sha384": Hmac<Sha3Of384>.Pbkdf2(password, Salt, Iterations, output); break;
            case "pbkdf2-sha512": Rfc2898DeriveBytes.Pbkdf2(password, Salt, output, Iterations, HashAlgorithmName.SHA512); break;
            default: throw new UnreachableException();
        }
    }
}

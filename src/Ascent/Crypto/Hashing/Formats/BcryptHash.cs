using System.Globalization;
using System.Text;
using Ascent.Crypto.Hashing.Primitives;

namespace Ascent.Crypto.Hashing.Formats;

/// <summary><c>$2a$cost$</c>, 22 characters of salt, 31 of digest. The letter makes no difference here; what follows the digest is ignored.</summary>
internal sealed record BcryptHash(int Cost, byte[] Salt, string Digest) : StoredHash
{
    private const int MinCost = 4, MaxCost = 15, MaxStoredCost = 20, MaxFormatCost = 31;
    private const int SaltChars = 22, DigestChars = 31;

    public override string Format => "bcrypt";

    public override HashWork Work => new(Format, Math.ScaleB(1, Cost));

    /// <summary>Each cost is twice the one before: what is missing of a cost is the sum of those from the lower one on.</summary>
    public override IEnumerable<StoredHash> Part(double share)
    {
        if (share >= 1) return [this];
        var parts = new List<StoredHash>();
        for (var cost = Cost - 1; cost >= MinCost; cost--)
        {
            var part = Math.ScaleB(1, cost - Cost);
            if (share < part) continue;
            parts.Add(this with { Cost = cost });
            share -= part;
        }
        return parts;
    }

    public static ParsedHash Parse(string encoded)
    {
        if (Body(encoded) is not { } body || body.Length < 3 + SaltChars + DigestChars || body[2] != '$'
            || !int.TryParse(body.AsSpan(0, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var cost))
            return ParsedHash.Malformed("bcrypt wants two digits of cost, $, and 53 characters");
        if (cost is < MinCost or > MaxFormatCost) return ParsedHash.Malformed($"bcrypt has no cost {cost}");
        var salt = new byte[Bcrypt.SaltBytes];
        if (!BcryptText.TryDecode(body.AsSpan(3, SaltChars), salt)) return ParsedHash.Malformed("the salt is not in bcrypt's alphabet");
        var digest = body.Substring(3 + SaltChars, DigestChars);
        if (!BcryptText.TryDecode(digest, new byte[Bcrypt.DigestBytes])) return ParsedHash.Malformed("the digest is not in bcrypt's alphabet");
        var hash = new BcryptHash(cost, salt, digest);
        return cost <= MaxCost ? hash : ParsedHash.OutOfBounds("bcrypt cost", cost, MinCost, MaxCost) with { Hash = cost <= MaxStoredCost ? hash : null };
    }

    public static string Create(HasherOptions o, ReadOnlySpan<byte> password)
    {
        var salt = HashText.Random(Bcrypt.SaltBytes);
        Span<byte> digest = stackalloc byte[Bcrypt.DigestBytes];
        Bcrypt.Derive(password, o.BcryptCost, salt, digest);
        return Encode(o.BcryptCost, salt, digest);
    }

    public static string Decoy(HasherOptions o) => Encode(o.BcryptCost, HashText.Random(Bcrypt.SaltBytes), HashText.Random(Bcrypt.DigestBytes));

    public override bool Fits(ReadOnlySpan<byte> password, HashingMemory memory)
    {
        // A password that bcrypt cannot see whole costs the same and fits none.
        var whole = password.Length <= Bcrypt.MaxPasswordBytes;
        Span<byte> digest = stackalloc byte[Bcrypt.DigestBytes];
        Bcrypt.Derive(whole ? password : password[..Bcrypt.MaxPasswordBytes], Cost, Salt, digest);
        return Same(Encoding.ASCII.GetBytes(Digest), Encoding.ASCII.GetBytes(BcryptText.Encode(digest))) && whole;
    }

    private static string Encode(int cost, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> digest) =>
        $"$2a${cost:00}${BcryptText.Encode(salt)}{BcryptText.Encode(digest)}";

    /// <summary>What follows <c>$2$</c> or <c>$2a$</c>, b, y, z.</summary>
    private static string? Body(string encoded) => encoded switch
    {
        ['$', '2', '$', ..] => encoded[3..],
        ['$', '2', 'a' or 'b' or 'y' or 'z', '$', ..] => encoded[4..],
        _ => null,
    };
}

/// <summary>bcrypt's own base64: another alphabet, no padding.</summary>
internal static class BcryptText
{
    private const string Alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        int bits = 0, have = 0;
        foreach (var b in bytes)
        {
            bits = (bits << 8) | b;
            have += 8;
            while (have >= 6)
            {
                have -= 6;
                text.Append(Alphabet[(bits >> have) & 63]);
            }
        }
        if (have > 0) text.Append(Alphabet[(bits << (6 - have)) & 63]);
        return text.ToString();
    }

    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        int bits = 0, have = 0, at = 0;
        foreach (var c in text)
        {
            var value = Alphabet.IndexOf(c, StringComparison.Ordinal);
            if (value < 0) return false;
            bits = (bits << 6) | value;
            have += 6;
            if (have < 8 || at == bytes.Length) continue;
            have -= 8;
            bytes[at++] = (byte)(bits >> have);
        }
        return at == bytes.Length;
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ascent.Crypto.Hashing.Primitives;

namespace Ascent.Crypto.Hashing.Formats;

/// <summary>
/// crypt(3): <c>$md5-crypt$salt$digest</c>, <c>$sha256-crypt$rounds=n$salt$digest</c>, <c>$sha512-crypt$…</c> – what stands in /etc/shadow,
/// with the number of the method replaced by its name.
/// </summary>
internal sealed record CryptHash(string Function, int Rounds, string Salt, string Sum) : StoredHash
{
    private const int MinRounds = 1000, MaxRounds = 2_000_000;

    /// <summary>libcrypt's own limit. The password goes into every round, so a longer one would multiply the cost.</summary>
    private const int MaxPasswordBytes = 512;

    public override string Format => Function;

    public override HashWork Work => new(Format, Rounds);

    public static ParsedHash Parse(string encoded)
    {
        var parts = encoded.Split('$');
        var md5 = parts[1] == "md5-crypt";
        var rounds = ShaCrypt.DefaultRounds;
        if (!md5 && parts.Length == 5 && parts[2].StartsWith("rounds=", StringComparison.Ordinal))
        {
            if (!int.TryParse(parts[2].AsSpan(7), NumberStyles.None, CultureInfo.InvariantCulture, out rounds))
                return ParsedHash.Malformed("rounds= wants a number");
            if (rounds is < MinRounds or > MaxRounds) return ParsedHash.OutOfBounds("rounds", rounds, MinRounds, MaxRounds);
        }
        else if (parts.Length != 4)
        {
            return ParsedHash.Malformed("crypt wants salt and digest, each after a $");
        }
        var salt = parts[^2];
        if (salt.Length > (md5 ? Md5Crypt.MaxSalt : ShaCrypt.MaxSalt) || !Ascii.IsValid(salt)) return ParsedHash.Malformed("the salt is too long");
        return new CryptHash(parts[1], rounds, salt, parts[^1]);
    }

    public override bool Fits(ReadOnlySpan<byte> password, HashingMemory memory)
    {
        // One that is longer costs what the longest does, and fits none.
        var whole = password.Length <= MaxPasswordBytes;
        if (!whole) password = password[..MaxPasswordBytes];
        var salt = Encoding.ASCII.GetBytes(Salt);
        var actual = Function switch
        {
            "md5-crypt" => Md5Crypt.Derive(password, salt),
            "sha256-crypt" => ShaCrypt.Derive256(password, salt, Rounds),
            "sha512-crypt" => ShaCrypt.Derive512(password, salt, Rounds),
            _ => throw new UnreachableException(),
        };
        return Same(Encoding.UTF8.GetBytes(Sum), Encoding.ASCII.GetBytes(actual)) && whole;
    }
}

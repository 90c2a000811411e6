using Ascent.Crypto.Hashing.Formats;

namespace Ascent.Crypto.Hashing;

/// <summary>
/// The formats of stored password hashes, told apart by how they begin. An import is checked here: formats with costs must be readable and
/// within bounds, since anyone could otherwise make each login cost what he likes; plain digests are taken as they are, and one that cannot
/// be read simply fits no password.
/// </summary>
internal static class PasswordHashFormats
{
    /// <summary>No format needs more.</summary>
    public const int MaxLength = 8192;

    private delegate ParsedHash Parser(string encoded);

    private static readonly (string Prefix, bool MustParse, Parser Parse)[] Known =
    [
        ("$2a$", true, BcryptHash.Parse),
        ("$2b$", true, BcryptHash.Parse),
        ("$2y$", true, BcryptHash.Parse),
        ("$2z$", true, BcryptHash.Parse),
        ("$2$", true, BcryptHash.Parse),
        (Argon2Hash.IdPrefix, true, Argon2Hash.Parse),
        (Argon2Hash.IPrefix, true, Argon2Hash.Parse),
        ("$pbkdf2-sha1$", true, Pbkdf2Hash.Parse),
        ("$pbkdf2-sha224$", true, Pbkdf2Hash.Parse),
        ("$pbkdf2-sha256$", true, Pbkdf2Hash.Parse),
        ("$pbkdf2-sha384$", true, Pbkdf2Hash.Parse),
        ("$pbkdf2-sha512$", true, Pbkdf2Hash.Parse),
        ("$scrypt$", true, ScryptHash.Parse),
        ("$firescrypt$", true, FirebaseHash.Parse),
        ("{SSHA}", false, SaltedShaHash.Parse),
        ("{SSHA256}", false, SaltedShaHash.Parse),
        ("{SSHA512}", false, SaltedShaHash.Parse),
        ("$sha1$", false, DigestHash.Parse),
        ("$sha256$", false, DigestHash.Parse),
        ("$sha512$", false, DigestHash.Parse),
        ("$md5$", false, DigestHash.Parse),
        ("$md5-crypt$", false, CryptHash.Parse),
        ("$sha256-crypt$", false, CryptHash.Parse),
        ("$sha512-crypt$", false, CryptHash.Parse),
        ("$hmac-md4$", false, HmacHash.Parse),
        ("$hmac-md5$", false, HmacHash.Parse),
        ("$hmac-sha1$", false, HmacHash.Parse),
        ("$hmac-sha224$", false, HmacHash.Parse),
        ("$hmac-sha256$", false, HmacHash.Parse),
        ("$hmac-sha384$", false, HmacHash.Parse),
        ("$hmac-sha512$", false, HmacHash.Parse),
    ];

    /// <summary>Whether a hash may be imported.</summary>
    public static HashCheck Check(string encoded)
    {
        foreach (var (prefix, mustParse, parse) in Known)
        {
            if (!encoded.StartsWith(prefix, StringComparison.Ordinal)) continue;
            if (encoded.Length > MaxLength) return new HashCheck.OutOfBounds($"longer than {MaxLength} characters");
            return parse(encoded) switch
            {
                { Refusal: HashCheck.Malformed } when !mustParse => new HashCheck.Accepted(encoded),
                { Refusal: { } refusal } => refusal,
                _ => new HashCheck.Accepted(encoded),
            };
        }
        return new HashCheck.Unknown();
    }

    /// <summary>How many characters of a hash tell its format and its costs; what follows is its own.</summary>
    public static int KindLength(string encoded)
    {
        foreach (var (prefix, _, _) in Known)
        {
            if (!encoded.StartsWith(prefix, StringComparison.Ordinal)) continue;
            if (prefix[0] == '{') return prefix.Length;
            var parts = prefix.StartsWith("$argon2", StringComparison.Ordinal) ? 2
                : prefix.StartsWith("$2", StringComparison.Ordinal) || prefix.StartsWith("$pbkdf2", StringComparison.Ordinal) || prefix.Contains("scrypt", StringComparison.Ordinal) || encoded[prefix.Length..].StartsWith("rounds=", StringComparison.Ordinal) ? 1
                : 0;
            var end = prefix.Length;
            for (; parts > 0 && encoded.IndexOf('$', end) is >= 0 and var next; parts--) end = next + 1;
            return end;
        }
        return Math.Min(encoded.Length, 1);
    }

    /// <summary>That beginning, which may be shown.</summary>
    public static string KindOf(string encoded) => encoded[..KindLength(encoded)];

    /// <summary>The hash, ready to be compared with a password; null where none can fit.</summary>
    public static StoredHash? Read(string encoded)
    {
        if (encoded.Length > MaxLength) return null;
        foreach (var (prefix, _, parse) in Known)
            if (encoded.StartsWith(prefix, StringComparison.Ordinal))
                return parse(encoded).Hash;
        return null;
    }
}

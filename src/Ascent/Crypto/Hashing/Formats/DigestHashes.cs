using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Ascent.Crypto.Hashing.Primitives;

namespace Ascent.Crypto.Hashing.Formats;

/// <summary>Digests of old systems that took no care: one round of a fast function. They are only ever read.</summary>
internal static class Digest
{
    public static byte[] Of(string function, ReadOnlySpan<byte> data) => function switch
    {
        "md5" => MD5.HashData(data),
        "sha1" => SHA1.HashData(data),
        "sha256" => SHA256.HashData(data),
        "sha512" => SHA512.HashData(data),
        _ => throw new UnreachableException(),
    };
}

/// <summary><c>{SSHA}</c>, <c>{SSHA256}</c>, <c>{SSHA512}</c>: base64 of the digest of password and salt, followed by the salt.</summary>
internal sealed record SaltedShaHash(string Function, byte[] Sum, byte[] Salt) : StoredHash
{
    public override string Format => "ssha";

    public static ParsedHash Parse(string encoded)
    {
        var end = encoded.IndexOf('}', StringComparison.Ordinal);
        var (function, length) = encoded[..(end + 1)] switch
        {
            "{SSHA}" => ("sha1", 20),
            "{SSHA256}" => ("sha256", 32),
            "{SSHA512}" => ("sha512", 64),
            _ => throw new UnreachableException(),
        };
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64Chars(encoded.AsSpan(end + 1), bytes, out var written) || written <= length)
            return ParsedHash.Malformed("the digest is no base64 of digest and salt");
        return new SaltedShaHash(function, bytes[..length], bytes[length..written]);
    }

    public override bool Fits(ReadOnlySpan<byte> password, HashingMemory memory) => Same(Sum, Digest.Of(Function, [.. password, .. Salt]));
}

/// <summary>
/// <c>$sha256$pf=template$salt$digest</c>, also of sha1, sha512 and md5; the template says where <c>{SALT}</c> and <c>{PASSWORD}</c> go.
/// <c>$md5$digest</c> is the password alone. All in padded base64.
/// </summary>
internal sealed record DigestHash(string Function, byte[] Template, byte[] Salt, byte[] Sum) : StoredHash
{
    /// <summary>A template may ask for the password many times.</summary>
    private const int MaxText = 1024 * 1024;

    public override string Format => Function;

    public static ParsedHash Parse(string encoded)
    {
        var parts = encoded.Split('$');
        if (parts is [_, "md5", var bare])
            return HashText.TryPadded(bare, out var plain) ? new DigestHash("md5", "{PASSWORD}"u8.ToArray(), [], plain) : NoBase64();
        if (parts.Length != 5 || !parts[2].StartsWith("pf=", StringComparison.Ordinal))
            return ParsedHash.Malformed("a salted digest wants pf=template, salt and digest, each after a $");
        if (!HashText.TryPadded(parts[2].AsSpan(3), out var template) || !HashText.TryPadded(parts[3], out var salt)
            || !HashText.TryPadded(parts[4], out var sum))
            return NoBase64();
        return new DigestHash(parts[1], template, salt, sum);
    }

    public override bool Fits(ReadOnlySpan<byte> password, HashingMemory memory)
    {
        var text = new List<byte>();
        var rest = Template.AsSpan();
        while (rest.Length > 0)
        {
            if (text.Count > MaxText) return false;
            if (rest.StartsWith("{SALT}"u8))
            {
                text.AddRange(Salt);
                rest = rest["{SALT}"u8.Length..];
            }
            else if (rest.StartsWith("{PASSWORD}"u8))
            {
                text.AddRange(password);
                rest = rest["{PASSWORD}"u8.Length..];
            }
            else
            {
                text.Add(rest[0]);
                rest = rest[1..];
            }
        }
        return Same(Sum, Digest.Of(Function, text.ToArray()));
    }

    private static ParsedHash NoBase64() => ParsedHash.Malformed("a part is no padded base64");
}

/// <summary><c>$hmac-sha256$mac$key</c>: padded base64 of the code in lower-case hex, and of the key.</summary>
internal sealed record HmacHash(string Function, byte[] Mac, byte[] Key) : StoredHash
{
    public override string Format => Function;

    public static ParsedHash Parse(string encoded)
    {
        var parts = encoded.Split('$');
        if (parts.Length != 4 || !HashText.TryPadded(parts[2], out var mac) || !HashText.TryPadded(parts[3], out var key))
            return ParsedHash.Malformed("hmac wants code and key, each in padded base64 after a $");
        return new HmacHash(parts[1], mac, key);
    }

    public override bool Fits(ReadOnlySpan<byte> password, HashingMemory memory)
    {
        var mac = Function switch
        {
            "hmac-md4" => Hmac<Md4>.Of(Key, password),
            "hmac-md5" => HMACMD5.HashData(Key, password),
            "hmac-sha1" => HMACSHA1.HashData(Key, password),
            "hmac-sha224" => Hmac<Sha224>.Of(Key, password),
            "hmac-sha256" => HMACSHA256.HashData(Key, password),
            "hmac-sha384" => HMACSHA384.HashData(Key, password),
            "hmac-sha512" => HMACSHA512.HashData(Key, password),
            _ => throw new UnreachableException(),
        };
        return Same(Mac, Encoding.ASCII.GetBytes(Convert.ToHexStringLower(mac)));
    }
}

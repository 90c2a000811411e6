using System.Security.Cryptography;
using System.Text;

namespace Ascent.Crypto;

/// <summary>Random texts that nobody can guess, and how they are compared and kept.</summary>
internal static class Tokens
{
    public const int Length = 32;
    public const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>Letters and digits, each equally likely; 32 of them carry 190 bits.</summary>
    public static string New(int length = Length) => RandomNumberGenerator.GetString(Alphabet, length);

    /// <summary>Decimal digits, as people type them from a message.</summary>
    public static string Digits(int length) => RandomNumberGenerator.GetString("0123456789", length);

    /// <summary>Compares in a time that tells nothing of where two texts differ.</summary>
    public static bool Same(string a, string b) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));

    /// <summary>
    /// What is kept in a token's place: the first 16 bytes of its SHA-256. A token carries enough chance for a plain hash: there
    /// is nothing to try out, and from the hash no way back.
    /// </summary>
    public static Guid Key(ReadOnlySpan<char> token)
    {
        Span<byte> bytes = stackalloc byte[token.Length <= 64 ? 192 : 0];
        if (token.Length > 64) bytes = new byte[Encoding.UTF8.GetMaxByteCount(token.Length)];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(token, bytes)], hash);
        return new Guid(hash[..16], bigEndian: true);
    }
}

/// <summary>The secret that opens a session. It is shown to its owner once and kept nowhere.</summary>
internal readonly struct SessionToken : IEquatable<SessionToken>
{
    public const string Prefix = "ory_st_";
    private readonly string? value;

    private SessionToken(string value) => this.value = value;

    /// <summary>The token itself, for the one answer or cookie that hands it over.</summary>
    public string Value => value ?? throw new InvalidOperationException("No token.");

    /// <summary>Under which it is stored.</summary>
    public Guid Key => Tokens.Key(Value);

    public static SessionToken New() => new(Prefix + Tokens.New());

    /// <summary>Takes what a client sent; whether it opens anything is for the database to say.</summary>
    public static bool TryParse(string? text, out SessionToken token)
    {
        token = text is { Length: > 0 } ? new SessionToken(text) : default;
        return token.value is not null;
    }

    public bool Equals(SessionToken other) => Tokens.Same(value ?? "", other.value ?? "");
    public override bool Equals(object? obj) => obj is SessionToken other && Equals(other);
    public override int GetHashCode() => value is null ? 0 : Key.GetHashCode();
    public override string ToString() => Config.Secret.Shown;
}

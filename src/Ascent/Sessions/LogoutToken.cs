using System.Security.Cryptography;
using Ascent.Crypto;

namespace Ascent.Sessions;

/// <summary>
/// What a logout link carries, so that nobody can be logged out by a link that a stranger made. It follows from the session's
/// id and our secret and is therefore stored nowhere.
/// </summary>
internal sealed class LogoutToken(SecretKeys keys)
{
    public const string Prefix = "ory_lo_";
    private const string OtherPrefix = "ory_lt_", Purpose = "logout-token";
    private const int IdBytes = 16;

    public string Of(Guid sessionId) => Prefix + Secret(keys.First(SecretUse.Default, Purpose), sessionId);

    public bool Matches(Guid sessionId, string token)
    {
        if (!token.StartsWith(Prefix, StringComparison.Ordinal) && !token.StartsWith(OtherPrefix, StringComparison.Ordinal)) return false;
        var matches = false;
        foreach (var key in keys.For(SecretUse.Default, Purpose)) matches |= Tokens.Same(token[Prefix.Length..], Secret(key, sessionId));
        return matches;
    }

    // Bytes of the HMAC become letters and digits; those that would make some likelier than others are passed over.
    private static string Secret(DerivedKey key, Guid sessionId)
    {
        Span<byte> message = stackalloc byte[IdBytes + 1], mac = stackalloc byte[HMACSHA512.HashSizeInBytes];
        Span<char> text = stackalloc char[Tokens.Length];
        sessionId.TryWriteBytes(message, bigEndian: true, out _);
        for (var count = 0; ; message[IdBytes]++)
        {
            HMACSHA512.HashData(key.Bytes, message, mac);
            foreach (var b in mac)
            {
                if (b >= 256 / Tokens.Alphabet.Length * Tokens.Alphabet.Length) continue;
                text[count++] = Tokens.Alphabet[b % Tokens.Alphabet.Length];
                if (count == text.Length) return new string(text);
            }
        }
    }
}

using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ascent.Crypto;

/// <summary>
/// Keeps short codes (six digits, a link's token) so that who reads the database cannot find them by trying: an HMAC under
/// <c>secrets.default</c>, bound to a purpose and to what it was made for.
/// </summary>
internal sealed class CodeHashes(SecretKeys keys)
{
    /// <summary>What to store for a code.</summary>
    public string Hash(string purpose, string code, string context = "") => Compute(keys.First(SecretUse.Default, purpose), code, context);

    /// <summary>Everything that may be stored for a code, for looking it up after secrets were rotated.</summary>
    public IReadOnlyList<string> Candidates(string purpose, string code, string context = "") =>
        [.. keys.For(SecretUse.Default, purpose).Select(k => Compute(k, code, context))];

    public bool Matches(string purpose, string code, string stored, string context = "")
    {
        var matches = false;
        foreach (var key in keys.For(SecretUse.Default, purpose)) matches |= Tokens.Same(Compute(key, code, context), stored);
        return matches;
    }

    private static string Compute(DerivedKey key, string code, string context) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(key.Bytes, Encoding.UTF8.GetBytes($"{context.Length}:{context}{code}")));
}

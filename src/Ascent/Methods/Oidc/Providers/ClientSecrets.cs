using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ascent.Config;

namespace Ascent.Methods.Oidc.Providers;

/// <summary>What we prove to a provider that we are by: the configured secret, or for Apple a token that is signed anew each time.</summary>
internal static class ClientSecrets
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public static string? Of(OidcProvider provider, string issuer, DateTimeOffset now) =>
        provider.Provider == OidcProviderKind.Apple ? Apple(provider, issuer, now) : provider.ClientSecret?.Value is { Length: > 0 } secret ? secret : null;

    /// <summary>Whether the key can sign at all: asked before a configuration comes into force.</summary>
    public static bool IsAppleKey(string pem)
    {
        try
        {
            using var key = Import(pem);
            return key.KeySize == 256;
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return false;
        }
    }

    // ES256 by the key of a developer team; see "Creating a client secret" in Apple's documentation.
    private static string Apple(OidcProvider provider, string issuer, DateTimeOffset now)
    {
        var header = new JsonObject { ["alg"] = "ES256", ["kid"] = provider.ApplePrivateKeyId, ["typ"] = "JWT" };
        var claims = new JsonObject
        {
            ["iss"] = provider.AppleTeamId, ["iat"] = now.ToUnixTimeSeconds(), ["exp"] = (now + Lifetime).ToUnixTimeSeconds(), ["aud"] = issuer, ["sub"] = provider.ClientId,
        };
        var input = $"{Encode(header)}.{Encode(claims)}";
        using var key = Import(provider.ApplePrivateKey!.Value);
        return $"{input}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";
    }

    private static ECDsa Import(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static string Encode(JsonObject part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.ToJsonString()));
}

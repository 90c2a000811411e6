using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ascent.Crypto;

namespace Ascent.Methods.WebAuthn;

/// <summary>
/// Keys of nobody, for a form that may not tell whether an account exists or has keys (section 14.6.2). The same name always has the
/// same one, as a person would; nobody can answer with it.
/// </summary>
internal sealed class DecoyKeys(SecretKeys secrets)
{
    private const string Purpose = "webauthn-decoy";

    private static readonly string PublicKey = Convert.ToBase64String(NewPublicKey());

    public StoredKey For(Guid nid, string identifier)
    {
        var id = HMACSHA256.HashData(secrets.First(SecretUse.Default, Purpose).Bytes, Encoding.UTF8.GetBytes($"{nid:n} {identifier}"));
        return new StoredKey(new JsonObject { ["id"] = Convert.ToBase64String(id), ["public_key"] = PublicKey, ["is_passwordless"] = true, ["transport"] = new JsonArray("usb") });
    }

    /// <summary>ES256 as COSE; its private half is thrown away. Answers are held against it, so that refusing them takes as long as with a real one.</summary>
    private static byte[] NewPublicKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = key.ExportParameters(false).Q;
        return [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. q.X!, 0x22, 0x58, 0x20, .. q.Y!];
    }
}

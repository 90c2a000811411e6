using System.Collections.Frozen;
using System.Security.Cryptography;

namespace Ascent.Jose;

internal enum JwkType { Rsa, EllipticCurve, OctetKeyPair }

/// <summary>
/// A signature algorithm of RFC 7518 3.1 and RFC 8037. This table is all there is: <c>none</c> and the shared-secret
/// algorithms have no entry, so that no path can reach them.
/// </summary>
internal sealed record JwsAlgorithm
{
    private JwsAlgorithm(string name, JwkType type) => (Name, Type) = (name, type);

    public string Name { get; }
    public JwkType Type { get; }
    public HashAlgorithmName Hash { get; private init; }

    /// <summary>How an RSA signature is padded.</summary>
    public RSASignaturePadding? Padding { get; private init; }

    /// <summary>The only curve an EC or OKP key may have with this algorithm.</summary>
    public string? Curve { get; private init; }

    public static IReadOnlyList<JwsAlgorithm> All { get; } =
    [
        new("ES256", JwkType.EllipticCurve) { Curve = "P-256", Hash = HashAlgorithmName.SHA256 },
        new("ES384", JwkType.EllipticCurve) { Curve = "P-384", Hash = HashAlgorithmName.SHA384 },
        new("ES512", JwkType.EllipticCurve) { Curve = "P-521", Hash = HashAlgorithmName.SHA512 },
        new("RS256", JwkType.Rsa) { Padding = RSASignaturePadding.Pkcs1, Hash = HashAlgorithmName.SHA256 },
        new("RS384", JwkType.Rsa) { Padding = RSASignaturePadding.Pkcs1, Hash = HashAlgorithmName.SHA384 },
        new("RS512", JwkType.Rsa) { Padding = RSASignaturePadding.Pkcs1, Hash = HashAlgorithmName.SHA512 },
        new("PS256", JwkType.Rsa) { Padding = RSASignaturePadding.Pss, Hash = HashAlgorithmName.SHA256 },
        new("PS384", JwkType.Rsa) { Padding = RSASignaturePadding.Pss, Hash = HashAlgorithmName.SHA384 },
        new("PS512", JwkType.Rsa) { Padding = RSASignaturePadding.Pss, Hash = HashAlgorithmName.SHA512 },
        new("EdDSA", JwkType.OctetKeyPair) { Curve = "Ed25519" },
    ];

    public static string Names { get; } = string.Join(", ", All.Select(a => a.Name));

    private static readonly FrozenDictionary<string, JwsAlgorithm> ByName = All.ToFrozenDictionary(a => a.Name, StringComparer.Ordinal);

    public static JwsAlgorithm? Find(string name) => ByName.GetValueOrDefault(name);

    public override string ToString() => Name;
}

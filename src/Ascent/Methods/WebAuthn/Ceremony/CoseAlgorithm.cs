using System.Security.Cryptography;

namespace Ascent.Methods.WebAuthn.Ceremony;

/// <summary>
/// A signature algorithm by its COSE number. The list is what we offer, in the order of our liking; whatever it lacks (Ed448, RSA
/// with SHA-1) is refused at registration and in attestations.
/// </summary>
internal sealed record CoseAlgorithm
{
    public const long Ec2 = 2, Rsa = 3, Okp = 1;

    private CoseAlgorithm(long id, string name, long keyType) => (Id, Name, KeyType) = (id, name, keyType);

    public long Id { get; }
    public string Name { get; }

    /// <summary>COSE's kty.</summary>
    public long KeyType { get; }

    /// <summary>COSE's crv of the only curve that a credential's key may have (section 5.8.5).</summary>
    public long Curve { get; private init; }
    public HashAlgorithmName Hash { get; private init; }
    public RSASignaturePadding? Padding { get; private init; }

    public static IReadOnlyList<CoseAlgorithm> All { get; } =
    [
        new(-7, "ES256", Ec2) { Curve = 1, Hash = HashAlgorithmName.SHA256 },
        new(-35, "ES384", Ec2) { Curve = 2, Hash = HashAlgorithmName.SHA384 },
        new(-36, "ES512", Ec2) { Curve = 3, Hash = HashAlgorithmName.SHA512 },
        new(-257, "RS256", Rsa) { Hash = HashAlgorithmName.SHA256, Padding = RSASignaturePadding.Pkcs1 },
        new(-258, "RS384", Rsa) { Hash = HashAlgorithmName.SHA384, Padding = RSASignaturePadding.Pkcs1 },
        new(-259, "RS512", Rsa) { Hash = HashAlgorithmName.SHA512, Padding = RSASignaturePadding.Pkcs1 },
        new(-37, "PS256", Rsa) { Hash = HashAlgorithmName.SHA256, Padding = RSASignaturePadding.Pss },
        new(-38, "PS384", Rsa) { Hash = HashAlgorithmName.SHA384, Padding = RSASignaturePadding.Pss },
        new(-39, "PS512", Rsa) { Hash = HashAlgorithmName.SHA512, Padding = RSASignaturePadding.Pss },
        new(-8, "EdDSA", Okp) { Curve = 6 },
    ];

    public static CoseAlgorithm? Find(long? id) => All.FirstOrDefault(a => a.Id == id);

    public override string ToString() => Name;
}

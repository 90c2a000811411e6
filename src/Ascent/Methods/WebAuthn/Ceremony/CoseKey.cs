using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ascent.Jose;

namespace Ascent.Methods.WebAuthn.Ceremony;

/// <summary>A public key with the one algorithm that it verifies (section 6.5.1): a credential's, or a certificate's.</summary>
internal sealed record CoseKey
{
    private const int SmallestModulus = 2048 / 8, LargestModulus = 8192 / 8, LargestExponent = 4, OkpParameters = 4, EcParameters = 5;

    private static readonly ECCurve[] Curves = [ECCurve.NamedCurves.nistP256, ECCurve.NamedCurves.nistP384, ECCurve.NamedCurves.nistP521];
    private static readonly int[] FieldSizes = [32, 48, 66];

    private CoseKey(CoseAlgorithm algorithm) => Algorithm = algorithm;

    public CoseAlgorithm Algorithm { get; }

    /// <summary>COSE's crv; 0 for RSA.</summary>
    public long Curve { get; private init; }

    /// <summary>x of an elliptic curve, n of RSA.</summary>
    public byte[] First { get; private init; } = [];

    /// <summary>y of an elliptic curve, e of RSA.</summary>
    public byte[] Second { get; private init; } = [];

    public bool IsSame(CoseKey other) =>
        Algorithm.KeyType == other.Algorithm.KeyType && Curve == other.Curve && First.AsSpan().SequenceEqual(other.First) && Second.AsSpan().SequenceEqual(other.Second);

    /// <summary>The key in these bytes and nothing else, or null.</summary>
    public static CoseKey? Read(ReadOnlyMemory<byte> cose) => CborMap.ReadAll(cose) is { } map ? Read(map) : null;

    /// <summary>Null where it is none that we verify, or holds more than its parameters.</summary>
    public static CoseKey? Read(CborMap map)
    {
        if (CoseAlgorithm.Find(map.Number(3L)) is not { } algorithm || map.Number(1L) != algorithm.KeyType) return null;
        var key = algorithm.KeyType switch
        {
            CoseAlgorithm.Rsa => new CoseKey(algorithm) { First = map.Bytes(-1L) ?? [], Second = map.Bytes(-2L) ?? [] },
            CoseAlgorithm.Ec2 => new CoseKey(algorithm) { Curve = map.Number(-1L) ?? 0, First = map.Bytes(-2L) ?? [], Second = map.Bytes(-3L) ?? [] },
            _ => new CoseKey(algorithm) { Curve = map.Number(-1L) ?? 0, First = map.Bytes(-2L) ?? [] },
        };
        if (map.Count != (algorithm.KeyType == CoseAlgorithm.Ec2 ? EcParameters : OkpParameters)) return null;
        return key.Curve == algorithm.Curve && key.IsSound() ? key : null;
    }

    /// <summary>A certificate's key for this algorithm; on any of the curves, since the number says no more than the hash there.</summary>
    public static CoseKey? Of(X509Certificate2 certificate, CoseAlgorithm algorithm)
    {
        if (Read(certificate, algorithm) is not { } key) return null;
        return key.IsSound() ? key : null;
    }

    /// <summary>Whether the signature is over the data; false for whatever cannot be one.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        try
        {
            switch (Algorithm.KeyType)
            {
                case CoseAlgorithm.Ec2:
                    using (var ec = ImportEc()) return ec.VerifyData(data, signature, Algorithm.Hash, DSASignatureFormat.Rfc3279DerSequence);
                case CoseAlgorithm.Rsa:
                    using (var rsa = ImportRsa()) return rsa.VerifyData(data, signature, Algorithm.Hash, Algorithm.Padding!);
                default:
                    if (!Ed25519.Available) return false;
                    using (var ed = Ed25519.ImportPublic(First)) return ed is not null && Ed25519.Verify(ed, data, signature);
            }
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private ECDsa ImportEc() => ECDsa.Create(new ECParameters { Curve = Curves[Curve - 1], Q = new ECPoint { X = First, Y = Second } });

    private RSA ImportRsa() => RSA.Create(new RSAParameters { Modulus = First, Exponent = Second });

    /// <summary>Sizes that fit, a point on its curve, an exponent that is one.</summary>
    private bool IsSound()
    {
        try
        {
            switch (Algorithm.KeyType)
            {
                case CoseAlgorithm.Ec2:
                    if (Curve is < 1 or > 3 || First.Length != FieldSizes[Curve - 1] || Second.Length != First.Length) return false;
                    ImportEc().Dispose();
                    return true;
                case CoseAlgorithm.Rsa:
                    if (First.Length is < SmallestModulus or > LargestModulus || First[0] == 0 || Second.Length is 0 or > LargestExponent || Second[0] == 0) return false;
                    if ((First[^1] & 1) == 0 || (Second[^1] & 1) == 0 || Second is [1]) return false;
                    ImportRsa().Dispose();
                    return true;
                default:
                    if (!Ed25519.Available) return false;
                    using (var ed = Ed25519.ImportPublic(First)) return ed is not null;
            }
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static CoseKey? Read(X509Certificate2 certificate, CoseAlgorithm algorithm)
    {
        switch (algorithm.KeyType)
        {
            case CoseAlgorithm.Ec2:
                using (var ec = certificate.GetECDsaPublicKey())
                {
                    if (ec is null) return null;
                    var p = ec.ExportParameters(includePrivateParameters: false);
                    var curve = Array.FindIndex(Curves, c => c.Oid.Value == p.Curve.Oid.Value || c.Oid.FriendlyName == p.Curve.Oid.FriendlyName) + 1;
                    return curve == 0 ? null : new CoseKey(algorithm) { Curve = curve, First = p.Q.X!, Second = p.Q.Y! };
                }
            case CoseAlgorithm.Rsa:
                using (var rsa = certificate.GetRSAPublicKey())
                {
                    if (rsa is null) return null;
                    var p = rsa.ExportParameters(includePrivateParameters: false);
                    return new CoseKey(algorithm) { First = p.Modulus!, Second = p.Exponent! };
                }
            default:
                // RFC 8410: the algorithm is the curve, the bits are the key.
                if (certificate.PublicKey.Oid.Value != "1.3.101.112") return null;
                var info = new AsnReader(certificate.PublicKey.ExportSubjectPublicKeyInfo(), AsnEncodingRules.DER).ReadSequence();
                info.ReadSequence();
                return new CoseKey(algorithm) { Curve = algorithm.Curve, First = info.ReadBitString(out _) };
        }
    }
}

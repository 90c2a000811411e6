using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;

namespace Ascent.Jose;

/// <summary>
/// A JSON Web Key for signatures (RFC 7517, 7518 6, 8037): RSA of 2048 to 8192 bits, EC on P-256, P-384 and P-521, OKP Ed25519.
/// Shared secrets (oct), other curves, keys for encryption and keys that contradict themselves are refused with the reason.
/// What a key may do is settled here, once: a token can choose among <see cref="Algorithms"/> and nothing else.
/// </summary>
internal sealed class Jwk
{
    private readonly KeyMaterial material;

    private Jwk(string? kid, IReadOnlyList<JwsAlgorithm> algorithms, bool mayVerify, KeyMaterial material, bool maySign) =>
        (Kid, Algorithms, MayVerify, this.material, CanSign) = (kid, algorithms, mayVerify, material, maySign && material.CanSign);

    public string? Kid { get; }

    /// <summary>The algorithms it is good for: the one it names, or those of its kind where an RSA key names none.</summary>
    public IReadOnlyList<JwsAlgorithm> Algorithms { get; }

    /// <summary>It has a private part, names its algorithm and is not reserved for verifying.</summary>
    public bool CanSign { get; }

    public bool MayVerify { get; }

    public byte[] Sign(ReadOnlySpan<byte> data) =>
        CanSign ? material.Sign(Algorithms[0], data) : throw new InvalidOperationException("This key cannot sign.");

    public bool Verify(JwsAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        MayVerify && Algorithms.Contains(algorithm) && material.Verify(algorithm, data, signature);

    /// <summary>Reads one key; a fault says what is wrong, without the key's parts.</summary>
    public static bool TryParse(JsonElement json, [NotNullWhen(true)] out Jwk? key, [NotNullWhen(false)] out string? fault)
    {
        key = null;
        try
        {
            key = Parse(new JwkReader(json));
            fault = null;
            return true;
        }
        catch (JwkException e)
        {
            fault = e.Message;
            return false;
        }
    }

    private static Jwk Parse(JwkReader json)
    {
        var kid = json.Text("kid");
        if (json.Text("use") is { } use && use != "sig") throw new JwkException($"use is \"{use}\"; a key for signatures has \"sig\"");
        var operations = json.Texts("key_ops");
        if (operations is not null && !operations.Contains("sign") && !operations.Contains("verify"))
            throw new JwkException("key_ops must hold sign or verify");
        var type = json.Text("kty") switch
        {
            "RSA" => JwkType.Rsa,
            "EC" => JwkType.EllipticCurve,
            "OKP" => JwkType.OctetKeyPair,
            "oct" => throw new JwkException("kty is \"oct\": who verifies with a shared secret could also sign; use EC, RSA or OKP"),
            null => throw new JwkException("kty is missing: EC, RSA or OKP"),
            _ => throw new JwkException("kty must be EC, RSA or OKP"),
        };
        var curve = type == JwkType.Rsa ? null : json.Text("crv") ?? throw new JwkException("crv is missing: P-256, P-384, P-521 or Ed25519");
        IReadOnlyList<JwsAlgorithm> algorithms = [.. JwsAlgorithm.All.Where(a => a.Type == type && a.Curve == curve)];
        if (algorithms.Count == 0) throw new JwkException(type == JwkType.EllipticCurve ? "crv must be P-256, P-384 or P-521 for an EC key" : "crv must be Ed25519 for an OKP key");
        var named = json.Text("alg");
        if (named is not null)
            algorithms = [algorithms.FirstOrDefault(a => a.Name == named) ?? throw new JwkException($"alg does not fit this key, which can do {string.Join(", ", algorithms)}")];
        KeyMaterial numbers = type switch
        {
            JwkType.Rsa => ReadRsa(json),
            JwkType.EllipticCurve => ReadEc(json, curve!),
            _ => ReadEd25519(json),
        };
        return new Jwk(kid, algorithms, operations is null || operations.Contains("verify"), Proven(numbers, algorithms[0]),
            named is not null && (operations is null || operations.Contains("sign")));
    }

    /// <summary>A private part that does not belong to the public one would make signatures nobody can verify.</summary>
    private static KeyMaterial Proven(KeyMaterial material, JwsAlgorithm algorithm)
    {
        try
        {
            var data = "proof"u8;
            if (!material.CanSign) material.Verify(algorithm, data, new byte[1]);
            else if (!material.Verify(algorithm, data, material.Sign(algorithm, data))) throw new JwkException("the private part does not belong to the public part");
            return material;
        }
        catch (CryptographicException)
        {
            throw new JwkException("its numbers are no key: a point off the curve, or parts that do not belong together");
        }
    }

    private static EcMaterial ReadEc(JwkReader json, string curve)
    {
        var (named, size) = curve switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48),
            _ => (ECCurve.NamedCurves.nistP521, 66),
        };
        return new EcMaterial(new ECParameters
        {
            Curve = named,
            Q = new ECPoint { X = json.Bytes("x", size), Y = json.Bytes("y", size) },
            D = json.Has("d") ? json.Bytes("d", size) : null,
        });
    }

    private static Ed25519Material ReadEd25519(JwkReader json)
    {
        var x = json.Bytes("x", Ed25519.KeySize);
        var d = json.Has("d") ? json.Bytes("d", Ed25519.KeySize) : null;
        if (!Ed25519.Available) throw new JwkException("an Ed25519 key needs OpenSSL's libcrypto: apt-get install libssl3");
        return Ed25519Material.Create(x, d) ?? throw new JwkException("x is no public key of Ed25519");
    }

    private static RsaMaterial ReadRsa(JwkReader json)
    {
        const int least = 2048 / 8, most = 8192 / 8;
        var n = json.Number("n");
        var e = json.Number("e");
        if (n.Length is < least or > most) throw new JwkException($"n has {n.Length * 8} bits; an RSA key has 2048 to 8192");
        if (e.Length > 8 || (e[^1] & 1) == 0 || e is [1]) throw new JwkException("e must be an odd number from 3, of at most 64 bits");
        if (!json.Has("d")) return new RsaMaterial(new RSAParameters { Modulus = n, Exponent = e });
        if (json.Has("oth")) throw new JwkException("oth: keys of more than two primes are not supported");
        var half = (n.Length + 1) / 2;
        return new RsaMaterial(new RSAParameters
        {
            Modulus = n, Exponent = e, D = json.Number("d", n.Length),
            P = json.Number("p", half), Q = json.Number("q", half), DP = json.Number("dp", half), DQ = json.Number("dq", half), InverseQ = json.Number("qi", half),
        });
    }
}

/// <summary>Why a key is refused. Never leaves this module.</summary>
internal sealed class JwkException(string message) : Exception(message);

using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using Ascent.Methods.WebAuthn.Ceremony;

namespace Ascent.Methods.WebAuthn.Attestation;

/// <summary>Reads the big-endian fields of TPM structures (TPM 2.0 Library, part 2); after one that is not there all are empty.</summary>
internal ref struct TpmReader(ReadOnlySpan<byte> data)
{
    private ReadOnlySpan<byte> rest = data;

    public bool Failed { get; private set; }

    /// <summary>Everything was there, and nothing is left.</summary>
    public readonly bool IsDone => !Failed && rest.Length == 0;

    public ushort UInt16() => Take(2) is { Length: 2 } b ? BinaryPrimitives.ReadUInt16BigEndian(b) : (ushort)0;

    public uint UInt32() => Take(4) is { Length: 4 } b ? BinaryPrimitives.ReadUInt32BigEndian(b) : 0;

    /// <summary>A TPM2B: its length, then its bytes.</summary>
    public ReadOnlySpan<byte> Sized() => Take(UInt16());

    public ReadOnlySpan<byte> Take(int count)
    {
        if (Failed || count > rest.Length)
        {
            Failed = true;
            return [];
        }
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}

/// <summary>TPMT_PUBLIC: a key as a TPM keeps it.</summary>
internal sealed record TpmPublicArea(long KeyType, long Curve, byte[] First, byte[] Second)
{
    private const ushort AlgorithmRsa = 0x0001, AlgorithmEcc = 0x0023, AlgorithmNull = 0x0010;
    private const uint UsualExponent = 65537;

    public bool IsKey(CoseKey key) => key.Algorithm.KeyType == KeyType && key.Curve == Curve
        && Same(key.First, First) && Same(key.Second, Second);

    /// <summary>Null for anything but a key of RSA or of a NIST curve.</summary>
    public static TpmPublicArea? Read(byte[] area)
    {
        var r = new TpmReader(area);
        var type = r.UInt16();
        r.UInt16();
        r.UInt32();
        r.Sized();
        TpmPublicArea? key = null;
        // Symmetric algorithm with its two details, then the scheme with its hash: both are left out for "null".
        if (r.UInt16() != AlgorithmNull) r.UInt32();
        if (r.UInt16() != AlgorithmNull) r.UInt16();
        if (type == AlgorithmRsa)
        {
            r.UInt16();
            var exponent = r.UInt32();
            var bytes = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, exponent == 0 ? UsualExponent : exponent);
            key = new TpmPublicArea(CoseAlgorithm.Rsa, 0, r.Sized().ToArray(), bytes);
        }
        else if (type == AlgorithmEcc)
        {
            var curve = r.UInt16();
            if (r.UInt16() != AlgorithmNull) r.UInt16();
            // TPM_ECC_NIST_P256 to P521.
            key = new TpmPublicArea(CoseAlgorithm.Ec2, curve is >= 3 and <= 5 ? curve - 2 : -1, r.Sized().ToArray(), r.Sized().ToArray());
        }
        return r.IsDone ? key : null;
    }

    /// <summary>The name of an object: the number of its hash and the hash of its public area (part 1, section 16).</summary>
    public static byte[]? NameOf(byte[] area)
    {
        var r = new TpmReader(area);
        r.UInt16();
        var id = r.UInt16();
        HashAlgorithmName? hash = id switch
        {
            0x000B => HashAlgorithmName.SHA256,
            0x000C => HashAlgorithmName.SHA384,
            0x000D => HashAlgorithmName.SHA512,
            _ => null,
        };
        return hash is { } h ? [(byte)(id >> 8), (byte)id, .. CryptographicOperations.HashData(h, area)] : null;
    }

    /// <summary>Equal as numbers: a TPM may leave zeros away that COSE keeps.</summary>
    private static bool Same(byte[] a, byte[] b) => new BigInteger(a, isUnsigned: true, isBigEndian: true) == new BigInteger(b, isUnsigned: true, isBigEndian: true);
}

/// <summary>TPMS_ATTEST of the kind TPM2_Certify makes. Signer, clock and firmware are not looked at.</summary>
internal sealed record TpmCertification(byte[] ExtraData, byte[] Name)
{
    private const uint GeneratedValue = 0xFF544347;
    private const ushort AttestCertify = 0x8017;
    private const int ClockLength = 17, FirmwareLength = 8;

    public static TpmCertification? Read(byte[] certInfo)
    {
        var r = new TpmReader(certInfo);
        if (r.UInt32() != GeneratedValue || r.UInt16() != AttestCertify) return null;
        r.Sized();
        var extra = r.Sized().ToArray();
        r.Take(ClockLength + FirmwareLength);
        var name = r.Sized().ToArray();
        r.Sized();
        return r.IsDone ? new TpmCertification(extra, name) : null;
    }
}

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Ascent.Methods.WebAuthn.Ceremony;

[Flags]
internal enum AuthenticatorFlags : byte
{
    None = 0,
    UserPresent = 0x01,
    UserVerified = 0x04,
    BackupEligible = 0x08,
    BackupState = 0x10,
    AttestedCredential = 0x40,
    Extensions = 0x80,
}

/// <summary>A credential as an authenticator made it: section 6.5.1.</summary>
internal sealed record AttestedCredential(Guid Aaguid, byte[] Id, byte[] PublicKey, CborMap Cose);

/// <summary>Authenticator data (section 6.1), read to the last byte: what the flags announce is there, and nothing else.</summary>
internal sealed record AuthenticatorData
{
    private const int HashLength = 32, FlagsAt = 32, CountAt = 33, FixedLength = 37, AaguidLength = 16;

    public required byte[] Raw { get; init; }
    public required AuthenticatorFlags Flags { get; init; }
    public required uint SignCount { get; init; }
    public AttestedCredential? Credential { get; init; }

    public ReadOnlySpan<byte> RpIdHash => Raw.AsSpan(0, HashLength);

    public bool Is(AuthenticatorFlags flag) => Flags.HasFlag(flag);

    public bool IsFor(string rpId) => CryptographicOperations.FixedTimeEquals(RpIdHash, SHA256.HashData(Encoding.UTF8.GetBytes(rpId)));

    public static bool TryRead(byte[] raw, [NotNullWhen(true)] out AuthenticatorData? data, [NotNullWhen(false)] out string? fault)
    {
        data = null;
        if (raw.Length < FixedLength) return No("is shorter than 37 bytes", out fault);
        var flags = (AuthenticatorFlags)raw[FlagsAt];
        var at = FixedLength;
        AttestedCredential? credential = null;
        if (flags.HasFlag(AuthenticatorFlags.AttestedCredential))
        {
            if (raw.Length < at + AaguidLength + 2) return No("ends within the attested credential", out fault);
            var aaguid = new Guid(raw.AsSpan(at, AaguidLength), bigEndian: true);
            var idLength = BinaryPrimitives.ReadUInt16BigEndian(raw.AsSpan(at + AaguidLength));
            at += AaguidLength + 2;
            if (raw.Length - at < idLength) return No("ends within the credential's id", out fault);
            var id = raw.AsSpan(at, idLength).ToArray();
            at += idLength;
            if (!CborMap.TryRead(raw.AsMemory(at), out var cose, out var length)) return No("holds a public key that is no CBOR map", out fault);
            credential = new AttestedCredential(aaguid, id, raw.AsSpan(at, length).ToArray(), cose);
            at += length;
        }
        if (flags.HasFlag(AuthenticatorFlags.Extensions))
        {
            if (!CborMap.TryRead(raw.AsMemory(at), out _, out var length)) return No("holds extensions that are no CBOR map", out fault);
            at += length;
        }
        if (at != raw.Length) return No($"goes on for {raw.Length - at} bytes after its end", out fault);
        data = new AuthenticatorData { Raw = raw, Flags = flags, SignCount = BinaryPrimitives.ReadUInt32BigEndian(raw.AsSpan(CountAt)), Credential = credential };
        fault = null;
        return true;
    }

    private static bool No(string what, out string fault)
    {
        fault = "The authenticator data " + what + ".";
        return false;
    }
}

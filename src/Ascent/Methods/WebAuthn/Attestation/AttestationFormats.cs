using System.Collections.Frozen;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ascent.Methods.WebAuthn.Ceremony;

namespace Ascent.Methods.WebAuthn.Attestation;

/// <summary>Section 6.5.4. What a chain of certificates means, its issuer alone knows; Basic stands for that too.</summary>
internal enum AttestationType { None, Self, Basic, AttestationCa, AnonymizationCa }

/// <summary>What an attestation proves.</summary>
/// <param name="TrustPath">The attestation certificate and those above it; empty for none and self.</param>
internal sealed record AttestationEvidence(AttestationType Type, IReadOnlyList<X509Certificate2> TrustPath)
{
    /// <summary>The path leads to a root that we were given: the authenticator is of the model that it says.</summary>
    public bool Trusted { get; init; }
}

/// <summary>What a verification procedure is given (section 6.5.3).</summary>
internal sealed record AttestationInput(CborMap Statement, AuthenticatorData Data, AttestedCredential Credential, CoseKey Key, byte[] ClientDataHash)
{
    /// <summary>Authenticator data and client data's hash: what most formats sign.</summary>
    public byte[] Signed { get; } = [.. Data.Raw, .. ClientDataHash];
}

/// <summary>One attestation statement format.</summary>
internal interface IAttestationFormat
{
    /// <summary>Null with a reason where the statement is not right. DER that cannot be read may throw what <see cref="AttestationFormats"/> catches.</summary>
    AttestationEvidence? Verify(AttestationInput input, out string? fault);
}

/// <summary>The formats of section 8 by their identifier. A format that is not here cannot be verified and is refused.</summary>
internal static class AttestationFormats
{
    private static readonly FrozenDictionary<string, IAttestationFormat> ByName = new Dictionary<string, IAttestationFormat>(StringComparer.Ordinal)
    {
        ["none"] = new NoneAttestation(),
        ["packed"] = new PackedAttestation(),
        ["tpm"] = new TpmAttestation(),
        ["android-key"] = new AndroidKeyAttestation(),
        ["fido-u2f"] = new FidoU2fAttestation(),
        ["apple"] = new AppleAttestation(),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static (AttestationEvidence? Evidence, CeremonyFault? Fault) Verify(string format, AttestationInput input)
    {
        if (!ByName.TryGetValue(format, out var known)) return (null, new CeremonyFault(FaultKind.AttestationFormat, "7.1:22", $"The attestation's format is none of {string.Join(", ", ByName.Keys.Order(StringComparer.Ordinal))}."));
        try
        {
            return known.Verify(input, out var fault) is { } evidence ? (evidence, null) : (null, Bad(fault!));
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or InvalidOperationException)
        {
            return (null, Bad($"A certificate of the {format} attestation cannot be read."));
        }
    }

    private static CeremonyFault Bad(string fault) => new(FaultKind.AttestationStatement, "7.1:23", fault);
}

/// <summary>Section 8.7: an empty statement says nothing.</summary>
internal sealed class NoneAttestation : IAttestationFormat
{
    public AttestationEvidence? Verify(AttestationInput input, out string? fault)
    {
        fault = input.Statement.Count == 0 ? null : "The statement of the format none is not empty.";
        return fault is null ? new AttestationEvidence(AttestationType.None, []) : null;
    }
}

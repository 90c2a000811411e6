using System.Formats.Asn1;
using System.Security.Cryptography;
using Ascent.Methods.WebAuthn.Ceremony;

namespace Ascent.Methods.WebAuthn.Attestation;

/// <summary>Section 8.8: a certificate made for the credential, with what was asked in an extension.</summary>
internal sealed class AppleAttestation : IAttestationFormat
{
    private const string NonceExtension = "1.2.840.113635.100.8.2";

    public AttestationEvidence? Verify(AttestationInput input, out string? fault)
    {
        // 1: the form.
        if (Certificates.Of(input.Statement) is not { } path)
        {
            fault = "The apple statement's x5c is no list of certificates.";
            return null;
        }
        // 2 to 4: the nonce. 5: the key.
        fault = path[0].Extension(NonceExtension) is not { } extension || !CryptographicOperations.FixedTimeEquals(Nonce(extension.RawData), SHA256.HashData(input.Signed)) ? "The apple statement's certificate is for another request."
            : CoseKey.Of(path[0], input.Key.Algorithm)?.IsSame(input.Key) != true ? "The apple statement's certificate is for another key."
            : null;
        // 6
        return fault is null ? new AttestationEvidence(AttestationType.AnonymizationCa, path) : null;
    }

    /// <summary><c>SEQUENCE { [1] { OCTET STRING } }</c>.</summary>
    private static byte[] Nonce(byte[] extension)
    {
        var reader = new AsnReader(extension, AsnEncodingRules.DER);
        var fields = reader.ReadSequence();
        reader.ThrowIfNotEmpty();
        return fields.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 1)).ReadOctetString();
    }
}

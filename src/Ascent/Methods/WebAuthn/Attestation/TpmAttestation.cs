using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ascent.Methods.WebAuthn.Ceremony;

namespace Ascent.Methods.WebAuthn.Attestation;

/// <summary>Section 8.3: a TPM certifies that the key is one of its own.</summary>
internal sealed class TpmAttestation : IAttestationFormat
{
    // tcg-kp-AIKCertificate; TPMManufacturer, TPMModel and TPMVersion of the EK profile.
    private const string AikUsage = "2.23.133.8.3", AlternativeName = "2.5.29.17";
    private static readonly string[] TpmAttributes = ["2.23.133.2.1", "2.23.133.2.2", "2.23.133.2.3"];

    public AttestationEvidence? Verify(AttestationInput input, out string? fault)
    {
        var statement = input.Statement;
        if (statement.Text("ver") != "2.0" || statement.Bytes("sig") is not { } signature || CoseAlgorithm.Find(statement.Number("alg")) is not { Hash.Name: not null } algorithm
            || statement.Bytes("certInfo") is not { } certInfo || statement.Bytes("pubArea") is not { } pubArea || Certificates.Of(statement) is not { } path)
        {
            fault = "The tpm statement is not of version 2.0 with alg, x5c, sig, certInfo and pubArea.";
            return null;
        }
        fault = TpmPublicArea.Read(pubArea)?.IsKey(input.Key) != true ? "The tpm statement's pubArea is not the credential's key."
            : CheckCertInfo(TpmCertification.Read(certInfo), input, algorithm, pubArea)
            ?? (CoseKey.Of(path[0], algorithm)?.Verify(certInfo, signature) != true ? "The tpm statement is not signed by its certificate's key." : null)
            ?? (IsAik(path[0]) ? null : "The tpm statement's certificate is not one of an attestation key.")
            ?? (path[0].NamesModel(input.Credential.Aaguid) ? null : "The tpm statement's certificate names another model.");
        return fault is null ? new AttestationEvidence(AttestationType.AttestationCa, path) : null;
    }

    private static string? CheckCertInfo(TpmCertification? certified, AttestationInput input, CoseAlgorithm algorithm, byte[] pubArea)
    {
        if (certified is null) return "The tpm statement's certInfo is no certification that a TPM generated.";
        if (!CryptographicOperations.FixedTimeEquals(certified.ExtraData, CryptographicOperations.HashData(algorithm.Hash, input.Signed))) return "The tpm statement's certInfo is for another request.";
        return TpmPublicArea.NameOf(pubArea) is { } name && CryptographicOperations.FixedTimeEquals(certified.Name, name) ? null : "The tpm statement's certInfo certifies another key than pubArea.";
    }

    // 8.3.1
    private static bool IsAik(X509Certificate2 certificate) =>
        certificate.Version == 3
        && certificate.SubjectName.RawData is [0x30, 0x00]
        && certificate.Extension(AlternativeName) is { } names && NamesTpm(names.RawData)
        && certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>().Any(e => e.EnhancedKeyUsages.Cast<Oid>().Any(o => o.Value == AikUsage))
        && certificate.IsEndEntity();

    /// <summary>A directory name holds manufacturer, model and version.</summary>
    private static bool NamesTpm(byte[] alternativeName)
    {
        var directory = new Asn1Tag(TagClass.ContextSpecific, 4);
        var found = new HashSet<string>(StringComparer.Ordinal);
        var names = new AsnReader(alternativeName, AsnEncodingRules.DER).ReadSequence();
        while (names.HasData)
        {
            if (!names.PeekTag().HasSameClassAndValue(directory))
            {
                names.ReadEncodedValue();
                continue;
            }
            for (var name = names.ReadSequence(directory).ReadSequence(); name.HasData;)
                for (var set = name.ReadSetOf(skipSortOrderValidation: true); set.HasData;)
                {
                    var attribute = set.ReadSequence();
                    found.Add(attribute.ReadObjectIdentifier());
                    attribute.ReadEncodedValue();
                }
        }
        return TpmAttributes.All(found.Contains);
    }
}

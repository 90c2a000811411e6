using System.Security.Cryptography.X509Certificates;
using Ascent.Methods.WebAuthn.Ceremony;

namespace Ascent.Methods.WebAuthn.Attestation;

/// <summary>Section 8.2: signed by the model's key with its certificate, or by the credential's own key.</summary>
internal sealed class PackedAttestation : IAttestationFormat
{
    private const string Country = "2.5.4.6", Organization = "2.5.4.10", OrganizationalUnit = "2.5.4.11", CommonName = "2.5.4.3";

    public AttestationEvidence? Verify(AttestationInput input, out string? fault)
    {
        // 1: the statement's form.
        var statement = input.Statement;
        if (statement.Bytes("sig") is not { } signature || CoseAlgorithm.Find(statement.Number("alg")) is not { } algorithm)
        {
            fault = "The packed statement lacks sig or a known alg.";
            return null;
        }
        if (statement.Has("x5c"))
        {
            fault = WithCertificate(input, algorithm, signature, out var path);
            return fault is null ? new AttestationEvidence(AttestationType.Basic, path!) : null;
        }
        // 3: self attestation, with the credential's algorithm.
        fault = algorithm != input.Key.Algorithm ? "The packed statement's alg is not that of the credential's key."
            : !input.Key.Verify(input.Signed, signature) ? "The packed statement is not signed by the credential's key." : null;
        return fault is null ? new AttestationEvidence(AttestationType.Self, []) : null;
    }

    // 2: the certificate's key signed, the certificate is as 8.2.1 wants it, the model is the one that is named.
    private static string? WithCertificate(AttestationInput input, CoseAlgorithm algorithm, byte[] signature, out IReadOnlyList<X509Certificate2>? path)
    {
        path = Certificates.Of(input.Statement);
        if (path is null) return "The packed statement's x5c is no list of certificates.";
        if (CoseKey.Of(path[0], algorithm)?.Verify(input.Signed, signature) != true) return "The packed statement is not signed by its certificate's key.";
        if (!IsAuthenticators(path[0])) return "The packed statement's certificate is not one for attestation.";
        return path[0].NamesModel(input.Credential.Aaguid) ? null : "The packed statement's certificate names another model.";
    }

    // 8.2.1
    private static bool IsAuthenticators(X509Certificate2 certificate) =>
        certificate.Version == 3
        && certificate.Subject(Country) is { Length: 2 }
        && certificate.Subject(Organization) is { Length: > 0 }
        && certificate.Subject(OrganizationalUnit) == "Authenticator Attestation"
        && certificate.Subject(CommonName) is { Length: > 0 }
        && certificate.IsEndEntity();
}

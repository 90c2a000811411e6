using Ascent.Methods.WebAuthn.Ceremony;

namespace Ascent.Methods.WebAuthn.Attestation;

/// <summary>Section 8.6: what keys of before WebAuthn signed when they were registered.</summary>
internal sealed class FidoU2fAttestation : IAttestationFormat
{
    private const long Es256 = -7, P256 = 1;

    public AttestationEvidence? Verify(AttestationInput input, out string? fault)
    {
        // 1 and 2: the form; one certificate with a key on P-256.
        var es256 = CoseAlgorithm.Find(Es256)!;
        if (input.Statement.Bytes("sig") is not { } signature || Certificates.Of(input.Statement) is not [var certificate] || CoseKey.Of(certificate, es256) is not { Curve: P256 } attester)
        {
            fault = "The fido-u2f statement is not a sig and an x5c of one certificate with a key on P-256.";
            return null;
        }
        // 3 and 4: the credential's key in the form of then.
        if (input.Key.Algorithm != es256)
        {
            fault = "The fido-u2f statement is for a key that is not of ES256.";
            return null;
        }
        // 5 and 6: what was signed then.
        byte[] signed = [0x00, .. input.Data.RpIdHash, .. input.ClientDataHash, .. input.Credential.Id, 0x04, .. input.Key.First, .. input.Key.Second];
        fault = attester.Verify(signed, signature) ? null : "The fido-u2f statement is not signed by its certificate's key.";
        // 7 and 8.
        return fault is null ? new AttestationEvidence(AttestationType.Basic, [certificate]) : null;
    }
}

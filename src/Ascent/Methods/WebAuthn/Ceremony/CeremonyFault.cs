namespace Ascent.Methods.WebAuthn.Ceremony;

/// <summary>What was wrong with an authenticator's answer.</summary>
internal enum FaultKind
{
    ClientData, Type, Challenge, Origin, CrossOrigin, AttestationObject, AuthenticatorData, RpId, UserPresence, UserVerification, BackupState, BackupEligibility,
    PublicKey, Algorithm, CredentialId, UserHandle, AttestationFormat, AttestationStatement, AttestationTrust, Signature,
}

/// <summary>
/// A step that failed. <paramref name="Step"/> is section and number in Web Authentication Level 3 (https://www.w3.org/TR/webauthn-3/);
/// the reason is for logs and developers, people get a message of the flow.
/// </summary>
internal sealed record CeremonyFault(FaultKind Kind, string Step, string Reason)
{
    public override string ToString() => $"{Step} {Kind}: {Reason}";
}

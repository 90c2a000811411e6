using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ascent.Methods.WebAuthn.Attestation;

namespace Ascent.Methods.WebAuthn.Ceremony;

/// <summary>What both ceremonies are held against.</summary>
internal record RelyingPartyExpectation
{
    public required string RpId { get; init; }
    public required OriginList Origins { get; init; }

    /// <summary>Sites that may frame our pages while keys are used there.</summary>
    public OriginList TopOrigins { get; init; } = new([]);

    /// <summary>So may sites that the browser does not name.</summary>
    public bool AllowsUnknownFrames { get; init; }
    public required byte[] Challenge { get; init; }
    public bool RequiresUserVerification { get; init; }
}

internal sealed record RegistrationExpectation : RelyingPartyExpectation
{
    /// <summary>Roots that an attestation may lead to.</summary>
    public IReadOnlyList<X509Certificate2> TrustAnchors { get; init; } = [];

    /// <summary>Only what leads to one of them is taken.</summary>
    public bool RequiresTrustedAttestation { get; init; }

    /// <summary>When certificates have to be valid.</summary>
    public required DateTimeOffset Now { get; init; }
}

internal abstract record RegistrationOutcome
{
    private RegistrationOutcome() { }

    public sealed record Verified(NewKey Key) : RegistrationOutcome;

    public sealed record Rejected(CeremonyFault Fault) : RegistrationOutcome;
}

/// <summary>A key that was made, and what is known of it.</summary>
internal sealed record NewKey
{
    public required byte[] Id { get; init; }

    /// <summary>COSE.</summary>
    public required byte[] PublicKey { get; init; }
    public required CoseAlgorithm Algorithm { get; init; }
    public required uint SignCount { get; init; }
    public required AuthenticatorFlags Flags { get; init; }

    /// <summary>The authenticator's model, as it says itself; proven only by an attestation that is trusted.</summary>
    public required Guid Aaguid { get; init; }
    public required string AttestationFormat { get; init; }
    public required AttestationEvidence Attestation { get; init; }

    public bool UserVerified => Flags.HasFlag(AuthenticatorFlags.UserVerified);
    public bool BackupEligible => Flags.HasFlag(AuthenticatorFlags.BackupEligible);
    public bool BackupState => Flags.HasFlag(AuthenticatorFlags.BackupState);
}

/// <summary>
/// Registering a new credential: section 7.1 of Web Authentication Level 3 from step 5 on, without step 27 (the credential is
/// nobody's yet), which is the caller's. Pure: it asks nobody and changes nothing, and no input makes it throw.
/// </summary>
internal static class Registration
{
    private const int LongestId = 1023;

    public static RegistrationOutcome Verify(RegistrationExpectation expected, AttestationAnswer answer)
    {
        // Steps 5 and 6: client data are JSON. Steps 7 to 11: what they say.
        if (ClientData.Read(answer.ClientDataJson) is not { } client) return No(FaultKind.ClientData, 6, "The client data are no JSON object with type, challenge and origin.");
        if (client.Check("webauthn.create", expected, "7.1", 7) is { } wrong) return new RegistrationOutcome.Rejected(wrong);

        // Step 12: the hash that attestations sign.
        var hash = SHA256.HashData(answer.ClientDataJson);

        // Step 13: the attestation object.
        if (CborMap.ReadAll(answer.AttestationObject) is not { } attestation || attestation.Text("fmt") is not { } format
            || attestation.Map("attStmt") is not { } statement || attestation.Bytes("authData") is not { } raw)
            return No(FaultKind.AttestationObject, 13, "The attestation object is no CBOR map of fmt, attStmt and authData.");
        if (!AuthenticatorData.TryRead(raw, out var data, out var fault)) return No(FaultKind.AuthenticatorData, 13, fault);
        if (data.Credential is not { } credential) return No(FaultKind.AuthenticatorData, 13, "The authenticator data hold no credential.");
        if (CheckFlags(expected, data) is { } refused) return new RegistrationOutcome.Rejected(refused);

        // Step 20: an algorithm that was asked for; with it the key has to be one.
        if (CoseAlgorithm.Find(credential.Cose.Number(3L)) is null) return No(FaultKind.Algorithm, 20, "The key's algorithm was not asked for.");
        if (CoseKey.Read(credential.Cose) is not { } key) return No(FaultKind.PublicKey, 20, "The key is none of its algorithm.");

        // Step 21: extensions that nobody asked for are ignored.
        // Steps 22 and 23: the attestation statement, by its format.
        var (evidence, bad) = AttestationFormats.Verify(format, new AttestationInput(statement, data, credential, key, hash));
        if (evidence is null) return new RegistrationOutcome.Rejected(bad!);

        // Steps 24, 25 and 29: whether it leads to a root that is trusted, and what then.
        evidence = evidence with { Trusted = TrustPath.LeadsTo(expected.TrustAnchors, evidence.TrustPath, expected.Now) };
        if (expected.RequiresTrustedAttestation && !evidence.Trusted) return No(FaultKind.AttestationTrust, 29, "The attestation leads to no root that is trusted.");

        // Step 26: the length of the id. Step 28 is the caller's.
        if (credential.Id.Length is 0 or > LongestId) return No(FaultKind.CredentialId, 26, "The credential's id is empty or longer than 1023 bytes.");
        return new RegistrationOutcome.Verified(new NewKey
        {
            Id = credential.Id, PublicKey = credential.PublicKey, Algorithm = key.Algorithm, SignCount = data.SignCount, Flags = data.Flags,
            Aaguid = credential.Aaguid, AttestationFormat = format, Attestation = evidence,
        });
    }

    private static CeremonyFault? CheckFlags(RelyingPartyExpectation expected, AuthenticatorData data)
    {
        // Step 14: made for us. Step 15: somebody was there. Step 16: and was verified, where that is asked for.
        if (!data.IsFor(expected.RpId)) return new CeremonyFault(FaultKind.RpId, "7.1:14", "The credential was made for another party than rp.id.");
        if (!data.Is(AuthenticatorFlags.UserPresent)) return new CeremonyFault(FaultKind.UserPresence, "7.1:15", "Nobody was present.");
        if (expected.RequiresUserVerification && !data.Is(AuthenticatorFlags.UserVerified)) return new CeremonyFault(FaultKind.UserVerification, "7.1:16", "The user was not verified.");
        // Step 17: only what may be backed up can be. Steps 18 and 19: no policy of ours.
        if (data.Is(AuthenticatorFlags.BackupState) && !data.Is(AuthenticatorFlags.BackupEligible)) return new CeremonyFault(FaultKind.BackupState, "7.1:17", "The credential is backed up, though it cannot be.");
        return null;
    }

    private static RegistrationOutcome.Rejected No(FaultKind kind, int step, string reason) => new(new CeremonyFault(kind, $"7.1:{step}", reason));
}

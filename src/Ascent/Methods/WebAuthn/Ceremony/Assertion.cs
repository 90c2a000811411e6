using System.Security.Cryptography;

namespace Ascent.Methods.WebAuthn.Ceremony;

internal sealed record AssertionExpectation : RelyingPartyExpectation
{
    /// <summary>Ids of the credentials that were asked for; empty where any would do.</summary>
    public IReadOnlyList<byte[]> Allowed { get; init; } = [];

    /// <summary>Whose the credential is, as the authenticator knows it.</summary>
    public required byte[] UserHandle { get; init; }

    /// <summary>The authenticator has to name the user, since nobody did before.</summary>
    public bool RequiresUserHandle { get; init; }
}

/// <summary>What is known of the credential that answers.</summary>
/// <param name="BackupEligible">Null for a credential of which this was never noted.</param>
internal sealed record KnownKey(byte[] Id, byte[] PublicKey, uint SignCount, bool? BackupEligible);

internal abstract record AssertionOutcome
{
    private AssertionOutcome() { }

    public sealed record Verified(AssertionEvidence Evidence) : AssertionOutcome;

    public sealed record Rejected(CeremonyFault Fault) : AssertionOutcome;
}

/// <param name="MayBeCloned">The counter did not go up: two authenticators may have the key.</param>
internal sealed record AssertionEvidence(AuthenticatorFlags Flags, uint SignCount, bool MayBeCloned)
{
    public bool UserVerified => Flags.HasFlag(AuthenticatorFlags.UserVerified);
    public bool BackupEligible => Flags.HasFlag(AuthenticatorFlags.BackupEligible);
    public bool BackupState => Flags.HasFlag(AuthenticatorFlags.BackupState);
}

/// <summary>
/// Verifying an authentication assertion: section 7.2 of Web Authentication Level 3 from step 5 on. The caller found the key by
/// its id (step 6) and keeps the new counter (step 24). Pure, and no input makes it throw.
/// </summary>
internal static class Assertion
{
    public static AssertionOutcome Verify(AssertionExpectation expected, KnownKey known, AssertionAnswer answer)
    {
        // Step 5: one of those that were asked for.
        if (expected.Allowed.Count > 0 && !expected.Allowed.Any(a => a.AsSpan().SequenceEqual(answer.Id)) || !known.Id.AsSpan().SequenceEqual(answer.Id))
            return No(FaultKind.CredentialId, 5, "The credential is none of those that were asked for.");
        // Step 6: the user's, by the authenticator's word too.
        if (answer.UserHandle is { Length: > 0 } handle ? !CryptographicOperations.FixedTimeEquals(handle, expected.UserHandle) : expected.RequiresUserHandle)
            return No(FaultKind.UserHandle, 6, "The user handle is missing or another's.");

        // Steps 7 to 9: client data are JSON. Steps 10 to 14: what they say.
        if (ClientData.Read(answer.ClientDataJson) is not { } client) return No(FaultKind.ClientData, 9, "The client data are no JSON object with type, challenge and origin.");
        if (client.Check("webauthn.get", expected, "7.2", 10) is { } wrong) return new AssertionOutcome.Rejected(wrong);
        if (!AuthenticatorData.TryRead(answer.AuthenticatorData, out var data, out var fault)) return No(FaultKind.AuthenticatorData, 15, fault);
        if (CheckFlags(expected, known, data) is { } refused) return new AssertionOutcome.Rejected(refused);

        // Step 20: extensions that nobody asked for are ignored. Step 21: the hash. Step 22: the signature.
        var hash = SHA256.HashData(answer.ClientDataJson);
        if (CoseKey.Read(known.PublicKey) is not { } key) return No(FaultKind.PublicKey, 22, "The key that is kept is none that can be verified with.");
        if (!key.Verify([.. answer.AuthenticatorData, .. hash], answer.Signature)) return No(FaultKind.Signature, 22, "The signature is not the key's.");

        // Step 23: the counter goes up, or stays at zero for ever.
        var cloned = (data.SignCount != 0 || known.SignCount != 0) && data.SignCount <= known.SignCount;
        return new AssertionOutcome.Verified(new AssertionEvidence(data.Flags, data.SignCount, cloned));
    }

    private static CeremonyFault? CheckFlags(RelyingPartyExpectation expected, KnownKey known, AuthenticatorData data)
    {
        // Step 15: for us. Step 16: somebody was there. Step 17: and was verified, where that is asked for.
        if (!data.IsFor(expected.RpId)) return new CeremonyFault(FaultKind.RpId, "7.2:15", "The answer was made for another party than rp.id.");
        if (!data.Is(AuthenticatorFlags.UserPresent)) return new CeremonyFault(FaultKind.UserPresence, "7.2:16", "Nobody was present.");
        if (expected.RequiresUserVerification && !data.Is(AuthenticatorFlags.UserVerified)) return new CeremonyFault(FaultKind.UserVerification, "7.2:17", "The user was not verified.");
        // Step 18: only what may be backed up can be. Step 19: whether it may never changes.
        if (data.Is(AuthenticatorFlags.BackupState) && !data.Is(AuthenticatorFlags.BackupEligible)) return new CeremonyFault(FaultKind.BackupState, "7.2:18", "The credential is backed up, though it cannot be.");
        if (known.BackupEligible is { } was && was != data.Is(AuthenticatorFlags.BackupEligible)) return new CeremonyFault(FaultKind.BackupEligibility, "7.2:19", "Whether the credential may be backed up has changed since it was made.");
        return null;
    }

    private static AssertionOutcome.Rejected No(FaultKind kind, int step, string reason) => new(new CeremonyFault(kind, $"7.2:{step}", reason));
}

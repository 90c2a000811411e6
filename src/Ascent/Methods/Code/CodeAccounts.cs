using Ascent.Config;
using Ascent.Flows.Codes;
using Ascent.Identities;
using Ascent.Schemas;

namespace Ascent.Methods.Code;

/// <summary>An account and the one of its addresses that was named.</summary>
internal sealed record CodeAccount(Identity Identity, CodeRecipient To);

/// <summary>Whose account an address that somebody typed signs in to.</summary>
internal sealed class CodeAccounts(IdentityStore identities)
{
    private static readonly string[] Others = [CredentialTypes.Password, CredentialTypes.WebAuthn];

    public async Task<CodeAccount?> FindAsync(Guid nid, string typed, AscentConfig config, CancellationToken ct)
    {
        var address = Identifiers.Normalize(typed);
        if (await identities.FindByCredentialIdentifierAsync(nid, CredentialTypes.Code, address, ct) is { } match)
            return CodeAddresses.Of(match.Identity.Id, match.Credential).FirstOrDefault(a => a.Address == address) is { } to ? new CodeAccount(match.Identity, to) : null;
        // Accounts from before codes were there: what they sign in with otherwise, where it is something that a code can be sent to.
        if (!config.SelfService.Methods.Code.Config.MissingCredentialFallbackEnabled || WayTo(address) is not { } via) return null;
        return await identities.FindByCredentialIdentifierAsync(nid, Others, address, ct) is [var other, ..]
            ? new CodeAccount(other.Identity, new CodeRecipient(via, address, other.Identity.Id))
            : null;
    }

    /// <summary>Where a code would go to, if somebody had the address.</summary>
    public static CodeRecipient Nobody(string typed)
    {
        var address = Identifiers.Normalize(typed);
        return new CodeRecipient(WayTo(address) ?? AddressVias.Email, address, null);
    }

    private static string? WayTo(string address) =>
        Identifiers.NormalizePhone(address) is not null ? AddressVias.Sms : Identifiers.NormalizeEmail(address) is not null ? AddressVias.Email : null;
}

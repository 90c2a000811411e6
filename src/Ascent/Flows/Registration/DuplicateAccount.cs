using Ascent.Flows.Messages;
using Ascent.Identities;

namespace Ascent.Flows.Registration;

/// <summary>What to tell somebody whose identifier or address is taken: that, and with login_hints how its owner signs in.</summary>
internal sealed class DuplicateAccount(IdentityStore identities, RegistrationMethods methods)
{
    public async Task<UiText> MessageAsync(FlowContext c, IdentityConflict conflict)
    {
        if (await HintsAsync(c, conflict) is not { } hints) return UiMessages.Of(MessageIds.DuplicateAccount);
        return UiMessages.DuplicateAccountWithHints(conflict.Value, hints.CredentialTypes, hints.Providers);
    }

    /// <summary>How the owner signs in; null where that may not be told.</summary>
    public async Task<DuplicateHints?> HintsAsync(FlowContext c, IdentityConflict conflict)
    {
        if (!c.Config.SelfService.Flows.Registration.LoginHints || await identities.StateAsync(c.Nid, conflict.Owner, c.Ct) is not { } owner) return null;
        // Of all that the account has, as Kratos tells it: also what is no way to sign up here.
        var hints = methods.All.Select(m => m.HintFor(owner, c.Config)).OfType<LoginHint>().ToList();
        return new DuplicateHints(Sorted(hints.Select(h => h.CredentialType)), Sorted(hints.SelectMany(h => h.Providers)));
    }

    private static string[] Sorted(IEnumerable<string> texts) => [.. texts.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

/// <summary>Both sorted; the providers by their ids.</summary>
internal sealed record DuplicateHints(IReadOnlyList<string> CredentialTypes, IReadOnlyList<string> Providers);

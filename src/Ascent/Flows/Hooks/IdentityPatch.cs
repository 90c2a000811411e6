using Ascent.Identities;

namespace Ascent.Flows.Hooks;

/// <summary>
/// Members of an identity that a hook gave; null is "not given", the text <c>null</c> is none. Recovery addresses cannot be
/// given: they follow from the traits, and so do verifiable ones, of which a hook may say whether they are verified.
/// </summary>
internal sealed record IdentityPatch
{
    /// <summary>JSON text.</summary>
    public string? Traits { get; init; }

    /// <summary>JSON text.</summary>
    public string? MetadataPublic { get; init; }

    /// <summary>JSON text.</summary>
    public string? MetadataAdmin { get; init; }
    public string? SchemaId { get; init; }

    /// <summary>One of <see cref="IdentityStates"/>.</summary>
    public string? State { get; init; }

    /// <summary>Empty is none.</summary>
    public string? ExternalId { get; init; }
    public IReadOnlyList<AddressMark>? VerifiableAddresses { get; init; }

    public IdentityDraft ApplyTo(IdentityDraft draft) => draft with
    {
        Traits = Traits ?? draft.Traits,
        MetadataPublic = Given(MetadataPublic, draft.MetadataPublic),
        MetadataAdmin = Given(MetadataAdmin, draft.MetadataAdmin),
        SchemaId = SchemaId ?? draft.SchemaId,
        State = State ?? draft.State,
        ExternalId = ExternalId is null ? draft.ExternalId : ExternalId.Length == 0 ? null : ExternalId,
        Addresses = VerifiableAddresses is null ? draft.Addresses : [.. draft.Addresses.Where(a => !VerifiableAddresses.Any(b => a.Via == b.Via && a.Value == b.Value)), .. VerifiableAddresses],
        ReadTraits = draft.ReadTraits || Traits is not null || SchemaId is not null || VerifiableAddresses is not null,
    };

    private static string? Given(string? given, string? known) => given switch
    {
        null => known,
        "null" => null,
        _ => given,
    };
}

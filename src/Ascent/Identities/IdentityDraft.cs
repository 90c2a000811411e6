using System.Collections.Immutable;
using Ascent.Http;

namespace Ascent.Identities;

/// <summary>
/// An identity as a caller wants it to be, whole. What follows from it (identifiers, addresses, the available level) the writer works out.
/// </summary>
internal sealed record IdentityDraft
{
    public required string SchemaId { get; init; }
    public string State { get; init; } = IdentityStates.Active;

    /// <summary>JSON text.</summary>
    public string Traits { get; init; } = "{}";
    public string? MetadataPublic { get; init; }
    public string? MetadataAdmin { get; init; }
    public string? ExternalId { get; init; }
    public Guid? OrganizationId { get; init; }

    /// <summary>Type to config (a JSON object with readable secrets).</summary>
    public ImmutableSortedDictionary<string, string> Credentials { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>What is known of verifiable addresses; those that no trait backs are left out.</summary>
    public IReadOnlyList<AddressMark> Addresses { get; init; } = [];

    /// <summary>
    /// Whether the traits are checked and identifiers and addresses taken from them anew. Off where only a credential or an address
    /// changes, so that an identity whose schema has become stricter can still use a backup code.
    /// </summary>
    public bool ReadTraits { get; init; } = true;

    /// <summary>Ids and times that are brought along; null where they are made here. For new identities only.</summary>
    public ExactFacts? Exact { get; init; }

    public static IdentityDraft From(IdentityState state) => new()
    {
        SchemaId = state.Identity.SchemaId,
        State = state.Identity.State,
        Traits = state.Identity.Traits,
        MetadataPublic = state.Identity.MetadataPublic,
        MetadataAdmin = state.Identity.MetadataAdmin,
        ExternalId = state.Identity.ExternalId,
        OrganizationId = state.Identity.OrganizationId,
        Credentials = state.Credentials.Values.ToImmutableSortedDictionary(c => c.Type, c => c.Config, StringComparer.Ordinal),
    };

    public IdentityDraft With(string type, string config) => this with { Credentials = Credentials.SetItem(type, config) };

    public IdentityDraft Without(string type) => this with { Credentials = Credentials.Remove(type) };
}

/// <summary>What is known of an address. A null status follows from <paramref name="Verified"/>.</summary>
internal sealed record AddressMark(string Via, string Value, bool Verified, string? Status = null, DateTimeOffset? VerifiedAt = null);

/// <summary>What a caller makes of the state it was shown; it may be asked again with a newer one.</summary>
internal abstract record IdentityEdit
{
    private IdentityEdit() { }

    public sealed record Apply(IdentityDraft Draft) : IdentityEdit
    {
        /// <summary>Told instead of <c>identity.updated</c>.</summary>
        public Ascent.Events.Event? Event { get; init; }
    }

    public sealed record Refuse(ApiError Error) : IdentityEdit;
}

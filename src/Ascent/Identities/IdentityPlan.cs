namespace Ascent.Identities;

/// <summary>What a write will leave behind, worked out before the transaction.</summary>
internal sealed record IdentityPlan(IdentityState? Before, IdentityState After, IReadOnlyList<VerifiableAddress> Verifiable, IReadOnlyList<RecoveryAddress> Recovery)
{
    /// <summary>Its ids were made elsewhere, so somebody may have them already.</summary>
    public bool BringsIds { get; init; }

    public bool ChangesNothing => Changes.Count == 0;

    /// <summary>What differs, by names for the audit: never values.</summary>
    public IReadOnlyList<string> Changes { get; } = [.. Differences(Before, After)];

    private static IEnumerable<string> Differences(IdentityState? before, IdentityState after)
    {
        if (before is null) yield break;
        var (a, b) = (before.Identity, after.Identity);
        if (a.SchemaId != b.SchemaId) yield return "schema_id";
        if (a.State != b.State) yield return "state";
        if (a.Traits != b.Traits) yield return "traits";
        if (a.MetadataPublic != b.MetadataPublic) yield return "metadata_public";
        if (a.MetadataAdmin != b.MetadataAdmin) yield return "metadata_admin";
        if (a.ExternalId != b.ExternalId) yield return "external_id";
        if (a.OrganizationId != b.OrganizationId) yield return "organization_id";
        if (a.VerifiableAddressesJson != b.VerifiableAddressesJson) yield return "verifiable_addresses";
        if (a.RecoveryAddressesJson != b.RecoveryAddressesJson) yield return "recovery_addresses";
        foreach (var type in before.Credentials.Keys.Union(after.Credentials.Keys).Order(StringComparer.Ordinal))
            if (!before.Credentials.TryGetValue(type, out var x) || !after.Credentials.TryGetValue(type, out var y) || !ReferenceEquals(x, y))
                yield return $"credentials.{type}";
        if (a.AvailableAal != b.AvailableAal) yield return "available_aal";
    }
}

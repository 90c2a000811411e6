using Ascent.Storage;

namespace Ascent.Identities;

/// <summary>Columns in the order in which rows are read; the aliases are i (identity), c (credential), a (address).</summary>
internal static class IdentityRow
{
    public const string Columns = "i.id, i.version, i.schema_id, i.state, i.state_changed_at, i.traits, i.metadata_public, i.metadata_admin, i.verifiable_addresses, i.recovery_addresses, i.available_aal, i.external_id, i.organization_id, i.created_at, i.updated_at";
    public const int Count = 15;

    public const string CredentialColumns = "c.type, c.config, c.version, c.created_at, c.updated_at";
    public const int CredentialCount = 5;

    public const string AddressColumns = "a.id, a.identity_id, a.via, a.value, a.verified, a.status, a.verified_at, a.created_at, a.updated_at";

    /// <summary>One row of a credential joined with its identifiers.</summary>
    public sealed record CredentialPart(string Type, string Config, int Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? Identifier);

    public static Identity Read(Row r, int at = 0) => new()
    {
        Id = r.Guid(at),
        Version = r.Long(at + 1),
        SchemaId = r.Text(at + 2),
        State = r.Text(at + 3),
        StateChangedAt = r.Time(at + 4),
        Traits = r.Text(at + 5),
        MetadataPublic = r.TextOrNull(at + 6),
        MetadataAdmin = r.TextOrNull(at + 7),
        VerifiableAddressesJson = r.Text(at + 8),
        RecoveryAddressesJson = r.Text(at + 9),
        AvailableAal = r.Text(at + 10),
        ExternalId = r.TextOrNull(at + 11),
        OrganizationId = r.GuidOrNull(at + 12),
        CreatedAt = r.Time(at + 13),
        UpdatedAt = r.Time(at + 14),
    };

    /// <summary>The credential's columns, then the identifier's.</summary>
    public static CredentialPart ReadCredential(Row r, int at) =>
        new(r.Text(at), r.Text(at + 1), r.Int(at + 2), r.Time(at + 3), r.Time(at + 4), r.TextOrNull(at + CredentialCount));

    public static VerifiableAddress ReadVerifiable(Row r) => new()
    {
        Id = r.Guid(0), IdentityId = r.Guid(1), Via = r.Text(2), Value = r.Text(3), Verified = r.Bool(4), Status = r.Text(5),
        VerifiedAt = r.TimeOrNull(6), CreatedAt = r.Time(7), UpdatedAt = r.Time(8),
    };

    public static RecoveryAddress ReadRecovery(Row r) => new()
    {
        Id = r.Guid(0), IdentityId = r.Guid(1), Via = r.Text(2), Value = r.Text(3), CreatedAt = r.Time(7), UpdatedAt = r.Time(8),
    };
}

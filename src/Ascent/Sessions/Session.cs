using System.Text;
using Ascent.Storage;

namespace Ascent.Sessions;

/// <summary>
/// A session as it is stored. Lists of methods and devices stay in the JSON that clients are shown; who needs them as objects
/// gets them parsed on first use.
/// </summary>
internal sealed record Session
{
    private IReadOnlyList<AuthenticationMethod>? methods;
    private IReadOnlyList<Device>? devices;

    public required Guid Id { get; init; }
    public required Guid IdentityId { get; init; }

    /// <summary>Not revoked; whether it is good for anything is for <see cref="IsActive"/> to say.</summary>
    public required bool Active { get; init; }

    /// <summary>The level by <see cref="SessionAal.Of"/>, as of the last change.</summary>
    public required string Aal { get; init; }

    public required ReadOnlyMemory<byte> MethodsJson { get; init { field = value; methods = null; } }
    public required ReadOnlyMemory<byte> DevicesJson { get; init { field = value; devices = null; } }
    public required DateTimeOffset AuthenticatedAt { get; init; }
    public required DateTimeOffset IssuedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required DateTimeOffset UsedAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When it ends unless it is used before; see <see cref="SessionIdle"/>.</summary>
    public DateTimeOffset RestsUntil { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>Opened by a token that a rotation replaced; such a token is given out no more.</summary>
    public bool ByRetiredToken { get; init; }

    /// <summary>Whose session it is; null where it was read without.</summary>
    public SessionIdentity? Identity { get; init; }

    public IReadOnlyList<AuthenticationMethod> Methods => methods ??= AuthenticationMethod.Parse(MethodsJson);
    public IReadOnlyList<Device> Devices => devices ??= Device.Parse(DevicesJson);

    /// <summary>Neither revoked nor expired nor left idle, whatever the identity's state.</summary>
    public bool IsOpen(DateTimeOffset now) => Active && ExpiresAt > now && RestsUntil > now;

    /// <summary>The same, and its identity, where it is known, not disabled.</summary>
    public bool IsActive(DateTimeOffset now) => IsOpen(now) && Identity is null or { IsActive: true };

    public bool Equals(Session? other) => other is not null && Id == other.Id && UpdatedAt == other.UpdatedAt && Active == other.Active;
    public override int GetHashCode() => Id.GetHashCode();
}

/// <summary>What a session shows of its identity: never credentials, never metadata_admin. The texts are JSON as stored.</summary>
internal sealed record SessionIdentity
{
    public const string ActiveState = "active";

    public required Guid Id { get; init; }
    public required string SchemaId { get; init; }
    public required string State { get; init; }
    public required DateTimeOffset StateChangedAt { get; init; }
    public required ReadOnlyMemory<byte> Traits { get; init; }

    /// <summary>Empty where there is none.</summary>
    public required ReadOnlyMemory<byte> MetadataPublic { get; init; }
    public required ReadOnlyMemory<byte> VerifiableAddresses { get; init; }
    public required ReadOnlyMemory<byte> RecoveryAddresses { get; init; }

    /// <summary>The highest level that the identity's credentials can reach.</summary>
    public required string AvailableAal { get; init; }
    public string? ExternalId { get; init; }
    public Guid? OrganizationId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public bool IsActive => State == ActiveState;
}

/// <summary>Rows of sessions and of what they show of identities, always with these columns in this order.</summary>
internal static class SessionRows
{
    public const string Session = "s.id, s.identity_id, s.active, s.aal, s.methods, s.devices, s.authenticated_at, s.issued_at, s.expires_at, s.used_at, s.created_at, s.updated_at";

    public const string Identity = "i.id, i.schema_id, i.state, i.state_changed_at, i.traits, i.metadata_public, i.verifiable_addresses, i.recovery_addresses, i.available_aal, i.external_id, i.organization_id, i.created_at, i.updated_at";

    private const int IdentityAt = 12;

    public static Session Read(Row r) => new()
    {
        Id = r.Guid(0), IdentityId = r.Guid(1), Active = r.Bool(2), Aal = r.Text(3), MethodsJson = Utf8(r.Text(4)), DevicesJson = Utf8(r.Text(5)),
        AuthenticatedAt = r.Time(6), IssuedAt = r.Time(7), ExpiresAt = r.Time(8), UsedAt = r.Time(9), CreatedAt = r.Time(10), UpdatedAt = r.Time(11),
    };

    public static Session ReadWithIdentity(Row r) => Read(r) with { Identity = ReadIdentity(r, IdentityAt) };

    public static SessionIdentity ReadIdentity(Row r, int at = 0) => new()
    {
        Id = r.Guid(at), SchemaId = r.Text(at + 1), State = r.Text(at + 2), StateChangedAt = r.Time(at + 3), Traits = Utf8(r.Text(at + 4)),
        MetadataPublic = Utf8(r.TextOrNull(at + 5)), VerifiableAddresses = Utf8(r.Text(at + 6)), RecoveryAddresses = Utf8(r.Text(at + 7)),
        AvailableAal = r.Text(at + 8), ExternalId = r.TextOrNull(at + 9), OrganizationId = r.GuidOrNull(at + 10), CreatedAt = r.Time(at + 11), UpdatedAt = r.Time(at + 12),
    };

    private static byte[] Utf8(string? text) => text is null ? [] : Encoding.UTF8.GetBytes(text);
}

using Ascent.Schemas;

namespace Ascent.Identities;

/// <summary>
/// A person or thing that can sign in, as it stood at <see cref="Version"/>. Traits and metadata are JSON texts of any kind;
/// the addresses are kept as the JSON that clients see, so that a session's answer takes them over unread.
/// </summary>
internal sealed record Identity
{
    public required Guid Id { get; init; }

    /// <summary>Grows with every change; a write names the one it saw.</summary>
    public required long Version { get; init; }

    public required string SchemaId { get; init; }

    /// <summary>One of <see cref="IdentityStates"/>.</summary>
    public required string State { get; init; }
    public required DateTimeOffset StateChangedAt { get; init; }

    /// <summary>JSON text.</summary>
    public required string Traits { get; init; }

    /// <summary>JSON text of any kind, or null for none.</summary>
    public string? MetadataPublic { get; init; }

    /// <summary>JSON text of any kind, or null for none. Never shown on the public listener.</summary>
    public string? MetadataAdmin { get; init; }

    /// <summary>The array that clients see.</summary>
    public required string VerifiableAddressesJson { get; init; }

    /// <summary>The array that clients see.</summary>
    public required string RecoveryAddressesJson { get; init; }

    /// <summary>aal0, aal1 or aal2: the most that its credentials can prove, as of the last write.</summary>
    public required string AvailableAal { get; init; }

    public string? ExternalId { get; init; }
    public Guid? OrganizationId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public bool IsActive => State == IdentityStates.Active;

    public IReadOnlyList<VerifiableAddress> VerifiableAddresses => AddressJson.ReadVerifiable(VerifiableAddressesJson, Id);
    public IReadOnlyList<RecoveryAddress> RecoveryAddresses => AddressJson.ReadRecovery(RecoveryAddressesJson, Id);
}

internal static class IdentityStates
{
    public const string Active = "active";
    public const string Inactive = "inactive";

    public static bool IsOne(string state) => state is Active or Inactive;
}

/// <summary>How an address is reached.</summary>
internal static class AddressVias
{
    public const string Email = "email";
    public const string Sms = "sms";

    public static bool IsOne(string via) => via is Email or Sms;

    public static string Of(AddressVia via) => via == AddressVia.Email ? Email : Sms;
}

internal static class AddressStatuses
{
    public const string Pending = "pending";
    public const string Sent = "sent";
    public const string Completed = "completed";

    public static bool IsOne(string status) => status is Pending or Sent or Completed;
}

/// <summary>An address that can be proved to belong to the identity; one identity alone may have it.</summary>
internal sealed record VerifiableAddress
{
    public required Guid Id { get; init; }
    public required Guid IdentityId { get; init; }
    public required string Via { get; init; }

    /// <summary>Normalised.</summary>
    public required string Value { get; init; }
    public bool Verified { get; init; }

    /// <summary>One of <see cref="AddressStatuses"/>.</summary>
    public string Status { get; init; } = AddressStatuses.Pending;
    public DateTimeOffset? VerifiedAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>An address that a lost account is recovered by; one identity alone may have it.</summary>
internal sealed record RecoveryAddress
{
    public required Guid Id { get; init; }
    public required Guid IdentityId { get; init; }
    public required string Via { get; init; }

    /// <summary>Normalised.</summary>
    public required string Value { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

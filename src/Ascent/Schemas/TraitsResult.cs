using System.Text.Json;

namespace Ascent.Schemas;

internal enum AddressVia { Email, Sms }

internal sealed record TraitAddress(string Value, AddressVia Via);

/// <summary>What an identity's traits say, normalised, each list sorted and without repetitions.</summary>
internal sealed record TraitFacts
{
    public static TraitFacts None { get; } = new();

    public IReadOnlyList<string> PasswordIdentifiers { get; init; } = [];
    public IReadOnlyList<string> WebAuthnIdentifiers { get; init; } = [];
    public IReadOnlyList<TraitAddress> CodeAddresses { get; init; } = [];
    public IReadOnlyList<TraitAddress> VerifiableAddresses { get; init; } = [];
    public IReadOnlyList<TraitAddress> RecoveryAddresses { get; init; } = [];

    /// <summary>As given, in the order of the value.</summary>
    public IReadOnlyList<string> PasskeyDisplayNames { get; init; } = [];

    public string? TotpAccountName { get; init; }
}

/// <summary>Traits checked against a schema: either errors, or the facts and the traits with telephone numbers in E.164.</summary>
internal sealed record TraitsResult(JsonElement Traits, TraitFacts Facts, IReadOnlyList<SchemaError> Errors)
{
    public bool IsValid => Errors.Count == 0;

    /// <summary>The errors in the administrator's form, one a line.</summary>
    public string Reason => SchemaError.Describe(Errors);
}

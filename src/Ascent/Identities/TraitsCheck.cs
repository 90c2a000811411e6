using System.Text.Json;

namespace Ascent.Identities;

/// <summary>Traits as the identity's schema sees them.</summary>
internal delegate TraitsVerdict TraitsCheck(string schemaId, JsonElement traits);

/// <summary>An address as the wire names its way.</summary>
internal sealed record TraitTarget(string Via, string Value);

internal abstract record TraitsVerdict
{
    private TraitsVerdict() { }

    public sealed record UnknownSchema : TraitsVerdict;

    public sealed record Invalid(string Reason) : TraitsVerdict;

    /// <summary>The traits, telephone numbers normalised, and what they declare. A null list: the schema declares no such thing.</summary>
    public sealed record Valid(JsonElement Traits) : TraitsVerdict
    {
        public IReadOnlyList<string>? PasswordIdentifiers { get; init; }
        public IReadOnlyList<string>? WebAuthnIdentifiers { get; init; }
        public IReadOnlyList<TraitTarget>? CodeAddresses { get; init; }
        public IReadOnlyList<TraitTarget> Verifiable { get; init; } = [];
        public IReadOnlyList<TraitTarget> Recovery { get; init; } = [];
    }
}

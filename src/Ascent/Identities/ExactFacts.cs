namespace Ascent.Identities;

/// <summary>
/// What an identity brings along that is otherwise made here: ids and times. Only an import that asks for it says them, so that
/// other systems that know the identity by its id go on knowing it.
/// </summary>
internal sealed record ExactFacts
{
    public required Guid Id { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public DateTimeOffset? StateChangedAt { get; init; }
    public IReadOnlyDictionary<string, ExactCredential> Credentials { get; init; } = new Dictionary<string, ExactCredential>(StringComparer.Ordinal);
    public IReadOnlyList<ExactAddress> Verifiable { get; init; } = [];
    public IReadOnlyList<ExactAddress> Recovery { get; init; } = [];

    public Credential Of(Credential credential) => !Credentials.TryGetValue(credential.Type, out var known) ? credential : credential with
    {
        // What the schema no longer declares cannot be worked out from the traits, so it is taken over.
        Identifiers = credential.Identifiers.Count > 0 ? credential.Identifiers : known.Identifiers,
        CreatedAt = known.CreatedAt ?? credential.CreatedAt, UpdatedAt = known.UpdatedAt ?? credential.UpdatedAt,
    };

    public VerifiableAddress Of(VerifiableAddress a) => Find(Verifiable, a.Via, a.Value) is not { } known ? a :
        a with { Id = known.Id ?? a.Id, CreatedAt = known.CreatedAt ?? a.CreatedAt, UpdatedAt = known.UpdatedAt ?? a.UpdatedAt };

    public RecoveryAddress Of(RecoveryAddress a) => Find(Recovery, a.Via, a.Value) is not { } known ? a :
        a with { Id = known.Id ?? a.Id, CreatedAt = known.CreatedAt ?? a.CreatedAt, UpdatedAt = known.UpdatedAt ?? a.UpdatedAt };

    private static ExactAddress? Find(IReadOnlyList<ExactAddress> all, string via, string value) => all.FirstOrDefault(a => a.Via == via && a.Value == value);
}

internal sealed record ExactCredential(IReadOnlyList<string> Identifiers, DateTimeOffset? CreatedAt, DateTimeOffset? UpdatedAt);

/// <param name="Value">Normalised.</param>
internal sealed record ExactAddress(string Via, string Value, Guid? Id, DateTimeOffset? CreatedAt, DateTimeOffset? UpdatedAt);

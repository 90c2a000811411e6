using System.Text.Json;
using Ascent.Config;
using Ascent.Http;
using Ascent.Schemas;
using Ascent.Storage;

namespace Ascent.Identities;

/// <summary>
/// Works out what a draft comes to: traits checked, identifiers and addresses taken from them, what was known of an address
/// kept as long as the traits name it, the available level.
/// </summary>
internal sealed class IdentityPlanner(SchemaStore schemas, ConfigStore config, TimeProvider time)
{
    private const int LongestIdentifier = 512, MostIdentifiers = 1000;
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    /// <summary>A plan, or why there is none.</summary>
    public (IdentityPlan? Plan, IdentityWrite? Failure) Plan(IdentityState? before, IdentityDraft draft)
    {
        DeclaredTraits? facts = null;
        var schemaId = draft.SchemaId;
        if (draft.ReadTraits || before is null)
        {
            if (schemas.Current.FindByPath(draft.SchemaId) is not { } schema) return (null, new IdentityWrite.UnknownSchema(draft.SchemaId));
            var result = schema.Validate(JsonElement.Parse(draft.Traits, Deep));
            if (!result.IsValid) return (null, new IdentityWrite.InvalidTraits(result));
            schemaId = schema.Id; // It may be spelt as in schema_url.
            facts = new DeclaredTraits(result.Traits, result.Facts, schema.Declared);
        }
        var now = Instant.Truncate(time.GetUtcNow());
        var exact = before is null ? draft.Exact : null;
        var id = before?.Identity.Id ?? exact?.Id ?? Guid.CreateVersion7(now);
        var credentials = CredentialPlan.Of(id, before, draft, facts, now);
        if (exact is not null) credentials = credentials.ToDictionary(c => c.Key, c => exact.Of(c.Value), StringComparer.Ordinal);
        if (TooMuch(credentials.Values) is { } refusal) return (null, new IdentityWrite.Refused(refusal));
        IReadOnlyList<VerifiableAddress> verifiable = facts is null ? Marked(before!.Identity.VerifiableAddresses, draft.Addresses, now) : Verifiable(id, before, draft, facts, now);
        var recovery = facts is null ? before!.Identity.RecoveryAddresses : Recovery(id, before, facts, now);
        if (exact is not null) (verifiable, recovery) = ([.. verifiable.Select(exact.Of)], [.. recovery.Select(exact.Of)]);
        var after = new Identity
        {
            Id = id,
            Version = (before?.Identity.Version ?? 0) + 1,
            SchemaId = schemaId,
            State = draft.State,
            StateChangedAt = before is { } b && b.Identity.State == draft.State ? b.Identity.StateChangedAt : exact?.StateChangedAt ?? now,
            Traits = facts is null ? draft.Traits : JsonText.Of(facts.Traits),
            MetadataPublic = draft.MetadataPublic,
            MetadataAdmin = draft.MetadataAdmin,
            ExternalId = draft.ExternalId,
            OrganizationId = draft.OrganizationId,
            VerifiableAddressesJson = AddressJson.Write(verifiable),
            RecoveryAddressesJson = AddressJson.Write(recovery),
            AvailableAal = AvailableAal.Of(credentials.Values, config.Current),
            CreatedAt = before?.Identity.CreatedAt ?? exact?.CreatedAt ?? now,
            UpdatedAt = exact?.UpdatedAt ?? now,
        };
        return (new IdentityPlan(before, new IdentityState(after, credentials), verifiable, recovery) { BringsIds = exact is not null }, null);
    }

    public string AvailableAalOf(IEnumerable<Credential> credentials) => AvailableAal.Of(credentials, config.Current);

    /// <summary>What neither engine could keep in an index, and lists that only an attacker would send.</summary>
    private static ApiError? TooMuch(IEnumerable<Credential> credentials)
    {
        foreach (var credential in credentials)
        {
            if (credential.Identifiers.Count > MostIdentifiers)
                return ApiError.BadRequest($"The {credential.Type} credential would have {credential.Identifiers.Count} identifiers; at most {MostIdentifiers} are possible.");
            if (credential.Identifiers.Any(i => i.Length > LongestIdentifier))
                return ApiError.BadRequest($"An identifier of the {credential.Type} credential is longer than {LongestIdentifier} characters.");
        }
        return null;
    }

    private static List<VerifiableAddress> Verifiable(Guid id, IdentityState? before, IdentityDraft draft, DeclaredTraits facts, DateTimeOffset now)
    {
        var known = before?.Identity.VerifiableAddresses ?? [];
        var wanted = facts.Facts.VerifiableAddresses.Select(t => known.FirstOrDefault(a => a.Via == AddressVias.Of(t.Via) && a.Value == t.Value) ?? new VerifiableAddress
        {
            Id = Guid.CreateVersion7(now), IdentityId = id, Via = AddressVias.Of(t.Via), Value = t.Value, CreatedAt = now, UpdatedAt = now,
        });
        return Marked(wanted, draft.Addresses, now);
    }

    private static List<VerifiableAddress> Marked(IEnumerable<VerifiableAddress> addresses, IReadOnlyList<AddressMark> marks, DateTimeOffset now) =>
        [.. addresses.Select(a => marks.LastOrDefault(m => m.Via == a.Via && m.Value == a.Value) is { } mark ? Marked(a, mark, now) : a)];

    private static VerifiableAddress Marked(VerifiableAddress a, AddressMark mark, DateTimeOffset now)
    {
        var changed = a with
        {
            Verified = mark.Verified,
            Status = mark.Status ?? (mark.Verified ? AddressStatuses.Completed : AddressStatuses.Pending),
            VerifiedAt = mark.Verified ? mark.VerifiedAt ?? a.VerifiedAt ?? now : null,
        };
        return changed == a ? a : changed with { UpdatedAt = now };
    }

    private static List<RecoveryAddress> Recovery(Guid id, IdentityState? before, DeclaredTraits facts, DateTimeOffset now)
    {
        var known = before?.Identity.RecoveryAddresses ?? [];
        return [.. facts.Facts.RecoveryAddresses.Select(t => known.FirstOrDefault(a => a.Via == AddressVias.Of(t.Via) && a.Value == t.Value) ?? new RecoveryAddress
        {
            Id = Guid.CreateVersion7(now), IdentityId = id, Via = AddressVias.Of(t.Via), Value = t.Value, CreatedAt = now, UpdatedAt = now,
        })];
    }
}

/// <summary>Checked traits, what they say, and what their schema knows at all.</summary>
internal sealed record DeclaredTraits(JsonElement Traits, TraitFacts Facts, TraitRole Declared);

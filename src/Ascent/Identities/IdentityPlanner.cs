using System.Text.Json;
using Ascent.Config;
using Ascent.Storage;

namespace Ascent.Identities;

/// <summary>
/// Works out what a draft comes to: traits checked, identifiers and addresses taken from them, what was known of an address
/// kept as long as the traits name it, the available level.
/// </summary>
internal sealed class IdentityPlanner(TraitsCheck check, ConfigStore config, TimeProvider time)
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    /// <summary>A plan, or why there is none.</summary>
    public (IdentityPlan? Plan, IdentityWrite? Failure) Plan(IdentityState? before, IdentityDraft draft)
    {
        TraitsVerdict.Valid? facts = null;
        if (draft.ReadTraits || before is null)
            switch (check(draft.SchemaId, JsonElement.Parse(draft.Traits, Deep)))
            {
                case TraitsVerdict.UnknownSchema: return (null, new IdentityWrite.UnknownSchema(draft.SchemaId));
                case TraitsVerdict.Invalid invalid: return (null, new IdentityWrite.InvalidTraits(invalid));
                case TraitsVerdict.Valid valid: facts = valid; break;
            }
        var now = Instant.Truncate(time.GetUtcNow());
        var id = before?.Identity.Id ?? Guid.CreateVersion7(now);
        var credentials = CredentialPlan.Of(id, before, draft, facts, now);
        var verifiable = facts is null ? Marked(before!.Identity.VerifiableAddresses, draft.Addresses, now) : Verifiable(id, before, draft, facts, now);
        var recovery = facts is null ? before!.Identity.RecoveryAddresses : Recovery(id, before, facts, now);
        var after = new Identity
        {
            Id = id,
            Version = (before?.Identity.Version ?? 0) + 1,
            SchemaId = draft.SchemaId,
            State = draft.State,
            StateChangedAt = before is { } b && b.Identity.State == draft.State ? b.Identity.StateChangedAt : now,
            Traits = facts is null ? draft.Traits : JsonText.Of(facts.Traits),
            MetadataPublic = draft.MetadataPublic,
            MetadataAdmin = draft.MetadataAdmin,
            ExternalId = draft.ExternalId,
            OrganizationId = draft.OrganizationId,
            VerifiableAddressesJson = AddressJson.Write(verifiable),
            RecoveryAddressesJson = AddressJson.Write(recovery),
            AvailableAal = AvailableAal.Of(credentials.Values, config.Current),
            CreatedAt = before?.Identity.CreatedAt ?? now,
            UpdatedAt = now,
        };
        return (new IdentityPlan(before, new IdentityState(after, credentials), verifiable, recovery), null);
    }

    private static List<VerifiableAddress> Verifiable(Guid id, IdentityState? before, IdentityDraft draft, TraitsVerdict.Valid facts, DateTimeOffset now)
    {
        var known = before?.Identity.VerifiableAddresses ?? [];
        var wanted = facts.Verifiable.Select(t => known.FirstOrDefault(a => a.Via == t.Via && a.Value == t.Value) ?? new VerifiableAddress
        {
            Id = Guid.CreateVersion7(now), IdentityId = id, Via = t.Via, Value = t.Value, CreatedAt = now, UpdatedAt = now,
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

    private static List<RecoveryAddress> Recovery(Guid id, IdentityState? before, TraitsVerdict.Valid facts, DateTimeOffset now)
    {
        var known = before?.Identity.RecoveryAddresses ?? [];
        return [.. facts.Recovery.Select(t => known.FirstOrDefault(a => a.Via == t.Via && a.Value == t.Value) ?? new RecoveryAddress
        {
            Id = Guid.CreateVersion7(now), IdentityId = id, Via = t.Via, Value = t.Value, CreatedAt = now, UpdatedAt = now,
        })];
    }
}

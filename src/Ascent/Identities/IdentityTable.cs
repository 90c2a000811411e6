using Ascent.Storage;

namespace Ascent.Identities;

/// <summary>The statements that change identities. Address rows and the JSON folded into the identity change together, here alone.</summary>
internal sealed class IdentityTable(CredentialSecrets secrets)
{
    private static readonly string[] ToldFirst = ["identifier", "address", "external_id"];

    /// <summary>Somebody else who has one of the values that the plan adds.</summary>
    public static async Task<IdentityConflict?> FindConflictAsync(Tx tx, Guid nid, IdentityPlan plan, CancellationToken ct)
    {
        var id = plan.After.Identity.Id;
        if (plan.BringsIds && await FindTakenIdAsync(tx, nid, plan, ct) is { } taken) return taken;
        var identifiers = plan.After.Credentials.Values.SelectMany(c => c.Identifiers.Select(i => (c.Type, Identifier: i))).ToHashSet();
        var addresses = plan.Verifiable.Select(a => (Kind: "verifiable", a.Via, a.Value)).Concat(plan.Recovery.Select(a => (Kind: "recovery", a.Via, a.Value))).ToHashSet();
        var found = await tx.ReadAsync(new Sql("""
            select 'identifier', f.type, '', f.identifier, f.identity_id from credential_identifier f
            where f.nid = @nid and f.identifier = any(@identifiers) and f.identity_id <> @id
            union all
            select 'address', a.kind, a.via, a.value, a.identity_id from address a
            where a.nid = @nid and a.kind in ('verifiable', 'recovery') and a.via in ('email', 'sms') and a.value = any(@values) and a.identity_id <> @id
            union all
            select 'external_id', '', '', i.external_id, i.id from identity i
            where i.nid = @nid and i.external_id = @external and i.id <> @id
            """, ("nid", nid), ("id", id), ("identifiers", identifiers.Select(i => i.Identifier).Distinct(StringComparer.Ordinal).ToArray()),
            ("values", addresses.Select(a => a.Value).Distinct(StringComparer.Ordinal).ToArray()), ("external", plan.After.Identity.ExternalId ?? "")),
            r => (What: r.Text(0), Kind: r.Text(1), Via: r.Text(2), Value: r.Text(3), Owner: r.Guid(4)), ct);
        // The engines give them in orders of their own; who asks twice is told the same.
        foreach (var f in found.OrderBy(f => Array.IndexOf(ToldFirst, f.What)).ThenBy(f => f.Kind, StringComparer.Ordinal).ThenBy(f => f.Value, StringComparer.Ordinal))
            if (f.What == "external_id" || (f.What == "identifier" ? identifiers.Contains((f.Kind, f.Value)) : addresses.Contains((f.Kind, f.Via, f.Value))))
                return new IdentityConflict(f.What, f.Kind, f.Value, f.Owner);
        return null;
    }

    private static async Task<IdentityConflict?> FindTakenIdAsync(Tx tx, Guid nid, IdentityPlan plan, CancellationToken ct)
    {
        var id = plan.After.Identity.Id;
        Guid[] addresses = [.. plan.Verifiable.Select(a => a.Id), .. plan.Recovery.Select(a => a.Id)];
        var found = await tx.ReadAsync(new Sql("""
            select 'id', i.id from identity i where i.nid = @nid and i.id = @id
            union all
            select 'address_id', a.identity_id from address a where a.nid = @nid and a.id = any(@addresses)
            """, ("nid", nid), ("id", id), ("addresses", SqlValue.Of(addresses))), r => (What: r.Text(0), Owner: r.Guid(1)), ct);
        var first = found.OrderByDescending(f => f.What, StringComparer.Ordinal).Select(f => ((string, Guid)?)f).FirstOrDefault();
        return first is var (what, owner) ? new IdentityConflict(what, "", "", owner) : null;
    }

    public async Task InsertAsync(Tx tx, Guid nid, IdentityPlan plan, CancellationToken ct)
    {
        await tx.ExecuteAsync(new Sql("""
            insert into identity (nid, id, version, schema_id, state, state_changed_at, traits, metadata_public, metadata_admin, verifiable_addresses, recovery_addresses, available_aal, external_id, organization_id, created_at, updated_at)
            values (@nid, @id, @version, @schema, @state, @changed, @traits, @public, @admin, @verifiable, @recovery, @aal, @external, @organization, @created, @updated)
            """, [.. Values(nid, plan.After.Identity), ("created", plan.After.Identity.CreatedAt)]), ct);
        await WritePartsAsync(tx, nid, plan, ct);
    }

    /// <summary>False where another write came first.</summary>
    public async Task<bool> ReplaceAsync(Tx tx, Guid nid, IdentityPlan plan, CancellationToken ct)
    {
        var rows = await tx.ExecuteAsync(new Sql("""
            update identity set version = @version, schema_id = @schema, state = @state, state_changed_at = @changed, traits = @traits,
                metadata_public = @public, metadata_admin = @admin, verifiable_addresses = @verifiable, recovery_addresses = @recovery,
                available_aal = @aal, external_id = @external, organization_id = @organization, updated_at = @updated
            where nid = @nid and id = @id and version = @seen
            """, [.. Values(nid, plan.After.Identity), ("seen", plan.Before!.Identity.Version)]), ct);
        if (rows == 0) return false;
        await WritePartsAsync(tx, nid, plan, ct);
        return true;
    }

    public static Task<int> DeleteAsync(Tx tx, Guid nid, Guid id, CancellationToken ct) =>
        tx.ExecuteAsync(new Sql("delete from identity where nid = @nid and id = @id", ("nid", nid), ("id", id)), ct);

    private static (string, SqlValue)[] Values(Guid nid, Identity i) =>
    [
        ("nid", nid), ("id", i.Id), ("version", i.Version), ("schema", i.SchemaId), ("state", i.State), ("changed", i.StateChangedAt), ("traits", i.Traits),
        ("public", i.MetadataPublic), ("admin", i.MetadataAdmin), ("verifiable", i.VerifiableAddressesJson), ("recovery", i.RecoveryAddressesJson),
        ("aal", i.AvailableAal), ("external", i.ExternalId), ("organization", i.OrganizationId), ("updated", i.UpdatedAt),
    ];

    private async Task WritePartsAsync(Tx tx, Guid nid, IdentityPlan plan, CancellationToken ct)
    {
        var id = plan.After.Identity.Id;
        await WriteCredentialsAsync(tx, nid, id, plan, ct);
        await WriteAddressesAsync(tx, nid, id, "verifiable", plan.Before?.Identity.VerifiableAddresses ?? [], plan.Verifiable, ct);
        await WriteAddressesAsync(tx, nid, id, "recovery", [.. (plan.Before?.Identity.RecoveryAddresses ?? []).Select(AsRow)], [.. plan.Recovery.Select(AsRow)], ct);
    }

    private async Task WriteCredentialsAsync(Tx tx, Guid nid, Guid id, IdentityPlan plan, CancellationToken ct)
    {
        var before = plan.Before?.Credentials ?? new Dictionary<string, Credential>(StringComparer.Ordinal);
        var gone = before.Keys.Where(t => !plan.After.Credentials.ContainsKey(t)).ToArray();
        if (gone.Length > 0)
            await tx.ExecuteAsync(new Sql("delete from credential where nid = @nid and identity_id = @id and type = any(@types)", ("nid", nid), ("id", id), ("types", gone)), ct);
        foreach (var credential in plan.After.Credentials.Values)
        {
            var known = before.GetValueOrDefault(credential.Type);
            if (ReferenceEquals(known, credential)) continue;
            await tx.ExecuteAsync(new Sql("""
                insert into credential (nid, identity_id, type, id, config, version, created_at, updated_at)
                values (@nid, @id, @type, @credential, @config, @version, @created, @updated)
                on conflict (nid, identity_id, type) do update set config = excluded.config, version = excluded.version, updated_at = excluded.updated_at
                """, ("nid", nid), ("id", id), ("type", credential.Type), ("credential", Guid.CreateVersion7(credential.CreatedAt)),
                ("config", secrets.Seal(credential.Type, id, credential.Config)), ("version", credential.Version), ("created", credential.CreatedAt), ("updated", credential.UpdatedAt)), ct);
            await WriteIdentifiersAsync(tx, nid, id, credential.Type, known?.Identifiers ?? [], credential.Identifiers, ct);
        }
    }

    private static async Task WriteIdentifiersAsync(Tx tx, Guid nid, Guid id, string type, IReadOnlyList<string> before, IReadOnlyList<string> after, CancellationToken ct)
    {
        var gone = before.Except(after, StringComparer.Ordinal).ToArray();
        if (gone.Length > 0)
            await tx.ExecuteAsync(new Sql("delete from credential_identifier where nid = @nid and type = @type and identifier = any(@gone) and identity_id = @id",
                ("nid", nid), ("type", type), ("gone", gone), ("id", id)), ct);
        foreach (var identifier in after.Except(before, StringComparer.Ordinal))
            await tx.ExecuteAsync(new Sql("insert into credential_identifier (nid, type, identifier, identity_id) values (@nid, @type, @identifier, @id)",
                ("nid", nid), ("type", type), ("identifier", identifier), ("id", id)), ct);
    }

    private static async Task WriteAddressesAsync(Tx tx, Guid nid, Guid id, string kind, IReadOnlyList<VerifiableAddress> before, IReadOnlyList<VerifiableAddress> after, CancellationToken ct)
    {
        var gone = before.Where(b => after.All(a => a.Id != b.Id)).Select(b => b.Id).ToArray();
        if (gone.Length > 0)
            await tx.ExecuteAsync(new Sql("delete from address where nid = @nid and id = any(@gone)", ("nid", nid), ("gone", gone)), ct);
        foreach (var a in after)
        {
            if (before.Contains(a)) continue;
            await tx.ExecuteAsync(new Sql("""
                insert into address (nid, kind, via, value, id, identity_id, verified, status, verified_at, created_at, updated_at)
                values (@nid, @kind, @via, @value, @address, @id, @verified, @status, @verified_at, @created, @updated)
                on conflict (nid, id) do update set verified = excluded.verified, status = excluded.status, verified_at = excluded.verified_at, updated_at = excluded.updated_at
                """, ("nid", nid), ("kind", kind), ("via", a.Via), ("value", a.Value), ("address", a.Id), ("id", id), ("verified", a.Verified), ("status", a.Status),
                ("verified_at", a.VerifiedAt), ("created", a.CreatedAt), ("updated", a.UpdatedAt)), ct);
        }
    }

    private static VerifiableAddress AsRow(RecoveryAddress a) => new()
    {
        Id = a.Id, IdentityId = a.IdentityId, Via = a.Via, Value = a.Value, Status = "", CreatedAt = a.CreatedAt, UpdatedAt = a.UpdatedAt,
    };
}

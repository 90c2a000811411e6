using Ascent.Storage;

namespace Ascent.Identities;

/// <summary>Reads identities, their credentials and addresses. Everything it gives is committed truth.</summary>
internal sealed class IdentityStore(Db db, CredentialSecrets secrets)
{
    public Task<Identity?> FindAsync(Guid nid, Guid id, CancellationToken ct) => db.ReadOneAsync(new Sql($"""
        select {IdentityRow.Columns} from identity i where i.nid = @nid and i.id = @id
        """, ("nid", nid), ("id", id)), r => IdentityRow.Read(r), ct);

    public Task<Identity?> FindByExternalIdAsync(Guid nid, string externalId, CancellationToken ct) => db.ReadOneAsync(new Sql($"""
        select {IdentityRow.Columns} from identity i where i.nid = @nid and i.external_id = @external
        """, ("nid", nid), ("external", externalId)), r => IdentityRow.Read(r), ct);

    public async Task<CredentialMatch?> FindByCredentialIdentifierAsync(Guid nid, string type, string identifier, CancellationToken ct) =>
        await FindByCredentialIdentifierAsync(nid, [type], identifier, ct) is [var match, ..] ? match : null;

    /// <summary>Each credential of these types that the normalised identifier leads to; different types may lead to different identities.</summary>
    public async Task<IReadOnlyList<CredentialMatch>> FindByCredentialIdentifierAsync(Guid nid, IReadOnlyList<string> types, string identifier, CancellationToken ct)
    {
        var rows = await db.ReadAsync(new Sql($"""
            select {IdentityRow.Columns}, {IdentityRow.CredentialColumns}, a.identifier
            from credential_identifier f
            join credential c on c.nid = f.nid and c.identity_id = f.identity_id and c.type = f.type
            join credential_identifier a on a.nid = f.nid and a.identity_id = f.identity_id and a.type = f.type
            join identity i on i.nid = f.nid and i.id = f.identity_id
            where f.nid = @nid and f.type = any(@types) and f.identifier = @identifier
            order by c.type, a.identifier
            """, ("nid", nid), ("types", SqlValue.Of(types)), ("identifier", identifier)),
            r => (Identity: IdentityRow.Read(r), Part: IdentityRow.ReadCredential(r, IdentityRow.Count)), ct);
        return [.. rows.GroupBy(r => (r.Identity.Id, r.Part.Type)).Select(g => new CredentialMatch(g.First().Identity, Whole(g.Key.Id, g.Select(r => r.Part))))];
    }

    /// <summary>Each identity whose security keys were made for this user handle. A passkey's handle is an identifier of its credential.</summary>
    public async Task<IReadOnlyList<CredentialMatch>> FindByUserHandleAsync(Guid nid, byte[] handle, CancellationToken ct)
    {
        var rows = await db.ReadAsync(new Sql($$"""
            select {{IdentityRow.Columns}}, {{IdentityRow.CredentialColumns}}, a.identifier
            from credential c
            left join credential_identifier a on a.nid = c.nid and a.identity_id = c.identity_id and a.type = c.type
            join identity i on i.nid = c.nid and i.id = c.identity_id
            where c.nid = @nid and c.type = 'webauthn' and cast(c.config as {json}) ->> 'user_handle' = @handle
            order by c.identity_id, a.identifier
            """, ("nid", nid), ("handle", Convert.ToBase64String(handle))),
            r => (Identity: IdentityRow.Read(r), Part: IdentityRow.ReadCredential(r, IdentityRow.Count)), ct);
        return [.. rows.GroupBy(r => r.Identity.Id).Select(g => new CredentialMatch(g.First().Identity, Whole(g.Key, g.Select(r => r.Part))))];
    }

    /// <summary>All credentials, ordered by type.</summary>
    public async Task<IReadOnlyList<Credential>> CredentialsAsync(Guid nid, Guid id, CancellationToken ct) =>
        Whole(id, await db.ReadAsync(CredentialsOf(nid, id), r => IdentityRow.ReadCredential(r, 0), ct));

    public async Task<IReadOnlyList<Credential>> CredentialsAsync(Tx tx, Guid nid, Guid id, CancellationToken ct) =>
        Whole(id, await tx.ReadAsync(CredentialsOf(nid, id), r => IdentityRow.ReadCredential(r, 0), ct));

    private static Sql CredentialsOf(Guid nid, Guid id) => new($"""
        select {IdentityRow.CredentialColumns}, a.identifier
        from credential c
        left join credential_identifier a on a.nid = c.nid and a.identity_id = c.identity_id and a.type = c.type
        where c.nid = @nid and c.identity_id = @id
        order by c.type, a.identifier
        """, ("nid", nid), ("id", id));

    private IReadOnlyList<Credential> Whole(Guid id, List<IdentityRow.CredentialPart> rows) => [.. rows.GroupBy(r => r.Type, StringComparer.Ordinal).Select(g => Whole(id, g))];

    /// <summary>The credentials of many, by identity.</summary>
    public async Task<ILookup<Guid, Credential>> CredentialsAsync(Guid nid, IReadOnlyList<Guid> ids, CancellationToken ct)
    {
        var rows = await db.ReadAsync(new Sql($"""
            select {IdentityRow.CredentialColumns}, a.identifier, c.identity_id
            from credential c
            left join credential_identifier a on a.nid = c.nid and a.identity_id = c.identity_id and a.type = c.type
            where c.nid = @nid and c.identity_id = any(@ids)
            order by c.identity_id, c.type, a.identifier
            """, ("nid", nid), ("ids", SqlValue.Of(ids))), r => (Identity: r.Guid(IdentityRow.CredentialCount + 1), Part: IdentityRow.ReadCredential(r, 0)), ct);
        return rows.GroupBy(r => (r.Identity, r.Part.Type)).ToLookup(g => g.Key.Identity, g => Whole(g.Key.Identity, g.Select(r => r.Part)));
    }

    /// <summary>The identity and all its credentials; between the two reads a writer may come, which the version tells a later write.</summary>
    public async Task<IdentityState?> StateAsync(Guid nid, Guid id, CancellationToken ct)
    {
        if (await FindAsync(nid, id, ct) is not { } identity) return null;
        var credentials = await CredentialsAsync(nid, id, ct);
        return new IdentityState(identity, credentials.ToDictionary(c => c.Type, StringComparer.Ordinal));
    }

    public Task<VerifiableAddress?> FindVerifiableAddressAsync(Guid nid, string via, string value, CancellationToken ct) => db.ReadOneAsync(new Sql($"""
        select {IdentityRow.AddressColumns} from address a where a.nid = @nid and a.kind = 'verifiable' and a.via = @via and a.value = @value
        """, ("nid", nid), ("via", via), ("value", value)), IdentityRow.ReadVerifiable, ct);

    public Task<VerifiableAddress?> FindVerifiableAddressAsync(Guid nid, Guid id, CancellationToken ct) => db.ReadOneAsync(new Sql($"""
        select {IdentityRow.AddressColumns} from address a where a.nid = @nid and a.id = @id and a.kind = 'verifiable'
        """, ("nid", nid), ("id", id)), IdentityRow.ReadVerifiable, ct);

    public Task<RecoveryAddress?> FindRecoveryAddressAsync(Guid nid, string via, string value, CancellationToken ct) => db.ReadOneAsync(new Sql($"""
        select {IdentityRow.AddressColumns} from address a where a.nid = @nid and a.kind = 'recovery' and a.via = @via and a.value = @value
        """, ("nid", nid), ("via", via), ("value", value)), IdentityRow.ReadRecovery, ct);

    public Task<RecoveryAddress?> FindRecoveryAddressAsync(Guid nid, Guid id, CancellationToken ct) => db.ReadOneAsync(new Sql($"""
        select {IdentityRow.AddressColumns} from address a where a.nid = @nid and a.id = @id and a.kind = 'recovery'
        """, ("nid", nid), ("id", id)), IdentityRow.ReadRecovery, ct);

    /// <summary>Whose account the address recovers; one statement, whether there is anybody or not.</summary>
    public Task<Identity?> FindByRecoveryAddressAsync(Guid nid, string via, string value, CancellationToken ct) => db.ReadOneAsync(new Sql($"""
        select {IdentityRow.Columns} from address a join identity i on i.nid = a.nid and i.id = a.identity_id
        where a.nid = @nid and a.kind = 'recovery' and a.via = @via and a.value = @value
        """, ("nid", nid), ("via", via), ("value", value)), r => IdentityRow.Read(r), ct);

    /// <summary>The next <paramref name="limit"/> after the id, in the order of ids.</summary>
    public Task<List<Identity>> ListAsync(Guid nid, IdentityFilter filter, Guid after, int limit, CancellationToken ct) => db.ReadAsync(new Sql($"""
        select {IdentityRow.Columns} from identity i
        where i.nid = @nid and i.id > @after {filter.Condition}
        order by i.id limit @limit
        """, [("nid", nid), ("after", after), ("limit", limit), .. filter.Parameters]), r => IdentityRow.Read(r), ct);

    public Task<List<Identity>> ListFromAsync(Guid nid, IdentityFilter filter, int offset, int limit, CancellationToken ct) => db.ReadAsync(new Sql($"""
        select {IdentityRow.Columns} from identity i
        where i.nid = @nid {filter.Condition}
        order by i.id limit @limit offset @offset
        """, [("nid", nid), ("offset", offset), ("limit", limit), .. filter.Parameters]), r => IdentityRow.Read(r), ct);

    public async Task<long> CountAsync(Guid nid, IdentityFilter filter, CancellationToken ct) => (await db.ReadValueAsync(new Sql($"""
        select count(*) from identity i where i.nid = @nid {filter.Condition}
        """, [("nid", nid), .. filter.Parameters]), r => r.Long(0), ct))!.Value;

    private Credential Whole(Guid identity, IEnumerable<IdentityRow.CredentialPart> parts)
    {
        var all = parts.ToList();
        var first = all[0];
        return new Credential
        {
            Type = first.Type, Version = first.Version, CreatedAt = first.CreatedAt, UpdatedAt = first.UpdatedAt,
            Config = secrets.Open(first.Type, identity, first.Config),
            Identifiers = [.. all.Where(p => p.Identifier is not null).Select(p => p.Identifier!).Order(StringComparer.Ordinal)], // PostgreSQL's own order depends on how the database was made
        };
    }
}

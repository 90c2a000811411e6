using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Events;
using Ascent.Storage;

namespace Ascent.Sessions;

/// <summary>Which sessions, beside the tenant's.</summary>
internal sealed record SessionFilter(bool? Active = null, Guid? IdentityId = null);

/// <summary>
/// Sessions as lists, and their ends. Revoking keeps the row, so that it can be seen that there was one; deleting does not.
/// Every end is told by an event in its transaction.
/// </summary>
internal sealed class SessionStore(Db db, TimeProvider time, ConfigStore config, EventWriter events)
{
    private const string Joined = $"select {SessionRows.Session}, {SessionRows.Identity} from session s join identity i on i.nid = s.nid and i.id = s.identity_id";
    private const string Alone = $"select {SessionRows.Session} from session s";

    public Task<Session?> FindAsync(Guid nid, Guid id, bool identity, CancellationToken ct) => db.ReadOneAsync<Session>(
        new Sql($"{(identity ? Joined : Alone)} where s.nid = @nid and s.id = @id", ("nid", nid), ("id", id)), Reader(identity), ct);

    /// <summary>The newest first, from after <paramref name="before"/>; ids are made of the time.</summary>
    public Task<List<Session>> ListAsync(Guid nid, SessionFilter filter, bool identity, Guid before, int limit, CancellationToken ct) => db.ReadAsync<Session>(
        new Sql($"{(identity ? Joined : Alone)} where s.nid = @nid and s.id < @before{Where(filter)} order by s.id desc limit @limit",
            [("nid", nid), ("before", before), ("limit", limit), .. Parameters(filter)]), Reader(identity), ct);

    /// <summary>An identity's sessions, the newest first; without <paramref name="except"/> where one is given.</summary>
    public Task<List<Session>> ListOfIdentityAsync(Guid nid, Guid identityId, bool? active, Guid? except, int offset, int limit, CancellationToken ct)
    {
        var filter = new SessionFilter(active, identityId);
        return db.ReadAsync(new Sql($"{Joined} where s.nid = @nid{Where(filter)} and s.id <> @except order by s.created_at desc, s.id desc limit @limit offset @offset",
            [("nid", nid), ("except", except ?? Guid.Empty), ("limit", limit), ("offset", offset), .. Parameters(filter)]), Reader(true), ct);
    }

    public async Task<long> CountOfIdentityAsync(Guid nid, Guid identityId, bool? active, Guid? except, CancellationToken ct)
    {
        var filter = new SessionFilter(active, identityId);
        return await db.ReadValueAsync(new Sql($"select count(*) from session s where s.nid = @nid{Where(filter)} and s.id <> @except",
            [("nid", nid), ("except", except ?? Guid.Empty), .. Parameters(filter)]), r => r.Long(0), ct) ?? 0;
    }

    /// <summary>Ends a session; false where there is none. One that has ended stays so.</summary>
    public Task<bool> RevokeAsync(Guid nid, Guid id, Guid? ofIdentity, string actor, CancellationToken ct) =>
        db.WriteAsync((tx, token) => RevokeAsync(tx, nid, id, ofIdentity, actor, token), ct);

    public async Task<bool> RevokeAsync(Tx tx, Guid nid, Guid id, Guid? ofIdentity, string actor, CancellationToken ct)
    {
        var found = await tx.ReadAsync(new Sql("select identity_id, active from session where nid = @nid and id = @id {for update}", ("nid", nid), ("id", id)), r => (Identity: r.Guid(0), Active: r.Bool(1)), ct);
        if (found.Count == 0 || ofIdentity is { } owner && owner != found[0].Identity) return false;
        if (!found[0].Active) return true;
        await tx.ExecuteAsync(new Sql("update session set active = @no, updated_at = @now where nid = @nid and id = @id", ("no", false), ("now", time.GetUtcNow()), ("nid", nid), ("id", id)), ct);
        await events.WriteAsync(tx, nid, new Event("session.revoked") { Actor = actor, IdentityId = found[0].Identity, SessionId = id }, ct);
        return true;
    }

    /// <summary>Ends the session that a token opens; false where the token is nobody's.</summary>
    public Task<bool> RevokeByTokenAsync(Guid nid, Guid tokenKey, string actor, CancellationToken ct) => db.WriteAsync(async (tx, token) =>
    {
        var id = await tx.ReadValueAsync(new Sql("""
            select id from session where nid = @nid and token_key = @key
            union all select session_id from session_retired_token where nid = @nid and token_key = @key and until > @now
            """, ("nid", nid), ("key", tokenKey), ("now", time.GetUtcNow())), r => r.Guid(0), token);
        return id is { } known && await RevokeAsync(tx, nid, known, null, actor, token);
    }, ct);

    /// <summary>Ends an identity's sessions but the one that is kept; returns how many there are, ended before or now.</summary>
    public Task<int> RevokeOthersAsync(Guid nid, Guid identityId, Guid? kept, string actor, CancellationToken ct) =>
        db.WriteAsync((tx, token) => RevokeOthersAsync(tx, nid, identityId, kept, actor, token), ct);

    public async Task<int> RevokeOthersAsync(Tx tx, Guid nid, Guid identityId, Guid? kept, string actor, CancellationToken ct)
    {
        var count = await tx.ExecuteAsync(new Sql("update session set active = @no, updated_at = @now where nid = @nid and identity_id = @identity and id <> @kept",
            ("no", false), ("now", time.GetUtcNow()), ("nid", nid), ("identity", identityId), ("kept", kept ?? Guid.Empty)), ct);
        if (count > 0)
            await events.WriteAsync(tx, nid, new Event("sessions.revoked") { Actor = actor, IdentityId = identityId, SessionId = kept, Data = new JsonObject { ["count"] = count } }, ct);
        return count;
    }

    /// <summary>Deletes an identity's sessions; returns how many.</summary>
    public Task<int> DeleteOfIdentityAsync(Guid nid, Guid identityId, string actor, CancellationToken ct) => db.WriteAsync(async (tx, token) =>
    {
        var count = await tx.ExecuteAsync(new Sql("delete from session where nid = @nid and identity_id = @identity", ("nid", nid), ("identity", identityId)), token);
        if (count > 0)
            await events.WriteAsync(tx, nid, new Event("sessions.deleted") { Actor = actor, IdentityId = identityId, Data = new JsonObject { ["count"] = count } }, token);
        return count;
    }, ct);

    /// <summary>Moves a session's end to a lifespan from now, if it may be moved already; null where there is no such session.</summary>
    public Task<Session?> ExtendAsync(Guid nid, Guid id, string actor, CancellationToken ct) => db.WriteAsync(async (tx, token) =>
    {
        var session = await tx.ReadOneAsync(new Sql($$"""{{Joined}} where s.nid = @nid and s.id = @id {for update}""", ("nid", nid), ("id", id)), Reader(true), token);
        var settings = config.Current.Session;
        var now = Instant.Truncate(time.GetUtcNow());
        if (session is null || session.ExpiresAt - settings.ExtendWithin >= now) return session;
        session = session with { ExpiresAt = now + settings.Lifespan, UpdatedAt = now };
        await tx.ExecuteAsync(new Sql("update session set expires_at = @expires, updated_at = @now where nid = @nid and id = @id",
            ("expires", session.ExpiresAt), ("now", now), ("nid", nid), ("id", id)), token);
        await events.WriteAsync(tx, nid, new Event("session.extended") { Actor = actor, IdentityId = session.IdentityId, SessionId = id }, token);
        return session;
    }, ct);

    private string Where(SessionFilter filter)
    {
        var isActive = $"(s.active and s.expires_at > @now{SessionIdle.Condition(config.Current.Session)})";
        return (filter.IdentityId is null ? "" : " and s.identity_id = @identity") + filter.Active switch { true => $" and {isActive}", false => $" and not {isActive}", null => "" };
    }

    private Func<Row, Session> Reader(bool identity)
    {
        var settings = config.Current.Session;
        return r => SessionIdle.Judged(identity ? SessionRows.ReadWithIdentity(r) : SessionRows.Read(r), settings);
    }

    private IEnumerable<(string, SqlValue)> Parameters(SessionFilter filter)
    {
        if (filter.IdentityId is { } identity) yield return ("identity", identity);
        if (filter.Active is null) yield break;
        var now = time.GetUtcNow();
        yield return ("now", now);
        foreach (var parameter in SessionIdle.Parameters(config.Current.Session, now)) yield return parameter;
    }
}

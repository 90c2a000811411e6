using System.Text;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Crypto;
using Ascent.Events;
using Ascent.Storage;

namespace Ascent.Sessions;

/// <summary>How it ended to ask for a session.</summary>
internal abstract record IssueResult
{
    private IssueResult() { }

    /// <summary>There it is; the token is shown this once.</summary>
    public sealed record Issued(Session Session, SessionToken Token) : IssueResult;

    /// <summary>The identity may not have sessions.</summary>
    public sealed record Disabled(Guid IdentityId) : IssueResult;

    /// <summary>There is no such identity (any more).</summary>
    public sealed record NoIdentity(Guid IdentityId) : IssueResult;
}

/// <summary>How it ended to add a proof to a session.</summary>
internal abstract record RaiseResult
{
    private RaiseResult() { }

    /// <summary>The same session with the proof. Where its token was rotated, the new one: the old dies in moments.</summary>
    public sealed record Raised(Session Session, SessionToken? Rotated) : RaiseResult;

    /// <summary>It was revoked, expired or deleted meanwhile.</summary>
    public sealed record Gone : RaiseResult;

    public sealed record Disabled(Guid IdentityId) : RaiseResult;
}

/// <summary>
/// The one way in which a session is born or raised. What it does and the event that tells it are one transaction; whoever
/// consumes a single-use factor passes their own, so that the factor cannot be spent without the session nor twice for two.
/// </summary>
internal sealed class SessionIssuer(Db db, TimeProvider time, ConfigStore config, EventWriter events)
{
    /// <summary>How long a replaced token still opens its session, for requests that were under way.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    public Task<IssueResult> IssueAsync(Guid nid, Guid identityId, IReadOnlyList<AuthenticationMethod> methods, DeviceInfo device, string actor, CancellationToken ct) =>
        db.WriteAsync((tx, token) => IssueAsync(tx, nid, identityId, methods, device, actor, token), ct);

    public async Task<IssueResult> IssueAsync(Tx tx, Guid nid, Guid identityId, IReadOnlyList<AuthenticationMethod> methods, DeviceInfo device, string actor, CancellationToken ct)
    {
        var identity = await tx.ReadOneAsync(Lock(nid, identityId), r => SessionRows.ReadIdentity(r), ct);
        return await IssueAsync(tx, nid, identityId, identity, methods, device, actor, ct);
    }

    /// <summary>The identity of a session that is to be issued, if it exists, with the next statement of the transaction.</summary>
    public static Task<Later<List<SessionIdentity>>> LockLaterAsync(Tx tx, Guid nid, Guid identityId, CancellationToken ct) =>
        tx.ReadLaterAsync(Lock(nid, identityId), r => SessionRows.ReadIdentity(r), ct);

    /// <param name="identity">As <see cref="LockLaterAsync"/> gave it in the same transaction.</param>
    public async Task<IssueResult> IssueAsync(
        Tx tx, Guid nid, Guid identityId, SessionIdentity? identity, IReadOnlyList<AuthenticationMethod> methods, DeviceInfo device, string actor, CancellationToken ct)
    {
        if (identity is null) return new IssueResult.NoIdentity(identityId);
        if (!identity.IsActive) return new IssueResult.Disabled(identityId);
        var now = Instant.Truncate(time.GetUtcNow());
        var token = SessionToken.New();
        var session = new Session
        {
            Id = Guid.CreateVersion7(now), IdentityId = identityId, Active = true, Aal = SessionAal.Of(methods),
            MethodsJson = AuthenticationMethod.Write(methods), DevicesJson = Device.Write([device.ToDevice(Guid.CreateVersion7(now))]),
            AuthenticatedAt = now, IssuedAt = now, ExpiresAt = now + config.Current.Session.Lifespan, UsedAt = now, CreatedAt = now, UpdatedAt = now,
            Identity = identity,
        };
        await InsertAsync(tx, nid, session, token, ct);
        await events.WriteAsync(tx, nid, Event("session.issued", session, actor, device.IpAddress, methods), ct);
        return new IssueResult.Issued(session, token);
    }

    /// <summary>
    /// Adds a proof to a session: signing in again, a second factor, or a factor just enrolled. The row stays, its end and the
    /// moment of authentication move.
    /// </summary>
    public Task<RaiseResult> AddMethodAsync(Guid nid, Guid sessionId, AuthenticationMethod method, string? address, string actor, CancellationToken ct) =>
        db.WriteAsync((tx, token) => AddMethodAsync(tx, nid, sessionId, method, address, actor, token), ct);

    public async Task<RaiseResult> AddMethodAsync(Tx tx, Guid nid, Guid sessionId, AuthenticationMethod method, string? address, string actor, CancellationToken ct)
    {
        var session = await tx.ReadOneAsync(new Sql($$"""
            select {{SessionRows.Session}}, {{SessionRows.Identity}}
            from session s join identity i on i.nid = s.nid and i.id = s.identity_id
            where s.nid = @nid and s.id = @id {for update}
            """, ("nid", nid), ("id", sessionId)), SessionRows.ReadWithIdentity, ct);
        var now = Instant.Truncate(time.GetUtcNow());
        if (session is not null) session = SessionIdle.Judged(session, config.Current.Session);
        if (session is { Identity.IsActive: false }) return new RaiseResult.Disabled(session.IdentityId);
        if (session is null || !session.IsActive(now)) return new RaiseResult.Gone();
        IReadOnlyList<AuthenticationMethod> methods = [.. session.Methods, method];
        var settings = config.Current.Session;
        var before = session.Aal;
        session = session with
        {
            Aal = SessionAal.Of(methods), MethodsJson = AuthenticationMethod.Write(methods),
            AuthenticatedAt = now, ExpiresAt = now + settings.Lifespan, UsedAt = now, UpdatedAt = now, RestsUntil = DateTimeOffset.MaxValue,
        };
        var rotates = config.Current.RotatesOnStepUp && string.CompareOrdinal(session.Aal, before) > 0;
        await tx.ExecuteAsync(new Sql("""
            update session set aal = @aal, methods = @methods, authenticated_at = @now, expires_at = @expires, used_at = @now, updated_at = @now
            where nid = @nid and id = @id
            """, ("aal", session.Aal), ("methods", Encoding.UTF8.GetString(session.MethodsJson.Span)), ("now", now), ("expires", session.ExpiresAt), ("nid", nid), ("id", sessionId)), ct);
        SessionToken? rotated = rotates ? await RotateAsync(tx, nid, sessionId, now, ct) : null;
        await events.WriteAsync(tx, nid, Event(before == session.Aal ? "session.refreshed" : "session.raised", session, actor, address, [method]), ct);
        return new RaiseResult.Raised(session, rotated);
    }

    private static async Task<SessionToken> RotateAsync(Tx tx, Guid nid, Guid sessionId, DateTimeOffset now, CancellationToken ct)
    {
        var token = SessionToken.New();
        await tx.ExecuteAsync(new Sql("""
            insert into session_retired_token (nid, token_key, session_id, until)
            select nid, token_key, id, @until from session where nid = @nid and id = @id
            """, ("until", now + Grace), ("nid", nid), ("id", sessionId)), ct);
        await tx.ExecuteAsync(new Sql("update session set token_key = @key where nid = @nid and id = @id", ("key", token.Key), ("nid", nid), ("id", sessionId)), ct);
        return token;
    }

    /// <summary>The lock keeps the identity from being disabled between this look and the commit.</summary>
    private static Sql Lock(Guid nid, Guid identityId) => new($$"""select {{SessionRows.Identity}} from identity i where i.nid = @nid and i.id = @id {for update}""", ("nid", nid), ("id", identityId));

    private static Task InsertAsync(Tx tx, Guid nid, Session s, SessionToken token, CancellationToken ct) => tx.QueueAsync(new Sql("""
        insert into session (nid, token_key, id, identity_id, active, aal, methods, devices, authenticated_at, issued_at, expires_at, used_at, created_at, updated_at)
        values (@nid, @key, @id, @identity, @active, @aal, @methods, @devices, @now, @now, @expires, @now, @now, @now)
        """,
        ("nid", nid), ("key", token.Key), ("id", s.Id), ("identity", s.IdentityId), ("active", true), ("aal", s.Aal),
        ("methods", Encoding.UTF8.GetString(s.MethodsJson.Span)), ("devices", Encoding.UTF8.GetString(s.DevicesJson.Span)),
        ("now", s.IssuedAt), ("expires", s.ExpiresAt)), ct);

    private static Event Event(string type, Session session, string actor, string? address, IReadOnlyList<AuthenticationMethod> methods) => new(type)
    {
        Actor = actor, Address = address, IdentityId = session.IdentityId, SessionId = session.Id,
        Data = new JsonObject { ["aal"] = session.Aal, ["methods"] = new JsonArray([.. methods.Select(m => (JsonNode)m.Method)]) },
    };
}

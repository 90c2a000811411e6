using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Events;
using Ascent.Http;
using Ascent.Storage;

namespace Ascent.Sessions;

/// <summary>A session of another system: its token is known by its hash alone, so who has the token goes on being signed in.</summary>
internal sealed record ImportedSession(Guid TokenKey, Session Session);

/// <summary>What became of each session of an import.</summary>
internal sealed record SessionImported(Guid Id, ApiError? Error);

/// <summary>
/// Takes sessions over: <c>PATCH /admin/sessions?import=exact</c>. Those that are there already, or whose identity is not, fail alone, so that an import
/// can be run again.
/// </summary>
internal sealed class SessionImport(Db db, TimeProvider time, EventWriter events)
{
    private const int Most = 1000, HashLength = 64, MostMethods = 100;

    /// <exception cref="ApiException">A field is not as it must be.</exception>
    public IReadOnlyList<ImportedSession> Read(JsonElement json)
    {
        var body = ObjectReader.Of(json);
        var list = body.Array("sessions", Most) ?? [];
        body.Done();
        var all = list.Select(i => ReadOne(ObjectReader.Of(i.Item, i.Pointer))).ToList();
        if (all.DistinctBy(s => s.TokenKey).Count() < all.Count || all.DistinctBy(s => s.Session.Id).Count() < all.Count)
            throw new ApiException(ApiError.BadRequest("Two of the sessions have the same id or the same token_sha256."));
        return all;
    }

    public Task<IReadOnlyList<SessionImported>> RunAsync(Guid nid, IReadOnlyList<ImportedSession> all, string actor, CancellationToken ct) => db.WriteAsync<IReadOnlyList<SessionImported>>(async (tx, token) =>
    {
        var identities = (await tx.ReadAsync(new Sql("select id from identity where nid = @nid and id = any(@ids) order by id {for update}",
            ("nid", nid), ("ids", SqlValue.Of([.. all.Select(s => s.Session.IdentityId).Distinct()]))), r => r.Guid(0), token)).ToHashSet();
        var taken = (await tx.ReadAsync(new Sql("""
            select id from session where nid = @nid and id = any(@ids)
            union all select token_key from session where nid = @nid and token_key = any(@keys)
            """, ("nid", nid), ("ids", SqlValue.Of([.. all.Select(s => s.Session.Id)])), ("keys", SqlValue.Of([.. all.Select(s => s.TokenKey)]))), r => r.Guid(0), token)).ToHashSet();
        var results = new List<SessionImported>(all.Count);
        foreach (var one in all)
        {
            var s = one.Session;
            var error = !identities.Contains(s.IdentityId) ? ApiError.NotFound("There is no identity with this identity_id.")
                : taken.Contains(s.Id) || taken.Contains(one.TokenKey) ? ApiError.Conflict("There is a session with this id or this token already.") : null;
            results.Add(new SessionImported(s.Id, error));
            if (error is null) await InsertAsync(tx, nid, one, actor, token);
        }
        return results;
    }, ct);

    private ImportedSession ReadOne(ObjectReader s)
    {
        var now = Instant.Truncate(time.GetUtcNow());
        var methods = (s.Array("authentication_methods", MostMethods) ?? []).Select(m => ReadMethod(ObjectReader.Of(m.Item, m.Pointer))).ToList();
        if (methods.Count == 0) throw s.Invalid("authentication_methods", "a list with one method or more");
        var issued = Required(s, "issued_at");
        var session = new Session
        {
            Id = s.Uuid("id") ?? throw s.Invalid("id", "the session's UUID"), IdentityId = s.Uuid("identity_id") ?? throw s.Invalid("identity_id", "the identity's UUID"),
            Active = s.Boolean("active") ?? true, Aal = SessionAal.Of(methods), MethodsJson = AuthenticationMethod.Write(methods), DevicesJson = Device.Write(ReadDevices(s, issued)),
            IssuedAt = issued, AuthenticatedAt = Required(s, "authenticated_at"), ExpiresAt = Required(s, "expires_at"), UsedAt = now,
            CreatedAt = Time(s, "created_at") ?? issued, UpdatedAt = Time(s, "updated_at") ?? now,
        };
        if (session.IssuedAt > now || session.AuthenticatedAt > now) throw s.Invalid(session.IssuedAt > now ? "issued_at" : "authenticated_at", "a time that is past");
        s.Ignore("authenticator_assurance_level");
        var key = ReadKey(s);
        s.Done();
        return new ImportedSession(key, session);
    }

    private static Guid ReadKey(ObjectReader s)
    {
        var hash = s.RequiredString("token_sha256");
        if (hash.Length != HashLength || !hash.All(char.IsAsciiHexDigit)) throw s.Invalid("token_sha256", "the SHA-256 of the session's token, 64 hexadecimal digits");
        return new Guid(Convert.FromHexString(hash).AsSpan(0, 16), bigEndian: true);
    }

    private static AuthenticationMethod ReadMethod(ObjectReader m)
    {
        var method = new AuthenticationMethod
        {
            Method = m.RequiredString("method"), Aal = m.OneOf("aal", SessionAal.Aal1, SessionAal.Aal2) ?? throw m.Invalid("aal", "aal1 or aal2"), CompletedAt = Required(m, "completed_at"),
            Provider = m.String("provider"), Organization = m.String("organization"), UpstreamAcr = m.String("upstream_acr"), UpstreamAmr = m.Strings("upstream_amr", MostMethods),
        };
        m.Done();
        return method;
    }

    private static List<Device> ReadDevices(ObjectReader s, DateTimeOffset issued) => [.. (s.Array("devices", MostMethods) ?? []).Select(i =>
    {
        var d = ObjectReader.Of(i.Item, i.Pointer);
        var device = new Device { Id = d.Uuid("id") ?? Guid.CreateVersion7(issued), IpAddress = d.String("ip_address"), UserAgent = d.String("user_agent"), Location = d.String("location") };
        d.Done();
        return device;
    })];

    private async Task InsertAsync(Tx tx, Guid nid, ImportedSession one, string actor, CancellationToken ct)
    {
        var s = one.Session;
        await tx.ExecuteAsync(new Sql("""
            insert into session (nid, token_key, id, identity_id, active, aal, methods, devices, authenticated_at, issued_at, expires_at, used_at, created_at, updated_at)
            values (@nid, @key, @id, @identity, @active, @aal, @methods, @devices, @authenticated, @issued, @expires, @used, @created, @updated)
            """,
            ("nid", nid), ("key", one.TokenKey), ("id", s.Id), ("identity", s.IdentityId), ("active", s.Active), ("aal", s.Aal),
            ("methods", Encoding.UTF8.GetString(s.MethodsJson.Span)), ("devices", Encoding.UTF8.GetString(s.DevicesJson.Span)), ("authenticated", s.AuthenticatedAt),
            ("issued", s.IssuedAt), ("expires", s.ExpiresAt), ("used", s.UsedAt), ("created", s.CreatedAt), ("updated", s.UpdatedAt)), ct);
        await events.WriteAsync(tx, nid, new Event("session.imported") { Actor = actor, IdentityId = s.IdentityId, SessionId = s.Id, Data = new JsonObject { ["aal"] = s.Aal } }, ct);
    }

    private static DateTimeOffset Required(ObjectReader fields, string name) => Time(fields, name) ?? throw fields.Invalid(name, "a time as 2026-01-02T15:04:05Z");

    private static DateTimeOffset? Time(ObjectReader fields, string name) => fields.Time(name) is { } time ? Instant.Truncate(time) : null;
}

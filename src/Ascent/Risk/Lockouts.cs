using System.Text.Json.Nodes;
using Ascent.Events;
using Ascent.Storage;

namespace Ascent.Risk;

/// <summary>A subject that is locked. Whose identifier it is cannot be told from it; its account, where one has it, can.</summary>
internal sealed record Lockout(Guid Id, string Kind, int Failures, DateTimeOffset Until)
{
    public DateTimeOffset? At { get; init; }
    public string? Method { get; init; }
    public Guid? IdentityId { get; init; }

    /// <summary>The client whose attempt was the last; of a locked address the address or network itself.</summary>
    public string? Address { get; init; }
}

/// <summary>Which lockouts are meant; what is null does not matter.</summary>
internal sealed record LockoutFilter(IReadOnlyList<Guid>? Ids = null, Guid? IdentityId = null);

/// <summary>What is locked at the moment, for administrators: seen and released.</summary>
internal sealed class Lockouts(Db db, ThrottleKeys keys, EventWriter events, TimeProvider time)
{
    private const string Columns = "subject, kind, failures, locked_until, locked_at, method, identity_id, address";

    public IReadOnlyList<Guid> IdsOf(Guid nid, ThrottleSubject subject) => keys.AllOf(nid, subject);

    /// <summary>The latest to end first, from the place on where the last page ended.</summary>
    public Task<List<Lockout>> ListAsync(Guid nid, LockoutFilter filter, (DateTimeOffset Until, Guid Id) before, int most, CancellationToken ct)
    {
        var (which, parameters) = Which(nid, filter);
        return db.ReadAsync(new Sql($"""
            select {Columns} from throttle where {which} and (locked_until, subject) < (@before, @last) order by locked_until desc, subject desc limit @most
            """, [.. parameters, ("before", before.Until), ("last", before.Id), ("most", most)]), Read, ct);
    }

    public async Task<long> CountAsync(Guid nid, LockoutFilter filter, CancellationToken ct)
    {
        var (which, parameters) = Which(nid, filter);
        return await db.ReadValueAsync(new Sql($"select count(*) from throttle where {which}", parameters), r => r.Long(0), ct) ?? 0;
    }

    /// <summary>Ends the lockouts and forgets their failures; returns how many it were.</summary>
    public Task<int> ReleaseAsync(Guid nid, LockoutFilter filter, string actor, CancellationToken ct) => db.WriteAsync(async (tx, token) =>
    {
        var (which, parameters) = Which(nid, filter);
        var released = await tx.ReadAsync(new Sql($"delete from throttle where {which} returning {Columns}", parameters), Read, token);
        foreach (var lockout in released)
        {
            var data = new JsonObject { ["lockout"] = lockout.Id.ToString(), ["kind"] = lockout.Kind };
            if (lockout.Method is not null) data["method"] = lockout.Method;
            await events.WriteAsync(tx, nid, new Event("lockout.released") { Actor = actor, IdentityId = lockout.IdentityId, Data = data }, token);
        }
        return released.Count;
    }, ct);

    private (string Text, (string, SqlValue)[] Parameters) Which(Guid nid, LockoutFilter filter)
    {
        // A pause of messages is no lockout: nobody is told of it, and nothing is released.
        var text = "nid = @nid and locked_until > @now and kind not in ('recipient', 'sender')";
        var parameters = new List<(string, SqlValue)> { ("nid", nid), ("now", time.GetUtcNow()) };
        if (filter.Ids is not null)
        {
            text += " and subject = any(@ids)";
            parameters.Add(("ids", SqlValue.Of(filter.Ids)));
        }
        if (filter.IdentityId is not null)
        {
            text += " and identity_id = @identity";
            parameters.Add(("identity", filter.IdentityId));
        }
        return (text, [.. parameters]);
    }

    private static Lockout Read(Row r) => new(r.Guid(0), r.Text(1), r.Int(2), r.Time(3))
    {
        At = r.TimeOrNull(4), Method = r.TextOrNull(5), IdentityId = r.GuidOrNull(6), Address = r.TextOrNull(7),
    };
}

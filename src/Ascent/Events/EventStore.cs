using System.Buffers.Binary;
using Ascent.Storage;

namespace Ascent.Events;

/// <summary>Which events are meant; what is null does not matter.</summary>
internal sealed record EventFilter
{
    public IReadOnlyList<string> Types { get; init; } = [];
    public Guid? IdentityId { get; init; }

    /// <summary><c>admin</c> means all administrators, <c>admin:name</c> one.</summary>
    public string? Actor { get; init; }
    public string? Address { get; init; }
    public DateTimeOffset? Since { get; init; }
    public DateTimeOffset? Until { get; init; }
}

/// <summary>
/// Reads the audit trail. Ids grow with time, so the key alone gives order, pages and spans of time; what is not asked for by identity is
/// looked for backwards in time from the end of the span.
/// </summary>
internal sealed class EventStore(Db db)
{
    /// <summary>The newest first, those before an id.</summary>
    public Task<List<StoredEvent>> ListAsync(Guid nid, EventFilter filter, Guid before, int most, CancellationToken ct) =>
        ReadAsync(nid, filter, "id < @edge", ("edge", before), "desc", most, ct);

    /// <summary>The oldest first, those from an id on.</summary>
    public Task<List<StoredEvent>> FromAsync(Guid nid, EventFilter filter, Guid from, int most, CancellationToken ct) =>
        ReadAsync(nid, filter, "id >= @edge", ("edge", from), "asc", most, ct);

    /// <summary>Removes those from before a time, at most so many; gives how many it were.</summary>
    public Task<int> DeleteBeforeAsync(Guid nid, DateTimeOffset before, int most, CancellationToken ct) => db.ExecuteAsync(new Sql("""
        delete from event where nid = @nid and id in (select id from event where nid = @nid and id < @before order by id limit @most)
        """, ("nid", nid), ("before", FirstIdAt(before)), ("most", most)), ct);

    /// <summary>The least id that an event of this moment can have.</summary>
    public static Guid FirstIdAt(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(0, at.ToUnixTimeMilliseconds()) << 16);
        return new Guid(bytes, bigEndian: true);
    }

    private Task<List<StoredEvent>> ReadAsync(Guid nid, EventFilter filter, string edge, (string, SqlValue) at, string order, int most, CancellationToken ct)
    {
        var where = $"nid = @nid and {edge}";
        var parameters = new List<(string, SqlValue)> { ("nid", nid), at, ("most", most) };
        void Where(string condition, params (string, SqlValue)[] values)
        {
            where += $" and {condition}";
            parameters.AddRange(values);
        }
        if (filter.IdentityId is { } identity) Where("identity_id = @identity", ("identity", identity));
        if (filter.Types.Count > 0) Where("type = any(@types)", ("types", SqlValue.Of(filter.Types)));
        if (filter.Actor is { } actor) Where("(actor = @actor or substr(actor, 1, @length) = @prefix)", ("actor", actor), ("prefix", actor + ":"), ("length", actor.Length + 1));
        if (filter.Address is { } address) Where("address = @address", ("address", address));
        if (filter.Since is { } since) Where("id >= @since", ("since", FirstIdAt(since)));
        if (filter.Until is { } until) Where("id < @until", ("until", FirstIdAt(until)));
        return db.ReadAsync(new Sql($"select id, at, type, actor, identity_id, session_id, address, user_agent, data from event where {where} order by id {order} limit @most", [.. parameters]), Read, ct);
    }

    private static StoredEvent Read(Row r) => new(r.Guid(0), r.Time(1), r.Text(2), r.Text(3))
    {
        IdentityId = r.GuidOrNull(4), SessionId = r.GuidOrNull(5), Address = r.TextOrNull(6), UserAgent = r.TextOrNull(7), Data = r.Text(8),
    };
}

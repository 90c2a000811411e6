using Ascent.Storage;

namespace Ascent.Events;

/// <summary>Writes events in the transaction of what they tell, so that neither can be there without the other.</summary>
/// <param name="trail">Who hears of them once they are committed.</param>
internal sealed class EventWriter(TimeProvider time, EventTrail? trail = null)
{
    /// <summary>For events that anybody can bring about.</summary>
    public EventSampler Sampler { get; } = new(time);

    public Task WriteAsync(Tx tx, Guid nid, Event e, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var data = e.Data.ToJsonString();
        if (trail is not null)
        {
            var stored = new StoredEvent(id, now, e.Type, e.Actor) { IdentityId = e.IdentityId, SessionId = e.SessionId, Address = e.Address, UserAgent = e.UserAgent, Data = data };
            tx.OnCommitted(() => trail.Tell(stored));
        }
        return tx.QueueAsync(new Sql("""
            insert into event (nid, id, at, type, actor, identity_id, session_id, address, user_agent, data)
            values (@nid, @id, @at, @type, @actor, @identity, @session, @address, @agent, @data)
            """,
            ("nid", nid), ("id", id), ("at", now), ("type", e.Type), ("actor", e.Actor), ("identity", e.IdentityId), ("session", e.SessionId),
            ("address", e.Address), ("agent", e.UserAgent), ("data", data)), ct);
    }

    /// <summary>
    /// What somebody asked for who need not be anybody, such as a mail to an address: written as long as the client and who it is about do
    /// not ask too often, then one for every hundred, with the number of those between.
    /// </summary>
    public Task WriteSampledAsync(Tx tx, Guid nid, Event e, string about, CancellationToken ct)
    {
        if (Sampler.Take(e.Type, e.Address, about) is not { } unwritten) return Task.CompletedTask;
        if (unwritten > 0) e.Data[EventSampler.Unwritten] = unwritten;
        return WriteAsync(tx, nid, e, ct);
    }

    /// <summary>Of a deleted identity stays what happened, under an id that leads to nobody any more; where its owner was is forgotten.</summary>
    public static Task ForgetAsync(Tx tx, Guid nid, Guid identityId, CancellationToken ct) => tx.QueueAsync(new Sql("""
        update event set address = null, user_agent = null where nid = @nid and identity_id = @identity and (address is not null or user_agent is not null)
        """, ("nid", nid), ("identity", identityId)), ct);
}

using System.Text.Json.Nodes;
using Ascent.Storage;

namespace Ascent.Events;

/// <summary>
/// Something that happened and that an auditor would ask for. The type is a dotted name of the past (<c>identity.created</c>);
/// the data hold ids and facts, never secrets.
/// </summary>
internal sealed record Event(string Type)
{
    public Guid? IdentityId { get; init; }
    public Guid? SessionId { get; init; }

    /// <summary>Who did it: <c>self</c>, <c>admin</c> or <c>admin:</c> with the name of the token, <c>operator</c> (the command line) or <c>system</c>.</summary>
    public required string Actor { get; init; }

    public string? Address { get; init; }
    public JsonObject Data { get; init; } = [];
}

/// <summary>Writes events in the transaction of what they tell, so that neither can be there without the other.</summary>
internal sealed class EventWriter(TimeProvider time)
{
    public Task WriteAsync(Tx tx, Guid nid, Event e, CancellationToken ct) => tx.QueueAsync(new Sql("""
        insert into event (nid, id, at, type, actor, identity_id, session_id, address, data)
        values (@nid, @id, @at, @type, @actor, @identity, @session, @address, @data)
        """,
        ("nid", nid), ("id", Guid.CreateVersion7(time.GetUtcNow())), ("at", time.GetUtcNow()), ("type", e.Type), ("actor", e.Actor),
        ("identity", e.IdentityId), ("session", e.SessionId), ("address", e.Address), ("data", e.Data.ToJsonString())), ct);
}

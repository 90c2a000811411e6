using Ascent.Events;
using Ascent.Storage;

namespace Ascent.Courier;

/// <summary>What became of the wish to send a message now.</summary>
internal enum Resending { Due, NotThere, UnderWay, Over }

/// <summary>
/// Lets a message that waits for its next attempt go now. What is over cannot go again: what it said is not kept, and its code would be old.
/// </summary>
internal static class MessageResending
{
    public static Task<Resending> ResendAsync(Db db, EventWriter events, Guid nid, Guid id, string actor, DateTimeOffset now, CancellationToken ct) => db.WriteAsync(async (tx, token) =>
    {
        var changed = await tx.ExecuteAsync(new Sql("update message set due_at = @now, updated_at = @now where nid = @nid and id = @id and status = 'queued' and channel <> 'none'",
            ("now", now), ("nid", nid), ("id", id)), token);
        if (changed > 0)
        {
            await events.WriteAsync(tx, nid, new Event("message.resent") { Actor = actor, Data = new() { ["message_id"] = id.ToString() } }, token);
            return Resending.Due;
        }
        var status = await tx.ReadAsync(new Sql("select status from message where nid = @nid and id = @id and channel <> 'none'", ("nid", nid), ("id", id)), r => r.Text(0), token);
        return status switch
        {
            [] => Resending.NotThere,
            [MessageStatus.Queued or MessageStatus.Processing] => Resending.UnderWay,
            _ => Resending.Over,
        };
    }, ct);

    /// <summary>All that wait for their next attempt go now, since the way they take has changed; gives how many.</summary>
    public static Task<int> HurryAsync(Db db, Guid nid, DateTimeOffset now, CancellationToken ct) =>
        db.ExecuteAsync(new Sql("update message set due_at = @now where nid = @nid and due_at > @now and status = 'queued'", ("now", now), ("nid", nid)), ct);
}

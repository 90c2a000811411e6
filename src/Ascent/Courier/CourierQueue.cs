using Ascent.Storage;

namespace Ascent.Courier;

/// <summary>
/// Takes messages to be sent. With a transaction, a message is there exactly if what it tells of is; the words are chosen and
/// filled here, the sending is the worker's.
/// </summary>
internal sealed class CourierQueue(Db db, CourierPart part, MessageSeal seal, CourierSignal signal, TimeProvider time)
{
    /// <summary>Queues in the caller's transaction; gives the message's id.</summary>
    public Task<Guid> QueueAsync(Tx tx, Guid nid, CourierMessage message, CancellationToken ct) => QueueAsync(tx, nid, message, wanted: true, ct);

    /// <param name="wanted">
    /// False where nobody has the address that somebody typed: all is done and written as it would be, and taken from the queue again, but
    /// never sent or shown, so that neither the time of this answer nor that of the next ones tells.
    /// </param>
    public async Task<Guid> QueueAsync(Tx tx, Guid nid, CourierMessage message, bool wanted, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var content = part.Current.Texts.Render(message);
        await MessageStore.InsertAsync(tx, nid, new NewMessage(id, message.Channel, message.Recipient, message.TemplateType.Name, seal.Close(id, content)), wanted, now, ct);
        // The worker looks again a few times, since the transaction is not committed yet.
        signal.Raise();
        return id;
    }

    /// <summary>Queues on its own.</summary>
    public async Task<Guid> QueueAsync(Guid nid, CourierMessage message, CancellationToken ct)
    {
        var id = await db.WriteAsync((tx, token) => QueueAsync(tx, nid, message, token), ct);
        signal.Raise();
        return id;
    }
}

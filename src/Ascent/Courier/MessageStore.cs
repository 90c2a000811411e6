using Ascent.Storage;

namespace Ascent.Courier;

internal sealed record NewMessage(Guid Id, MessageChannel Channel, string Recipient, string TemplateType, string Content);

/// <summary>A message that this process holds until <see cref="Until"/>; nobody else sends it before.</summary>
internal sealed record ClaimedMessage(Guid Id, Guid Claim, MessageChannel Channel, string Recipient, string TemplateType, string? Content, int SendCount, DateTimeOffset CreatedAt, DateTimeOffset Until)
{
    /// <summary>Nobody has the address that it was asked for; all is done with it but the sending.</summary>
    public bool IsForNobody { get; init; }
}

/// <summary>What became of an attempt, for the row.</summary>
internal sealed record AttemptOutcome(string Status, DateTimeOffset? DueAt, string? Error, bool KeepContent);

/// <summary>A message as administrators see it.</summary>
internal sealed record StoredMessage(Guid Id, string Status, MessageChannel Channel, string Recipient, string TemplateType, string? Content, int SendCount, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

internal sealed record Dispatch(Guid Id, string? Error, DateTimeOffset CreatedAt);

internal sealed record MessageFilter(string? Status, string? Recipient);

internal static class MessageStatus
{
    public const string Queued = "queued", Processing = "processing", Sent = "sent", Abandoned = "abandoned";

    public static bool IsKnown(string text) => text is Queued or Processing or Sent or Abandoned;
}

/// <summary>The outbox. A claim is a lease: it ends by itself, or as soon as the node that took it is dead, so that a worker that was killed loses nothing.</summary>
internal sealed class MessageStore(Db db)
{
    private const string Columns = "id, status, channel, recipient, template_type, content, send_count, created_at, updated_at";

    /// <summary>The channel of what is not sent; an older program finds no recipient in it and sends nothing either.</summary>
    private const string Nowhere = "none";

    /// <param name="wanted">Without it there is a row for nobody, which is taken like the others, not sent, and never shown.</param>
    public static Task InsertAsync(Tx tx, Guid nid, NewMessage m, bool wanted, DateTimeOffset now, CancellationToken ct) => tx.ExecuteAsync(new Sql("""
        insert into message (nid, id, status, channel, recipient, template_type, content, send_count, due_at, created_at, updated_at)
        values (@nid, @id, 'queued', @channel, @recipient, @type, @content, 0, @now, @now, @now)
        """,
        ("nid", nid), ("id", m.Id), ("channel", wanted ? NameOf(m.Channel) : Nowhere), ("recipient", wanted ? m.Recipient : ""), ("type", m.TemplateType), ("content", m.Content), ("now", now)), ct);

    /// <summary>
    /// Takes what is due, the oldest first. One conditional statement: of two workers that see the same row, the second finds it
    /// no longer due, since the first moved that time to the end of its lease.
    /// </summary>
    /// <param name="node">Whose it is then; null where only the lease's end frees it.</param>
    public Task<List<ClaimedMessage>> ClaimAsync(Guid nid, int most, Guid? node, DateTimeOffset now, TimeSpan lease, CancellationToken ct)
    {
        var until = Instant.Truncate(now + lease);
        var claim = Guid.CreateVersion7(now);
        return db.WriteAsync((tx, token) => tx.ReadAsync(new Sql("""
            update message set status = 'processing', claim = @claim, node = @node, due_at = @until, updated_at = @now
            where nid = @nid and due_at <= @now and id in (select id from message where nid = @nid and due_at <= @now order by due_at, id limit @most)
            returning id, channel, recipient, template_type, content, send_count, created_at
            """,
            ("claim", claim), ("node", node), ("until", until), ("now", now), ("nid", nid), ("most", most)),
            r => new ClaimedMessage(r.Guid(0), claim, MessageChannel.Of(r.Text(1)), r.Text(2), r.Text(3), r.TextOrNull(4), r.Int(5), r.Time(6), until) { IsForNobody = r.Text(1) == Nowhere }, token), ct);
    }

    /// <summary>Writes down how an attempt ended, if the message is still this attempt's; false where it is not.</summary>
    public Task<bool> FinishAsync(Guid nid, ClaimedMessage message, AttemptOutcome outcome, DateTimeOffset now, CancellationToken ct) =>
        db.WriteAsync((tx, token) => FinishAsync(tx, nid, message, outcome, now, token), ct);

    public static async Task<bool> FinishAsync(Tx tx, Guid nid, ClaimedMessage message, AttemptOutcome outcome, DateTimeOffset now, CancellationToken ct)
    {
        var changed = await tx.ExecuteAsync(new Sql("""
            update message set status = @status, due_at = @due, claim = null, node = null, send_count = send_count + 1, updated_at = @now,
                content = case when @keep then content else null end
            where nid = @nid and id = @id and claim = @claim
            """,
            ("status", outcome.Status), ("due", outcome.DueAt), ("now", now), ("keep", outcome.KeepContent),
            ("nid", nid), ("id", message.Id), ("claim", message.Claim)), ct);
        if (changed == 0) return false;
        await tx.ExecuteAsync(new Sql("insert into message_dispatch (nid, id, message_id, error, created_at) values (@nid, @id, @message, @error, @now)",
            ("nid", nid), ("id", Guid.CreateVersion7(now)), ("message", message.Id), ("error", outcome.Error), ("now", now)), ct);
        return true;
    }

    /// <summary>Gives back what was taken and not tried.</summary>
    public Task ReleaseAsync(Guid nid, ClaimedMessage message, DateTimeOffset now, CancellationToken ct) => db.ExecuteAsync(new Sql(
        "update message set status = 'queued', due_at = @now, claim = null, node = null, updated_at = @now where nid = @nid and id = @id and claim = @claim",
        ("now", now), ("nid", nid), ("id", message.Id), ("claim", message.Claim)), ct);

    /// <summary>Gives back what a node holds that is dead. What it writes about them afterwards does not count: they bear its claim no more.</summary>
    public static Task<int> FreeAsync(Tx tx, Guid nid, Guid node, DateTimeOffset now, CancellationToken ct) => tx.ExecuteAsync(new Sql("""
        update message set status = 'queued', due_at = @now, claim = null, node = null, updated_at = @now
        where nid = @nid and due_at > @now and due_at <= @until and node = @node and status = 'processing'
        """, ("now", now), ("until", now + (2 * CourierWorker.Lease)), ("nid", nid), ("node", node)), ct);

    /// <summary>The newest first, those after <paramref name="after"/>.</summary>
    public Task<List<StoredMessage>> ListAsync(Guid nid, MessageFilter filter, (DateTimeOffset At, Guid Id)? after, int most, CancellationToken ct)
    {
        var parameters = new List<(string, SqlValue)> { ("nid", nid), ("most", most) };
        var conditions = $"nid = @nid and channel <> '{Nowhere}'";
        if (filter.Status is { } status)
        {
            conditions += " and status = @status";
            parameters.Add(("status", status));
        }
        if (filter.Recipient is { } recipient)
        {
            conditions += " and recipient = @recipient";
            parameters.Add(("recipient", recipient));
        }
        if (after is var (at, id))
        {
            conditions += " and (created_at < @at or (created_at = @at and id < @id))";
            parameters.Add(("at", at));
            parameters.Add(("id", id));
        }
        return db.ReadAsync(new Sql($"select {Columns} from message where {conditions} order by created_at desc, id desc limit @most", [.. parameters]), Read, ct);
    }

    public Task<StoredMessage?> FindAsync(Guid nid, Guid id, CancellationToken ct) =>
        db.ReadOneAsync(new Sql($"select {Columns} from message where nid = @nid and id = @id and channel <> '{Nowhere}'", ("nid", nid), ("id", id)), Read, ct);

    public Task<List<Dispatch>> DispatchesAsync(Guid nid, Guid message, CancellationToken ct) => db.ReadAsync(
        new Sql("select id, error, created_at from message_dispatch where nid = @nid and message_id = @id order by created_at, id", ("nid", nid), ("id", message)),
        r => new Dispatch(r.Guid(0), r.TextOrNull(1), r.Time(2)), ct);

    /// <summary>Removes messages that were over before a time, at most so many; gives how many it were.</summary>
    public Task<int> DeleteFinishedAsync(Guid nid, DateTimeOffset before, int most, CancellationToken ct) => db.ExecuteAsync(new Sql("""
        delete from message where nid = @nid and id in (select id from message where nid = @nid and due_at is null and created_at < @before order by created_at limit @most)
        """, ("nid", nid), ("before", before), ("most", most)), ct);

    /// <summary>How many messages are not over, counted up to a limit, and since when the oldest waits.</summary>
    public async Task<(int Count, DateTimeOffset? Oldest)> WaitingAsync(Guid nid, int most, CancellationToken ct)
    {
        var found = await db.ReadAsync(new Sql("select count(*), min(created_at) from (select created_at from message where nid = @nid and due_at is not null order by due_at limit @most) waiting",
            ("nid", nid), ("most", most)), r => (r.Int(0), r.TimeOrNull(1)), ct);
        return found[0];
    }

    public static string NameOf(MessageChannel channel) => channel == MessageChannel.Email ? "email" : "sms";

    private static StoredMessage Read(Row r) => new(r.Guid(0), r.Text(1), MessageChannel.Of(r.Text(2)), r.Text(3), r.Text(4), r.TextOrNull(5), r.Int(6), r.Time(7), r.Time(8));
}

using System.Text.Json.Nodes;
using Ascent.Flows.Nodes;
using Ascent.Storage;

namespace Ascent.Flows;

internal sealed class FlowStore(Db db, TimeProvider time)
{
    private const string Columns = "id, kind, type, state, active, request_url, return_to, csrf, identity_id, ui, data, submit_count, completed, issued_at, expires_at, created_at, updated_at";

    public Task<Flow?> FindAsync(Guid nid, FlowKind kind, Guid id, CancellationToken ct) => db.ReadOneAsync(new Sql($"""
        select {Columns} from flow where nid = @nid and id = @id and kind = @kind
        """, ("nid", nid), ("id", id), ("kind", kind.Name)), Read, ct);

    public Task InsertAsync(Guid nid, Flow flow, CancellationToken ct) => db.WriteAsync((tx, token) => InsertAsync(tx, nid, flow, token), ct);

    /// <param name="also">What is written in the same transaction, if anything.</param>
    public Task InsertAsync(Guid nid, Flow flow, Func<Tx, CancellationToken, Task>? also, CancellationToken ct) => db.WriteAsync(async (tx, token) =>
    {
        await InsertAsync(tx, nid, flow, token);
        if (also is not null) await also(tx, token);
    }, ct);

    public static Task InsertAsync(Tx tx, Guid nid, Flow f, CancellationToken ct) => tx.ExecuteAsync(new Sql($"""
        insert into flow (nid, {Columns})
        values (@nid, @id, @kind, @type, @state, @active, @request_url, @return_to, @csrf, @identity_id, @ui, @data, @submit_count, @completed, @issued_at, @expires_at, @created_at, @updated_at)
        """,
        ("nid", nid), ("id", f.Id), ("kind", f.Kind.Name), ("type", f.TypeName), ("state", f.State), ("active", f.Active), ("request_url", f.RequestUrl),
        ("return_to", f.ReturnTo), ("csrf", f.Csrf), ("identity_id", f.IdentityId), ("ui", f.Ui.ToJson()), ("data", f.Data.ToJsonString()),
        ("submit_count", f.SubmitCount), ("completed", f.Completed), ("issued_at", f.IssuedAt), ("expires_at", f.ExpiresAt), ("created_at", f.CreatedAt), ("updated_at", f.UpdatedAt)), ct);

    /// <summary>Saves what a request changed; a flow that another request completed meanwhile stays completed.</summary>
    public Task SaveAsync(Guid nid, Flow flow, CancellationToken ct) => db.WriteAsync((tx, token) => SaveAsync(tx, nid, flow, token), ct);

    /// <param name="also">What is written in the same transaction, if anything.</param>
    public Task SaveAsync(Guid nid, Flow flow, Func<Tx, CancellationToken, Task>? also, CancellationToken ct) => db.WriteAsync(async (tx, token) =>
    {
        await SaveAsync(tx, nid, flow, token);
        if (also is not null) await also(tx, token);
    }, ct);

    public Task SaveAsync(Tx tx, Guid nid, Flow f, CancellationToken ct)
    {
        f.UpdatedAt = Instant.Truncate(time.GetUtcNow());
        return tx.ExecuteAsync(new Sql("""
            update flow set state = @state, active = @active, return_to = @return_to, csrf = @csrf, request_url = @request_url, ui = @ui, data = @data, updated_at = @updated_at
            where nid = @nid and id = @id
            """,
            ("nid", nid), ("id", f.Id), ("state", f.State), ("active", f.Active), ("return_to", f.ReturnTo), ("csrf", f.Csrf), ("request_url", f.RequestUrl),
            ("ui", f.Ui.ToJson()), ("data", f.Data.ToJsonString()), ("updated_at", f.UpdatedAt)), ct);
    }

    /// <summary>Marks a flow as done; false when it was already, by whoever was faster.</summary>
    public static async Task<bool> CompleteAsync(Tx tx, Guid nid, Guid id, CancellationToken ct) =>
        await tx.ExecuteAsync(new Sql("update flow set completed = true where nid = @nid and id = @id and completed = false", ("nid", nid), ("id", id)), ct) == 1;

    /// <summary>Counts a submission before anything of it is looked at; the count after it.</summary>
    public async Task<int> CountSubmissionAsync(Guid nid, Guid id, CancellationToken ct) => await db.WriteAsync(async (tx, token) =>
        await tx.ReadValueAsync(new Sql("update flow set submit_count = submit_count + 1 where nid = @nid and id = @id returning submit_count", ("nid", nid), ("id", id)), r => r.Int(0), token) ?? int.MaxValue, ct);

    private static Flow Read(Row r) => new()
    {
        Id = r.Guid(0),
        Kind = Enum.Parse<FlowKind>(r.Text(1), ignoreCase: true),
        IsApi = r.Text(2) == "api",
        State = r.Text(3),
        Active = r.TextOrNull(4),
        RequestUrl = r.Text(5),
        ReturnTo = r.TextOrNull(6),
        Csrf = r.TextOrNull(7),
        IdentityId = r.GuidOrNull(8),
        Ui = UiContainer.Parse(r.Text(9)),
        Data = JsonNode.Parse(r.Text(10))!.AsObject(),
        SubmitCount = r.Int(11),
        Completed = r.Bool(12),
        IssuedAt = r.Time(13),
        ExpiresAt = r.Time(14),
        CreatedAt = r.Time(15),
        UpdatedAt = r.Time(16),
    };
}

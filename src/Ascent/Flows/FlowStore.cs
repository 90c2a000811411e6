using System.Text.Json.Nodes;
using Ascent.Crypto;
using Ascent.Flows.Nodes;
using Ascent.Storage;

namespace Ascent.Flows;

/// <summary>
/// Flows between two requests. What a form shows and what methods remember is encrypted, each for its own row: it holds secrets that
/// are offered, codes that are shown, traits that were typed. A flow that no configured secret opens is none.
/// </summary>
internal sealed class FlowStore(Db db, Cipher cipher, TimeProvider time)
{
    public const string UiPurpose = "flow-ui", DataPurpose = "flow-data";
    private const string Columns = "id, kind, type, state, active, request_url, return_to, csrf, identity_id, ui, data, submit_count, completed, issued_at, expires_at, created_at, updated_at";

    public async Task<Flow?> FindAsync(Guid nid, FlowKind kind, Guid id, CancellationToken ct) => (await db.ReadOneAsync(new Sql($"""
        select {Columns} from flow where nid = @nid and id = @id and kind = @kind
        """, ("nid", nid), ("id", id), ("kind", kind.Name)), r => new Found(Read(r)), ct))?.Flow;

    public Task InsertAsync(Guid nid, Flow flow, CancellationToken ct) => db.ExecuteAsync(Insertion(nid, flow), ct);

    /// <param name="also">What is written in the same transaction, if anything.</param>
    public Task InsertAsync(Guid nid, Flow flow, Func<Tx, CancellationToken, Task>? also, CancellationToken ct) => also is null ? InsertAsync(nid, flow, ct) : db.WriteAsync(async (tx, token) =>
    {
        await InsertAsync(tx, nid, flow, token);
        await also(tx, token);
    }, ct);

    public Task InsertAsync(Tx tx, Guid nid, Flow flow, CancellationToken ct) => tx.QueueAsync(Insertion(nid, flow), ct);

    private Sql Insertion(Guid nid, Flow f) => new($"""
        insert into flow (nid, {Columns})
        values (@nid, @id, @kind, @type, @state, @active, @request_url, @return_to, @csrf, @identity_id, @ui, @data, @submit_count, @completed, @issued_at, @expires_at, @created_at, @updated_at)
        """,
        ("nid", nid), ("id", f.Id), ("kind", f.Kind.Name), ("type", f.TypeName), ("state", f.State), ("active", f.Active), ("request_url", f.RequestUrl),
        ("return_to", f.ReturnTo), ("csrf", f.Csrf), ("identity_id", f.IdentityId), ("ui", Seal(UiPurpose, f.Id, f.Ui.ToJson())), ("data", Seal(DataPurpose, f.Id, f.Data.ToJsonString())),
        ("submit_count", f.SubmitCount), ("completed", f.Completed), ("issued_at", f.IssuedAt), ("expires_at", f.ExpiresAt), ("created_at", f.CreatedAt), ("updated_at", f.UpdatedAt));

    /// <summary>Saves what a request changed; a flow that another request completed meanwhile stays completed.</summary>
    public Task SaveAsync(Guid nid, Flow flow, CancellationToken ct) => db.ExecuteAsync(Update(nid, flow), ct);

    /// <param name="also">What is written in the same transaction, if anything.</param>
    public Task SaveAsync(Guid nid, Flow flow, Func<Tx, CancellationToken, Task>? also, CancellationToken ct) => also is null ? SaveAsync(nid, flow, ct) : db.WriteAsync(async (tx, token) =>
    {
        await SaveAsync(tx, nid, flow, token);
        await also(tx, token);
    }, ct);

    public Task SaveAsync(Tx tx, Guid nid, Flow flow, CancellationToken ct) => tx.QueueAsync(Update(nid, flow), ct);

    /// <summary>Saves a flow as it is when it is done; false when it was already, by whoever was faster.</summary>
    public async Task<bool> CompleteAsync(Tx tx, Guid nid, Flow flow, CancellationToken ct) => await tx.ExecuteAsync(Completion(nid, flow), ct) == 1;

    /// <summary>As <see cref="CompleteAsync"/>; a row comes back where it was not done yet.</summary>
    public Task<Later<List<bool>>> CompleteLaterAsync(Tx tx, Guid nid, Flow flow, CancellationToken ct) => tx.ReadLaterAsync(Completion(nid, flow, " returning completed"), r => r.Bool(0), ct);

    private Sql Completion(Guid nid, Flow flow, string answer = "") => Update(nid, flow, ", completed = true", $" and completed = false{answer}");

    private Sql Update(Guid nid, Flow f, string also = "", string condition = "")
    {
        f.UpdatedAt = Instant.Truncate(time.GetUtcNow());
        var text = new Flow.Text(f.Ui.ToJson(), f.Data.ToJsonString());
        // What is as it was read need not be encrypted and written again. What one save changed may be undone with its transaction.
        var (sameUi, sameData) = (text.Ui == f.AsRead?.Ui, text.Data == f.AsRead?.Data);
        if (!sameUi || !sameData) f.AsRead = null;
        return new Sql($"""
            update flow set state = @state, active = @active, return_to = @return_to, csrf = @csrf, request_url = @request_url,
                ui = coalesce(@ui, ui), data = coalesce(@data, data), updated_at = @updated_at{also}
            where nid = @nid and id = @id{condition}
            """,
            ("nid", nid), ("id", f.Id), ("state", f.State), ("active", f.Active), ("return_to", f.ReturnTo), ("csrf", f.Csrf), ("request_url", f.RequestUrl),
            ("ui", sameUi ? null : Seal(UiPurpose, f.Id, text.Ui)), ("data", sameData ? null : Seal(DataPurpose, f.Id, text.Data)), ("updated_at", f.UpdatedAt));
    }

    public async Task<bool> DeleteAsync(Guid nid, FlowKind kind, Guid id, CancellationToken ct) =>
        await db.ExecuteAsync(new Sql("delete from flow where nid = @nid and id = @id and kind = @kind", ("nid", nid), ("id", id), ("kind", kind.Name)), ct) == 1;

    /// <summary>Counts a submission before anything of it is looked at; the count after it.</summary>
    public async Task<int> CountSubmissionAsync(Guid nid, Guid id, CancellationToken ct) =>
        await db.ChangeAsync(new Sql("update flow set submit_count = submit_count + 1 where nid = @nid and id = @id returning submit_count", ("nid", nid), ("id", id)), r => r.Int(0), ct) is [var count] ? count : int.MaxValue;

    private string Seal(string purpose, Guid id, string text) => cipher.Encrypt(purpose, text, id.ToString("N"));

    private Flow? Read(Row r)
    {
        var id = r.Guid(0);
        return cipher.Decrypt(UiPurpose, r.Text(9), id.ToString("N")) is { } ui && cipher.Decrypt(DataPurpose, r.Text(10), id.ToString("N")) is { } data ? Read(r, id, ui, data) : null;
    }

    private static Flow Read(Row r, Guid id, string ui, string data) => new()
    {
        Id = id,
        Kind = Enum.Parse<FlowKind>(r.Text(1), ignoreCase: true),
        IsApi = r.Text(2) == "api",
        State = r.Text(3),
        Active = r.TextOrNull(4),
        RequestUrl = r.Text(5),
        ReturnTo = r.TextOrNull(6),
        Csrf = r.TextOrNull(7),
        IdentityId = r.GuidOrNull(8),
        Ui = UiContainer.Parse(ui),
        Data = JsonNode.Parse(data)!.AsObject(),
        AsRead = new Flow.Text(ui, data),
        SubmitCount = r.Int(11),
        Completed = r.Bool(12),
        IssuedAt = r.Time(13),
        ExpiresAt = r.Time(14),
        CreatedAt = r.Time(15),
        UpdatedAt = r.Time(16),
    };

    private sealed record Found(Flow? Flow);
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Storage;

namespace Ascent.Flows;

/// <summary>Errors that wait for the error page to fetch them by their id.</summary>
internal sealed class FlowErrorStore(Db db, TimeProvider time)
{
    public sealed record Stored(Guid Id, string Error, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

    public async Task<Guid> KeepAsync(Guid nid, JsonObject error, CancellationToken ct)
    {
        var id = Guid.NewGuid();
        await db.ExecuteAsync(new Sql("""
            insert into flow_error (nid, id, error, created_at, updated_at) values (@nid, @id, @error, @now, @now)
            """, ("nid", nid), ("id", id), ("error", error.ToJsonString()), ("now", time.GetUtcNow())), ct);
        return id;
    }

    public Task<Stored?> FindAsync(Guid nid, Guid id, CancellationToken ct) => db.ReadOneAsync(new Sql("""
        select id, error, created_at, updated_at from flow_error where nid = @nid and id = @id
        """, ("nid", nid), ("id", id)), r => new Stored(r.Guid(0), r.Text(1), r.Time(2), r.Time(3)), ct);

    /// <summary>Writes what the error page reads; the error's text is JSON already.</summary>
    public static void Write(Utf8JsonWriter w, Stored stored)
    {
        w.WriteStartObject();
        w.WriteString("id"u8, stored.Id);
        w.WritePropertyName("error"u8);
        w.WriteRawValue(stored.Error);
        w.WriteString("created_at"u8, stored.CreatedAt.UtcDateTime);
        w.WriteString("updated_at"u8, stored.UpdatedAt.UtcDateTime);
        w.WriteEndObject();
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Events;
using Ascent.Http;
using Ascent.Storage;

namespace Ascent.Sessions;

/// <summary>Many sessions disabled or deleted at once: by their ids, by their identities, or all there are, some thousands at a time.</summary>
internal sealed class SessionBulk(Db db, TimeProvider time, EventWriter events)
{
    public const int MostIds = 500, WildcardBatch = 5000;
    private const string Wildcard = "*";

    /// <summary>What is asked for; a null list of ids is every session.</summary>
    public sealed record Order(bool Delete, string Column, IReadOnlyList<Guid>? Ids);

    public readonly record struct Outcome(int Processed, bool More);

    /// <exception cref="ApiException">The body asks for nothing that there is.</exception>
    public static Order Parse(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) Refuse("The body must be a JSON object with an action and a list of sessions or identities.");
        var action = body.TryGetProperty("action", out var a) && a.ValueKind == JsonValueKind.String ? a.GetString() : null;
        if (action is not ("disable" or "delete")) Refuse("The body's 'action' must be 'disable' or 'delete'.");
        var sessions = List(body, "sessions");
        var identities = List(body, "identities");
        if (sessions.Count == 0 == (identities.Count == 0)) Refuse("One of the body's 'sessions' and 'identities', and not both, must name at least one.");
        var (column, texts, name) = sessions.Count > 0 ? ("id", sessions, "sessions") : ("identity_id", identities, "identities");
        if (texts.Count > MostIds) Refuse($"The body's '{name}' may hold at most {MostIds} ids.");
        if (texts is [Wildcard] && name == "identities") return new Order(action == "delete", column, null);
        var ids = new List<Guid>(texts.Count);
        foreach (var text in texts)
        {
            if (!Guid.TryParseExact(text, "D", out var id)) Refuse($"The body's '{name}' must hold UUIDs{(name == "identities" ? ", or nothing but one '*'" : "")}.");
            ids.Add(id);
        }
        return new Order(action == "delete", column, ids);
    }

    public Task<Outcome> RunAsync(Guid nid, Order order, string actor, CancellationToken ct) => db.WriteAsync(async (tx, token) =>
    {
        var count = await tx.ExecuteAsync(Statement(nid, order), token);
        if (count > 0)
        {
            var data = new JsonObject { ["count"] = count, [order.Column == "id" ? "sessions" : "identities"] = order.Ids is null ? Wildcard : new JsonArray([.. order.Ids.Select(id => (JsonNode)id.ToString())]) };
            await events.WriteAsync(tx, nid, new Event(order.Delete ? "sessions.deleted" : "sessions.revoked") { Actor = actor, Data = data }, token);
        }
        return new Outcome(count, order.Ids is null && count == WildcardBatch);
    }, ct);

    private Sql Statement(Guid nid, Order order)
    {
        var which = order.Ids is null
            ? $"id in (select id from session where nid = @nid{(order.Delete ? "" : " and active")} limit @batch)"
            : $"{order.Column} = any(@ids)";
        (string, SqlValue) choice = order.Ids is null ? ("batch", WildcardBatch) : ("ids", SqlValue.Of(order.Ids));
        return order.Delete
            ? new Sql($"delete from session where nid = @nid and {which}", ("nid", nid), choice)
            : new Sql($"update session set active = @no, updated_at = @now where nid = @nid and active and {which}", ("nid", nid), ("no", false), ("now", time.GetUtcNow()), choice);
    }

    private static List<string> List(JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out var list) || list.ValueKind == JsonValueKind.Null) return [];
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(e => e.ValueKind != JsonValueKind.String)) Refuse($"The body's '{name}' must be a list of texts.");
        return [.. list.EnumerateArray().Select(e => e.GetString()!)];
    }

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    private static void Refuse(string reason) => ApiError.BadRequest(reason).Throw();
}

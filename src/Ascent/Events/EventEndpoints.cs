using System.Globalization;
using System.Net;
using Ascent.Crypto;
using Ascent.Http;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Http;

namespace Ascent.Events;

/// <summary>The audit trail for administrators: the newest first, by pages.</summary>
internal static class EventEndpoints
{
    private const string Purpose = "event-page", Path = "/admin/events";
    private const int DefaultSize = 250, MostSize = 1000, LongestText = 200;

    public static async Task<IResult> ListAsync(HttpContext http, EventStore store, Ciphers ciphers, Tenant tenant, TimeProvider time, CancellationToken ct)
    {
        var query = http.Request.Query;
        var filter = Filter(query, time.GetUtcNow());
        var size = Size(query["page_size"].ToString());
        var found = await store.ListAsync(tenant.Nid, filter, Before(query["page_token"].ToString(), ciphers), size + 1, ct);
        var more = found.Count > size;
        if (more) found.RemoveAt(size);
        http.Response.Headers.Link = Link(query, size, Guid.AllBitsSet, "first", ciphers) + (more ? "," + Link(query, size, found[^1].Id, "next", ciphers) : "");
        return new JsonResult<List<StoredEvent>>(found, static (w, all) =>
        {
            w.WriteStartArray();
            foreach (var one in all) EventText.Write(w, one);
            w.WriteEndArray();
        });
    }

    private static EventFilter Filter(IQueryCollection query, DateTimeOffset now)
    {
        string[] types = [.. query["type"].SelectMany(t => (t ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        if (types.Any(t => !EventTypes.IsKnown(t)))
            throw new ApiException(ApiError.BadRequest("The query's type names a type of event that there is not; the reference of events lists them."));
        return new EventFilter
        {
            Types = types,
            IdentityId = Text(query, "identity_id") is { } id ? Guid.TryParseExact(id, "D", out var identity) ? identity : throw new ApiException(ApiError.BadRequest("The query's identity_id must be a UUID.")) : null,
            Actor = Text(query, "actor"),
            Address = Text(query, "address") is { } text ? IPAddress.TryParse(text, out var address) ? address.ToString() : text.EndsWith("/64", StringComparison.Ordinal) ? text : throw new ApiException(ApiError.BadRequest("The query's address must be an IP address.")) : null,
            Since = Time(query, "since", now), Until = Time(query, "until", now),
        };
    }

    private static string? Text(IQueryCollection query, string name) => query[name].ToString() switch
    {
        "" => null,
        { Length: > LongestText } => throw new ApiException(ApiError.BadRequest($"The query's {name} is too long.")),
        var text => text,
    };

    private static DateTimeOffset? Time(IQueryCollection query, string name, DateTimeOffset now)
    {
        if (Text(query, name) is not { } text) return null;
        return EventText.TryParseTime(text, now, out var at) ? at : throw new ApiException(ApiError.BadRequest($"The query's {name} must be a time such as 2026-01-31T08:00:00Z, or how long ago, such as 24h."));
    }

    private static int Size(string text)
    {
        if (text.Length == 0) return DefaultSize;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? Math.Min(size, MostSize)
            : throw new ApiException(ApiError.BadRequest($"The query's page_size must be a whole number from 1 to {MostSize}."));
    }

    private static Guid Before(string token, Ciphers ciphers)
    {
        if (token.Length == 0) return Guid.AllBitsSet;
        return ciphers.Pagination.TryDecrypt(Purpose, token, out var bytes) && bytes.Length == 16
            ? new Guid(bytes, bigEndian: true)
            : throw new ApiException(ApiError.BadRequest("The query's page_token is none that this server made; begin at the first page."));
    }

    private static string Link(IQueryCollection query, int size, Guid before, string rel, Ciphers ciphers)
    {
        var kept = query.Where(q => q.Key is not ("page_size" or "page_token")).SelectMany(q => q.Value.Select(v => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(v ?? "")}&"));
        var token = ciphers.Pagination.Encrypt(Purpose, before.ToByteArray(bigEndian: true));
        return $"<{Path}?{string.Concat(kept)}page_size={size}&page_token={Uri.EscapeDataString(token)}>; rel=\"{rel}\"";
    }
}

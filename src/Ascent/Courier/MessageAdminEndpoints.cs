using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Ascent.Config;
using Ascent.Crypto;
using Ascent.Events;
using Ascent.Http;
using Ascent.Storage;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Courier;

/// <summary>Messages for administrators: which went to whom and what became of them. What they said is shown with --dev alone.</summary>
internal static class MessageAdminEndpoints
{
    private const int DefaultSize = 10, MostSize = 500, TokenBytes = 24;
    private const string Purpose = "message-page";

    public static void MapAdminCourier(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/courier/messages", ListAsync);
        routes.MapGet("/courier/messages/{id}", GetAsync);
        routes.MapPost("/courier/messages/{id}/resend", ResendAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, MessageStore store, MessageSeal seal, Ciphers ciphers, ConfigStore config, Tenant tenant, CancellationToken ct)
    {
        var query = http.Request.Query;
        var status = query["status"].ToString() is { Length: > 0 } s ? s : null;
        if (status is not null && !MessageStatus.IsKnown(status)) return ApiError.BadRequest("The query's status must be queued, processing, sent or abandoned.");
        var recipient = query["recipient"].ToString() is { Length: > 0 } r ? r : null;
        var size = Size(query["page_size"].ToString());
        var found = await store.ListAsync(tenant.Nid, new MessageFilter(status, recipient), After(query["page_token"].ToString(), ciphers.Pagination), size + 1, ct);
        var more = found.Count > size;
        if (more) found.RemoveAt(size);
        var links = Link("first", DateTimeOffset.UnixEpoch.AddYears(8000), Guid.AllBitsSet);
        if (more) links += "," + Link("next", found[^1].CreatedAt, found[^1].Id);
        http.Response.Headers.Link = links;
        return new JsonResult<(List<StoredMessage> All, MessageSeal Seal, bool Dev)>((found, seal, config.Current.Dev), static (w, s) =>
        {
            w.WriteStartArray();
            foreach (var message in s.All) Write(w, message, s.Seal, s.Dev, null);
            w.WriteEndArray();
        });

        string Link(string rel, DateTimeOffset at, Guid id)
        {
            var parameters = new List<(string Name, string Value)> { ("page_size", size.ToString(CultureInfo.InvariantCulture)), ("page_token", Token(at, id, ciphers.Pagination)) };
            if (recipient is not null) parameters.Add(("recipient", recipient));
            if (status is not null) parameters.Add(("status", status));
            return $"</admin/courier/messages?{string.Join('&', parameters.Select(p => $"{p.Name}={Uri.EscapeDataString(p.Value)}"))}>; rel=\"{rel}\"";
        }
    }

    private static async Task<IResult> GetAsync(string id, MessageStore store, MessageSeal seal, ConfigStore config, Tenant tenant, CancellationToken ct)
    {
        if (!Guid.TryParse(id, out var parsed)) return ApiError.BadRequest("The path's message must be named by its UUID.");
        if (await store.FindAsync(tenant.Nid, parsed, ct) is not { } message) return ApiError.NotFound();
        var dispatches = await store.DispatchesAsync(tenant.Nid, parsed, ct);
        return new JsonResult<(StoredMessage Message, List<Dispatch> Dispatches, MessageSeal Seal, bool Dev)>((message, dispatches, seal, config.Current.Dev),
            static (w, s) => Write(w, s.Message, s.Seal, s.Dev, s.Dispatches));
    }

    private static async Task<IResult> ResendAsync(HttpContext http, string id, Db db, EventWriter events, CourierSignal signal, Tenant tenant, TimeProvider time, CancellationToken ct)
    {
        if (!Guid.TryParse(id, out var parsed)) return ApiError.BadRequest("The path's message must be named by its UUID.");
        switch (await MessageResending.ResendAsync(db, events, tenant.Nid, parsed, AdminCaller.Of(http), time.GetUtcNow(), ct))
        {
            case Resending.Due:
                signal.Raise();
                return TypedResults.NoContent();
            case Resending.NotThere: return ApiError.NotFound();
            case Resending.UnderWay: return ApiError.Conflict("The message is being sent at this moment.");
            default: return ApiError.Conflict("The message is over, and what it said is not kept. Have it made anew: its receiver asks again.");
        }
    }

    private static void Write(Utf8JsonWriter w, StoredMessage m, MessageSeal seal, bool dev, List<Dispatch>? dispatches)
    {
        const string Redacted = "<redacted-unless-dev-mode>";
        var content = dev ? seal.Open(m.Id, m.Content) : null;
        w.WriteStartObject();
        w.WriteString("id"u8, m.Id);
        w.WriteString("status"u8, m.Status);
        w.WriteString("type"u8, m.Channel == MessageChannel.Email ? "email"u8 : "phone"u8);
        w.WriteString("recipient"u8, m.Recipient);
        w.WriteString("body"u8, content?.Body ?? Redacted);
        w.WriteString("subject"u8, content?.Subject ?? Redacted);
        w.WriteString("template_type"u8, m.TemplateType);
        w.WriteString("channel"u8, MessageStore.NameOf(m.Channel));
        w.WriteNumber("send_count"u8, m.SendCount);
        if (dispatches is not null) WriteDispatches(w, m.Id, dispatches);
        w.WriteString("created_at"u8, m.CreatedAt.UtcDateTime);
        w.WriteString("updated_at"u8, m.UpdatedAt.UtcDateTime);
        w.WriteEndObject();
    }

    private static void WriteDispatches(Utf8JsonWriter w, Guid message, List<Dispatch> dispatches)
    {
        w.WriteStartArray("dispatches"u8);
        foreach (var d in dispatches)
        {
            w.WriteStartObject();
            w.WriteString("id"u8, d.Id);
            w.WriteString("message_id"u8, message);
            w.WriteString("status"u8, d.Error is null ? "success"u8 : "failed"u8);
            if (d.Error is null) w.WriteNull("error"u8);
            else
            {
                w.WriteStartObject("error"u8);
                w.WriteString("message"u8, d.Error);
                w.WriteEndObject();
            }
            w.WriteString("created_at"u8, d.CreatedAt.UtcDateTime);
            w.WriteString("updated_at"u8, d.CreatedAt.UtcDateTime);
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }

    private static int Size(string text)
    {
        if (text.Length == 0) return DefaultSize;
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var size)) ApiError.BadRequest("The query's page_size must be a whole number.").Throw();
        return size < 1 ? DefaultSize : Math.Min(size, MostSize);
    }

    private static string Token(DateTimeOffset at, Guid id, Cipher cipher)
    {
        Span<byte> bytes = stackalloc byte[TokenBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Instant.ToMicroseconds(at));
        id.TryWriteBytes(bytes[8..], bigEndian: true, out _);
        return cipher.Encrypt(Purpose, bytes);
    }

    private static (DateTimeOffset At, Guid Id)? After(string token, Cipher cipher)
    {
        if (token.Length == 0) return null;
        if (!cipher.TryDecrypt(Purpose, token, out var bytes) || bytes.Length != TokenBytes) ApiError.BadRequest("The query's page_token is none that this server made; begin at the first page.").Throw();
        return (Instant.FromMicroseconds(BinaryPrimitives.ReadInt64BigEndian(bytes)), new Guid(bytes.AsSpan(8), bigEndian: true));
    }
}

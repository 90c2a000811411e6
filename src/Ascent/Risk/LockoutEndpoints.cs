using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Ascent.Crypto;
using Ascent.Http;
using Ascent.Storage;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Http;

namespace Ascent.Risk;

/// <summary>Lockouts for administrators: what is locked, and letting it go, by its id or by what is locked.</summary>
internal static class LockoutEndpoints
{
    private const string PagePurpose = "lockout-page";
    private const int DefaultSize = 250, MostSize = 1000, TokenBytes = 24;

    public static async Task<IResult> ListAsync(HttpContext http, Lockouts lockouts, Ciphers ciphers, Tenant tenant, CancellationToken ct)
    {
        var query = http.Request.Query;
        var filter = new LockoutFilter(
            query["identifier"].ToString() is { Length: > 0 } typed ? lockouts.IdsOf(tenant.Nid, ThrottleSubject.Identifier(typed)) : null,
            query["identity_id"].ToString() is { Length: > 0 } text ? Id(text, "The query's identity_id") : null);
        var size = Size(query["page_size"].ToString());
        var found = await lockouts.ListAsync(tenant.Nid, filter, Before(query["page_token"].ToString(), ciphers), size + 1, ct);
        http.Response.Headers["X-Total-Count"] = (await lockouts.CountAsync(tenant.Nid, filter, ct)).ToString(CultureInfo.InvariantCulture);
        if (found.Count > size)
        {
            found.RemoveAt(size);
            http.Response.Headers.Link = Next(query, size, Token(found[^1], ciphers));
        }
        return new JsonResult<List<Lockout>>(found, static (w, all) =>
        {
            w.WriteStartArray();
            foreach (var one in all) Write(w, one);
            w.WriteEndArray();
        });
    }

    public static async Task<IResult> DeleteAsync(HttpContext http, string id, Lockouts lockouts, Tenant tenant, CancellationToken ct) =>
        Released(await lockouts.ReleaseAsync(tenant.Nid, new LockoutFilter([Id(id, "The path's lockout")]), AdminCaller.Of(http), ct));

    public static async Task<IResult> UnlockAsync(HttpContext http, Lockouts lockouts, Tenant tenant, CancellationToken ct) =>
        Released(await lockouts.ReleaseAsync(tenant.Nid, Named(await JsonBody.ReadAsync(http), lockouts, tenant.Nid), AdminCaller.Of(http), ct));

    private static IResult Released(int count) => count > 0 ? TypedResults.NoContent() : ApiError.NotFound("Nothing of this kind is locked at the moment.");

    private static LockoutFilter Named(JsonElement body, Lockouts lockouts, Guid nid)
    {
        string? identifier = Text(body, "identifier"), address = Text(body, "address"), identity = Text(body, "identity_id");
        if (new[] { identifier, address, identity }.Count(t => t is not null) != 1)
            ApiError.BadRequest("The body must name one of 'identifier', 'address' and 'identity_id' as a text.").Throw();
        if (identity is not null) return new LockoutFilter(IdentityId: Id(identity, "The body's identity_id"));
        if (identifier is not null) return new LockoutFilter(lockouts.IdsOf(nid, ThrottleSubject.Identifier(identifier)));
        // As the list shows it: an IPv6 client by its network.
        if (!IPAddress.TryParse(address!.EndsWith("/64", StringComparison.Ordinal) ? address[..^3] : address, out var client))
            throw new ApiException(ApiError.BadRequest("The body's 'address' must be an IP address, or a network as the list of lockouts shows it."));
        return new LockoutFilter(lockouts.IdsOf(nid, ThrottleSubject.Address(client)));
    }

    private static string? Text(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private static Guid Id(string text, string what) =>
        Guid.TryParseExact(text, "D", out var id) ? id : throw new ApiException(ApiError.BadRequest($"{what} must be a UUID."));

    private static int Size(string text)
    {
        if (text.Length == 0) return DefaultSize;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0
            ? Math.Min(size, MostSize)
            : throw new ApiException(ApiError.BadRequest($"The query's page_size must be a whole number from 1 to {MostSize}."));
    }

    private static (DateTimeOffset, Guid) Before(string token, Ciphers ciphers)
    {
        if (token.Length == 0) return (DateTimeOffset.MaxValue, Guid.AllBitsSet);
        if (!ciphers.Pagination.TryDecrypt(PagePurpose, token, out var bytes) || bytes.Length != TokenBytes)
            throw new ApiException(ApiError.BadRequest("The query's page_token is none that this server made; begin at the first page."));
        return (Instant.FromMicroseconds(BinaryPrimitives.ReadInt64BigEndian(bytes)), new Guid(bytes.AsSpan(sizeof(long)), bigEndian: true));
    }

    private static string Token(Lockout last, Ciphers ciphers)
    {
        var bytes = new byte[TokenBytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Instant.ToMicroseconds(last.Until));
        last.Id.TryWriteBytes(bytes.AsSpan(sizeof(long)), bigEndian: true, out _);
        return ciphers.Pagination.Encrypt(PagePurpose, bytes);
    }

    private static string Next(IQueryCollection query, int size, string token)
    {
        var kept = query.Where(q => q.Key is not ("page_size" or "page_token")).SelectMany(q => q.Value.Select(v => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(v ?? "")}&"));
        return $"</admin/lockouts?{string.Concat(kept)}page_size={size}&page_token={Uri.EscapeDataString(token)}>; rel=\"next\"";
    }

    private static void Write(Utf8JsonWriter w, Lockout lockout)
    {
        w.WriteStartObject();
        w.WriteString("id"u8, lockout.Id);
        w.WriteString("kind"u8, lockout.Kind);
        if (lockout.Method is not null) w.WriteString("method"u8, lockout.Method);
        if (lockout.IdentityId is { } identity) w.WriteString("identity_id"u8, identity);
        if (lockout.Address is not null) w.WriteString("address"u8, lockout.Address);
        w.WriteNumber("failures"u8, lockout.Failures);
        if (lockout.At is { } at) w.WriteString("locked_at"u8, at);
        w.WriteString("locked_until"u8, lockout.Until);
        w.WriteEndObject();
    }
}

using System.Text;
using System.Text.Json;
using Ascent.Http;

namespace Ascent.Identities;

/// <summary>The addresses as clients see them: what is folded into the identity's row.</summary>
internal static class AddressJson
{
    public const string Empty = "[]";

    public static string Write(IEnumerable<VerifiableAddress> addresses) =>
        Encoding.UTF8.GetString(JsonOut.ToBytes(addresses.OrderBy(a => a.Id), static (w, list) =>
        {
            w.WriteStartArray();
            foreach (var a in list)
            {
                w.WriteStartObject();
                w.WriteString("id"u8, a.Id);
                w.WriteString("value"u8, a.Value);
                w.WriteBoolean("verified"u8, a.Verified);
                w.WriteString("via"u8, a.Via);
                w.WriteString("status"u8, a.Status);
                if (a.VerifiedAt is { } at) w.WriteString("verified_at"u8, Rfc3339.Format(at));
                Times(w, a.CreatedAt, a.UpdatedAt);
            }
            w.WriteEndArray();
        }));

    public static string Write(IEnumerable<RecoveryAddress> addresses) =>
        Encoding.UTF8.GetString(JsonOut.ToBytes(addresses.OrderBy(a => a.Id), static (w, list) =>
        {
            w.WriteStartArray();
            foreach (var a in list)
            {
                w.WriteStartObject();
                w.WriteString("id"u8, a.Id);
                w.WriteString("value"u8, a.Value);
                w.WriteString("via"u8, a.Via);
                Times(w, a.CreatedAt, a.UpdatedAt);
            }
            w.WriteEndArray();
        }));

    public static IReadOnlyList<VerifiableAddress> ReadVerifiable(string json, Guid identity) =>
        json == Empty ? [] : [.. JsonElement.Parse(json).EnumerateArray().Select(a => new VerifiableAddress
        {
            Id = a.GetProperty("id"u8).GetGuid(),
            IdentityId = identity,
            Via = a.GetProperty("via"u8).GetString()!,
            Value = a.GetProperty("value"u8).GetString()!,
            Verified = a.GetProperty("verified"u8).GetBoolean(),
            Status = a.GetProperty("status"u8).GetString()!,
            VerifiedAt = a.TryGetProperty("verified_at"u8, out var at) ? at.GetDateTimeOffset() : null,
            CreatedAt = a.GetProperty("created_at"u8).GetDateTimeOffset(),
            UpdatedAt = a.GetProperty("updated_at"u8).GetDateTimeOffset(),
        })];

    public static IReadOnlyList<RecoveryAddress> ReadRecovery(string json, Guid identity) =>
        json == Empty ? [] : [.. JsonElement.Parse(json).EnumerateArray().Select(a => new RecoveryAddress
        {
            Id = a.GetProperty("id"u8).GetGuid(),
            IdentityId = identity,
            Via = a.GetProperty("via"u8).GetString()!,
            Value = a.GetProperty("value"u8).GetString()!,
            CreatedAt = a.GetProperty("created_at"u8).GetDateTimeOffset(),
            UpdatedAt = a.GetProperty("updated_at"u8).GetDateTimeOffset(),
        })];

    private static void Times(Utf8JsonWriter w, DateTimeOffset created, DateTimeOffset updated)
    {
        w.WriteString("created_at"u8, Rfc3339.Format(created));
        w.WriteString("updated_at"u8, Rfc3339.Format(updated));
        w.WriteEndObject();
    }
}

/// <summary>Times as the wire has them: UTC, Z, as many digits of a second as are not zero.</summary>
internal static class Rfc3339
{
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture);
}

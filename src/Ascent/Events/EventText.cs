using System.Globalization;
using System.Text;
using System.Text.Json;
using Ascent.Config;

namespace Ascent.Events;

/// <summary>How an event is written, as JSON and as a line for people.</summary>
internal static class EventText
{
    public static void Write(Utf8JsonWriter w, StoredEvent e)
    {
        w.WriteStartObject();
        w.WriteString("id"u8, e.Id);
        w.WriteString("at"u8, e.At.UtcDateTime);
        w.WriteString("type"u8, e.Type);
        w.WriteString("actor"u8, e.Actor);
        if (e.IdentityId is { } identity) w.WriteString("identity_id"u8, identity);
        if (e.SessionId is { } session) w.WriteString("session_id"u8, session);
        if (e.Address is not null) w.WriteString("address"u8, e.Address);
        if (e.UserAgent is not null) w.WriteString("user_agent"u8, e.UserAgent);
        w.WritePropertyName("data"u8);
        w.WriteRawValue(e.Data);
        w.WriteEndObject();
    }

    public static string Of(StoredEvent e)
    {
        var line = new StringBuilder();
        line.Append(e.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)).Append(' ');
        line.Append(e.Type).Append(" by ").Append(e.Actor);
        if (e.IdentityId is not null) line.Append(" identity=").Append(e.IdentityId);
        if (e.SessionId is not null) line.Append(" session=").Append(e.SessionId);
        if (e.Address is not null) line.Append(" address=").Append(e.Address);
        if (e.Data != "{}") line.Append(' ').Append(e.Data);
        // Last, and quoted: a client chooses these words.
        if (e.UserAgent is not null) line.Append(" user_agent=").Append(JsonSerializer.Serialize(e.UserAgent, EventJson.Default.String));
        return line.ToString();
    }

    /// <summary>A point in time: as RFC 3339 has it, or how long ago, such as 24h.</summary>
    public static bool TryParseTime(string text, DateTimeOffset now, out DateTimeOffset at)
    {
        at = now;
        if (!GoDuration.TryParse(text, out var ago))
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out at) && at >= DateTimeOffset.UnixEpoch;
        at = ago >= TimeSpan.Zero && now - DateTimeOffset.UnixEpoch > ago ? now - ago : DateTimeOffset.UnixEpoch;
        return ago >= TimeSpan.Zero;
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class EventJson : System.Text.Json.Serialization.JsonSerializerContext;

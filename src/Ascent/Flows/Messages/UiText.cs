using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ascent.Flows.Messages;

internal enum UiTextType { Info, Error, Success }

/// <summary>
/// A sentence for people with the number that programs go by. Our own come from <see cref="UiMessages"/>; a web hook may
/// send others, with any number.
/// </summary>
internal sealed record UiText(int Id, string Text, UiTextType Type)
{
    /// <summary>What the sentence was made from, so that a page can say it in its own words. Never an empty object.</summary>
    public JsonObject? Context { get; init; }

    public void Write(Utf8JsonWriter w)
    {
        w.WriteStartObject();
        w.WriteNumber("id"u8, Id);
        w.WriteString("text"u8, Text);
        w.WriteString("type"u8, NameOf(Type));
        if (Context is { Count: > 0 })
        {
            w.WritePropertyName("context"u8);
            Context.WriteTo(w);
        }
        w.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="JsonException">This is no message.</exception>
    public static UiText Read(JsonElement json)
    {
        if (TryRead(json, out var text)) return text;
        throw new JsonException("A message needs the number id, the text text and type as one of info, error, success.");
    }

    public static bool TryRead(JsonElement json, out UiText text)
    {
        text = null!;
        if (json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty("id"u8, out var id) || id.ValueKind != JsonValueKind.Number || !id.TryGetInt32(out var number)
            || !json.TryGetProperty("text"u8, out var words) || words.ValueKind != JsonValueKind.String
            || !json.TryGetProperty("type"u8, out var kind) || kind.ValueKind != JsonValueKind.String
            || TypeOf(kind.GetString()!) is not { } type)
            return false;
        var context = json.TryGetProperty("context"u8, out var c) && c.ValueKind == JsonValueKind.Object ? JsonObject.Create(c.Clone()) : null;
        text = new UiText(number, words.GetString()!, type) { Context = context is { Count: > 0 } ? context : null };
        return true;
    }

    internal static string NameOf(UiTextType type) => type switch
    {
        UiTextType.Info => "info",
        UiTextType.Error => "error",
        UiTextType.Success => "success",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static UiTextType? TypeOf(string name) => name switch
    {
        "info" => UiTextType.Info,
        "error" => UiTextType.Error,
        "success" => UiTextType.Success,
        _ => null,
    };
}

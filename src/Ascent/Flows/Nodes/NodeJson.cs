using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Flows.Messages;

namespace Ascent.Flows.Nodes;

/// <summary>
/// A container's JSON. Members and their order are the wire contract; the reader takes what the writer wrote, since the same
/// JSON is stored with the flow.
/// </summary>
internal static class NodeJson
{
    public static void Write(Utf8JsonWriter w, UiContainer c)
    {
        w.WriteStartObject();
        w.WriteString("action"u8, c.Action);
        w.WriteString("method"u8, c.Method);
        // Recorded so: a form without a single node has null, not an empty array.
        if (c.Nodes.Count == 0)
        {
            w.WriteNull("nodes"u8);
        }
        else
        {
            w.WriteStartArray("nodes"u8);
            foreach (var node in c.Nodes) Write(w, node);
            w.WriteEndArray();
        }
        if (c.Messages.Count > 0) Texts(w, c.Messages);
        w.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter w, UiNode node)
    {
        w.WriteStartObject();
        w.WriteString("type"u8, node.Type);
        w.WriteString("group"u8, node.Group);
        w.WriteStartObject("attributes"u8);
        Attributes(w, node.Attributes);
        w.WriteString("node_type"u8, node.Type);
        w.WriteEndObject();
        Texts(w, node.Messages);
        w.WriteStartObject("meta"u8);
        if (node.Label is not null)
        {
            w.WritePropertyName("label"u8);
            node.Label.Write(w);
        }
        w.WriteEndObject();
        w.WriteEndObject();
    }

    private static void Texts(Utf8JsonWriter w, IReadOnlyList<UiText> texts)
    {
        w.WriteStartArray("messages"u8);
        foreach (var text in texts) text.Write(w);
        w.WriteEndArray();
    }

    private static void Attributes(Utf8JsonWriter w, UiAttributes attributes)
    {
        switch (attributes)
        {
            case UiAttributes.Input a:
                Input(w, a);
                break;
            case UiAttributes.Image a:
                w.WriteString("src"u8, a.Src);
                w.WriteString("id"u8, a.Id);
                w.WriteNumber("width"u8, a.Width);
                w.WriteNumber("height"u8, a.Height);
                break;
            case UiAttributes.Anchor a:
                w.WriteString("href"u8, a.Href);
                w.WritePropertyName("title"u8);
                a.Title.Write(w);
                w.WriteString("id"u8, a.Id);
                break;
            case UiAttributes.Text a:
                w.WritePropertyName("text"u8);
                a.Content.Write(w);
                w.WriteString("id"u8, a.Id);
                break;
            case UiAttributes.Script a:
                Script(w, a);
                break;
            case UiAttributes.Division a:
                Division(w, a);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static void Input(Utf8JsonWriter w, UiAttributes.Input a)
    {
        w.WriteString("name"u8, a.Name);
        w.WriteString("type"u8, a.Type);
        if (a.Value is not null)
        {
            w.WritePropertyName("value"u8);
            a.Value.WriteTo(w);
        }
        if (a.Required) w.WriteBoolean("required"u8, true);
        Optional(w, "autocomplete"u8, a.Autocomplete);
        if (a.Label is not null)
        {
            w.WritePropertyName("label"u8);
            a.Label.Write(w);
        }
        Optional(w, "pattern"u8, a.Pattern);
        w.WriteBoolean("disabled"u8, a.Disabled);
        Optional(w, "onclick"u8, a.OnClick);
        Optional(w, "onclickTrigger"u8, a.OnClickTrigger);
        Optional(w, "onload"u8, a.OnLoad);
        Optional(w, "onloadTrigger"u8, a.OnLoadTrigger);
        if (a.MaxLength > 0) w.WriteNumber("maxlength"u8, a.MaxLength);
        if (a.Options.Count == 0) return;
        w.WriteStartArray("options"u8);
        foreach (var option in a.Options)
        {
            w.WriteStartObject();
            w.WritePropertyName("value"u8);
            if (option is null) w.WriteNullValue();
            else option.WriteTo(w);
            w.WriteEndObject();
        }
        w.WriteEndArray();
    }

    private static void Script(Utf8JsonWriter w, UiAttributes.Script a)
    {
        w.WriteString("src"u8, a.Src);
        w.WriteBoolean("async"u8, true);
        w.WriteString("referrerpolicy"u8, "no-referrer"u8);
        w.WriteString("crossorigin"u8, "anonymous"u8);
        w.WriteString("integrity"u8, a.Integrity);
        w.WriteString("type"u8, "text/javascript"u8);
        w.WriteString("id"u8, a.Id);
        w.WriteString("nonce"u8, a.Nonce);
    }

    private static void Division(Utf8JsonWriter w, UiAttributes.Division a)
    {
        Optional(w, "class"u8, a.Class);
        w.WriteString("id"u8, a.Id);
        if (a.Data.Count == 0) return;
        w.WriteStartObject("data"u8);
        foreach (var (name, value) in a.Data) w.WriteString(name, value);
        w.WriteEndObject();
    }

    private static void Optional(Utf8JsonWriter w, ReadOnlySpan<byte> name, string? value)
    {
        if (!string.IsNullOrEmpty(value)) w.WriteString(name, value);
    }

    public static UiContainer ReadContainer(JsonElement json) => new()
    {
        Action = Required(json, "action"),
        Method = Required(json, "method"),
        Nodes = Items(json, "nodes", ReadNode),
        Messages = Items(json, "messages", UiText.Read),
    };

    public static UiNode ReadNode(JsonElement json) => new()
    {
        Group = Required(json, "group"),
        Attributes = ReadAttributes(Required(json, "type"), Member(json, "attributes")),
        Messages = Items(json, "messages", UiText.Read),
        Label = json.TryGetProperty("meta"u8, out var meta) ? Label(meta) : null,
    };

    private static UiAttributes ReadAttributes(string type, JsonElement a) => type switch
    {
        "input" => ReadInput(a),
        "img" => new UiAttributes.Image
        {
            Src = Required(a, "src"), Id = Required(a, "id"), Width = Member(a, "width").GetInt32(), Height = Member(a, "height").GetInt32(),
        },
        "a" => new UiAttributes.Anchor { Href = Required(a, "href"), Id = Required(a, "id"), Title = UiText.Read(Member(a, "title")) },
        "text" => new UiAttributes.Text { Id = Required(a, "id"), Content = UiText.Read(Member(a, "text")) },
        "script" => new UiAttributes.Script
        {
            Src = Required(a, "src"), Id = Required(a, "id"), Integrity = Required(a, "integrity"), Nonce = Required(a, "nonce"),
        },
        "div" => new UiAttributes.Division
        {
            Id = Required(a, "id"), Class = Text(a, "class"),
            Data = a.TryGetProperty("data"u8, out var data) ? data.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!) : new Dictionary<string, string>(),
        },
        _ => throw new JsonException($"A node's type must be input, img, a, text, script or div, not \"{type}\"."),
    };

    private static UiAttributes.Input ReadInput(JsonElement a) => new()
    {
        Name = Required(a, "name"),
        Type = Required(a, "type"),
        Value = a.TryGetProperty("value"u8, out var value) ? Node(value) : null,
        Required = Flag(a, "required"),
        Autocomplete = Text(a, "autocomplete"),
        Label = Label(a),
        Pattern = Text(a, "pattern"),
        Disabled = Flag(a, "disabled"),
        OnClick = Text(a, "onclick"),
        OnClickTrigger = Text(a, "onclickTrigger"),
        OnLoad = Text(a, "onload"),
        OnLoadTrigger = Text(a, "onloadTrigger"),
        MaxLength = a.TryGetProperty("maxlength"u8, out var most) ? most.GetInt32() : 0,
        Options = Items(a, "options", o => Node(Member(o, "value"))),
    };

    private static UiText? Label(JsonElement json) => json.TryGetProperty("label"u8, out var label) ? UiText.Read(label) : null;

    private static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.True;

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var v) ? v.GetString() : null;

    private static string Required(JsonElement json, string name) =>
        Member(json, name) is { ValueKind: JsonValueKind.String } v ? v.GetString()! : throw new JsonException($"The member {name} must be a text.");

    private static JsonElement Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var v) ? v : throw new JsonException($"The member {name} is missing.");

    private static List<T> Items<T>(JsonElement json, string name, Func<JsonElement, T> read) =>
        json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(read)] : [];

    private static JsonNode? Node(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.Object => JsonObject.Create(value.Clone()),
        JsonValueKind.Array => JsonArray.Create(value.Clone()),
        _ => JsonValue.Create(value.Clone()),
    };
}

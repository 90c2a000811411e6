using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Ascent.Jsonnet;

/// <summary>
/// A JSON object whose strings may hold placeholders; everything else stands for itself, names of members too.
/// <code>{ "claims": { "email": "{{ session.identity.traits.email }}", "greeting": "Hello {{ claims.sub }}" } }</code>
/// A string that is one placeholder and nothing else becomes the value with its JSON type; where there is no such value, the
/// member is left out, and an element of a list is null. A value that is null stays null. Inside a longer string a text is
/// inserted as it is, numbers and booleans as JSON writes them, objects and lists as compact JSON, null and what is missing as
/// nothing. <c>{{ '…' }}</c> stands for the text between the quotes, for who needs <c>{{</c> itself. Paths: <see cref="TemplatePath"/>.
/// </summary>
internal sealed class JsonTemplate
{
    private static readonly JsonWriterOptions Output = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    private readonly Node root;

    private JsonTemplate(Node root) => this.root = root;

    public static bool TryParse(JsonElement json, [NotNullWhen(true)] out JsonTemplate? template, [NotNullWhen(false)] out string? fault)
    {
        template = null;
        fault = null;
        var node = Read(json, "", ref fault);
        if (fault is not null) return false;
        template = new JsonTemplate(node);
        return true;
    }

    public byte[] Render(TemplateInput input)
    {
        var names = input.Variables.Concat(input.Arguments).ToDictionary(v => v.Key, v => JsonElement.Parse(v.Value.Span), StringComparer.Ordinal);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Output))
            Write(writer, root, names);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter w, Node node, IReadOnlyDictionary<string, JsonElement> names)
    {
        switch (node)
        {
            case Node.Fixed(var value):
                value.WriteTo(w);
                break;
            case Node.Value(var path) when path.Find(names) is { } found:
                found.WriteTo(w);
                break;
            case Node.Value:
                w.WriteNullValue();
                break;
            case Node.Text(var pieces):
                w.WriteStringValue(string.Concat(pieces.Select(p => p.Path is null ? p.Literal : Inserted(p.Path.Find(names)))));
                break;
            case Node.List(var items):
                w.WriteStartArray();
                foreach (var item in items) Write(w, item, names);
                w.WriteEndArray();
                break;
            case Node.Members(var members):
                w.WriteStartObject();
                foreach (var (name, value) in members)
                {
                    if (value is Node.Value(var path) && path.Find(names) is null) continue;
                    w.WritePropertyName(name);
                    Write(w, value, names);
                }
                w.WriteEndObject();
                break;
        }
    }

    private static string Inserted(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.Null } => "",
        { ValueKind: JsonValueKind.String } text => text.GetString()!,
        { ValueKind: JsonValueKind.Object or JsonValueKind.Array } tree => JsonSerializer.Serialize(tree, TemplateJson.Default.JsonElement),
        { } other => other.GetRawText(),
    };

    private static Node Read(JsonElement json, string at, ref string? fault)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new List<(string, Node)>();
                foreach (var member in json.EnumerateObject())
                    members.Add((member.Name, Read(member.Value, $"{at}/{member.Name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}", ref fault)));
                return new Node.Members(members);
            case JsonValueKind.Array:
                var items = new List<Node>();
                foreach (var item in json.EnumerateArray()) items.Add(Read(item, $"{at}/{items.Count}", ref fault));
                return new Node.List(items);
            case JsonValueKind.String:
                return ReadText(json, at, ref fault);
            default:
                return new Node.Fixed(json.Clone());
        }
    }

    private static Node ReadText(JsonElement json, string at, ref string? fault)
    {
        var text = json.GetString()!;
        var pieces = new List<Piece>();
        var from = 0;
        for (int open; (open = text.IndexOf("{{", from, StringComparison.Ordinal)) >= 0;)
        {
            if (open > from) pieces.Add(new Piece(text[from..open], null));
            var inside = text.AsSpan(open + 2).TrimStart();
            var start = text.Length - inside.Length;
            // A quoted text may hold braces, so its end is looked for first.
            var quote = inside.StartsWith("'") ? text.IndexOf('\'', start + 1) : -1;
            var close = text.IndexOf("}}", Math.Max(start, quote), StringComparison.Ordinal);
            if (close < 0)
            {
                fault ??= $"the text at {at} has {{{{ without }}}}";
                break;
            }
            var content = text.AsSpan(start, close - start).TrimEnd();
            if (quote > 0 && quote == start + content.Length - 1) pieces.Add(new Piece(content[1..^1].ToString(), null));
            else if (TemplatePath.Parse(content) is { } path) pieces.Add(new Piece("", path));
            else fault ??= $"the text at {at} has a placeholder that is no path such as claims.sub";
            from = close + 2;
        }
        if (from == 0) return new Node.Fixed(json.Clone());
        if (from < text.Length) pieces.Add(new Piece(text[from..], null));
        return pieces is [{ Path: { } only }] ? new Node.Value(only) : new Node.Text(pieces);
    }

    private sealed record Piece(string Literal, TemplatePath? Path);

    private abstract record Node
    {
        private Node() { }

        public sealed record Fixed(JsonElement Json) : Node;

        public sealed record Value(TemplatePath Path) : Node;

        public sealed record Text(IReadOnlyList<Piece> Pieces) : Node;

        public sealed record List(IReadOnlyList<Node> Items) : Node;

        public sealed record Members(IReadOnlyList<(string Name, Node Value)> All) : Node;
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonElement))]
internal sealed partial class TemplateJson : System.Text.Json.Serialization.JsonSerializerContext;

using System.Collections.Frozen;
using System.Text.Json;
using Ascent.Schemas.Formats;

namespace Ascent.Schemas.Validation;

/// <summary>Reads the keywords of one schema into its node. Keywords of a wrong shape (only foreign documents can have them) are passed over.</summary>
internal sealed class RuleReader(SchemaCompiler compiler, SchemaCompileOptions options, List<SchemaIssue> issues)
{
    private static readonly FrozenDictionary<string, JsonKinds> Kinds = new Dictionary<string, JsonKinds>(StringComparer.Ordinal)
    {
        ["null"] = JsonKinds.Null,
        ["boolean"] = JsonKinds.Boolean,
        ["object"] = JsonKinds.Object,
        ["array"] = JsonKinds.Array,
        ["number"] = JsonKinds.Number,
        ["string"] = JsonKinds.String,
        ["integer"] = JsonKinds.Integer,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public void Read(SchemaNode node, SchemaLocation at)
    {
        var schema = at.Element;
        node.Type = Type(schema);
        if (schema.TryGetProperty("const", out var constant)) node.Const = new ConstRule(constant);
        if (List(schema, "enum") is { } values) node.Enum = new EnumRule(values, values.ToFrozenSet(JsonEquality.Instance));
        if (options.AssertFormat && Text(schema, "format") is { } format && FormatTable.Find(format) is { } accepts) node.Format = new FormatRule(format, accepts);
        node.Not = Child(at, "not");
        node.AllOf = Children(at, "allOf") ?? [];
        node.AnyOf = Children(at, "anyOf") ?? [];
        node.OneOf = Children(at, "oneOf") ?? [];
        node.If = Child(at, "if");
        if (node.If is not null)
        {
            node.Then = Child(at, "then");
            node.Else = Child(at, "else");
        }
        node.Object = Object(at);
        node.Array = Array(at);
        node.String = String(at);
        node.Number = Number(schema);
        if (options.ExtensionKeyword is { } keyword && schema.TryGetProperty(keyword, out var extension))
            node.Extension = options.ReadExtension(extension, JsonPointer.Append(at.Pointer, keyword), issues);
    }

    private static TypeRule? Type(JsonElement schema)
    {
        if (!schema.TryGetProperty("type", out var type)) return null;
        string[] names = type.ValueKind switch
        {
            JsonValueKind.String => [type.GetString()!],
            JsonValueKind.Array => [.. type.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!)],
            _ => [],
        };
        var allowed = names.Aggregate(JsonKinds.None, (all, name) => all | Kinds.GetValueOrDefault(name));
        return allowed == JsonKinds.None ? null : new TypeRule(allowed, names);
    }

    private ObjectRule? Object(SchemaLocation at)
    {
        var schema = at.Element;
        var properties = Map(at, "properties");
        var rule = new ObjectRule
        {
            MinProperties = Count(schema, "minProperties"),
            MaxProperties = Count(schema, "maxProperties"),
            Required = Names(schema, "required"),
            Properties = properties,
            ByName = properties.ToFrozenDictionary(StringComparer.Ordinal),
            PatternProperties = [.. Map(at, "patternProperties").Select(p => new { Regex = Pattern(p.Key, JsonPointer.Append(at.Pointer, "patternProperties")), p.Value })
                .Where(p => p.Regex is not null).Select(p => new PatternProperty(p.Regex!, p.Value))],
            AdditionalProperties = Child(at, "additionalProperties"),
            PropertyNames = Child(at, "propertyNames"),
            Dependencies = Dependencies(at),
        };
        var idle = !rule.LooksIntoProperties && rule.MinProperties is null && rule.MaxProperties is null && rule.Required.Count == 0 && rule.Dependencies.Count == 0;
        return idle ? null : rule;
    }

    private List<Dependency> Dependencies(SchemaLocation at)
    {
        List<Dependency> dependencies = [];
        if (!at.Element.TryGetProperty("dependencies", out var map) || map.ValueKind != JsonValueKind.Object) return dependencies;
        foreach (var entry in map.EnumerateObject())
        {
            if (entry.Value.ValueKind == JsonValueKind.Array)
                dependencies.Add(new Dependency(entry.Name, [.. entry.Value.EnumerateArray().Select(n => n.GetString()!)], null));
            else
                dependencies.Add(new Dependency(entry.Name, [], Node(at, entry.Value, "dependencies", entry.Name)));
        }
        return dependencies;
    }

    private ArrayRule? Array(SchemaLocation at)
    {
        var schema = at.Element;
        var tuple = Children(at, "items");
        var rule = new ArrayRule(
            Count(schema, "minItems"),
            Count(schema, "maxItems"),
            schema.TryGetProperty("uniqueItems", out var unique) && unique.ValueKind == JsonValueKind.True,
            tuple is null ? Child(at, "items") : null,
            tuple,
            tuple is null ? null : Child(at, "additionalItems"),
            Child(at, "contains"));
        return rule is { MinItems: null, MaxItems: null, UniqueItems: false, Items: null, Tuple: null, Contains: null } ? null : rule;
    }

    private StringRule? String(SchemaLocation at)
    {
        var schema = at.Element;
        var pattern = Text(schema, "pattern");
        var rule = new StringRule(
            Count(schema, "minLength"),
            Count(schema, "maxLength"),
            pattern is null ? null : Pattern(pattern, JsonPointer.Append(at.Pointer, "pattern")),
            options.AssertContent && Text(schema, "contentEncoding") == "base64" ? "base64" : null,
            options.AssertContent && Text(schema, "contentMediaType") == "application/json" ? "application/json" : null);
        return rule is { MinLength: null, MaxLength: null, Pattern: null, ContentEncoding: null, ContentMediaType: null } ? null : rule;
    }

    private static NumberRule? Number(JsonElement schema)
    {
        var rule = new NumberRule(
            Limit(schema, "minimum"), Limit(schema, "exclusiveMinimum"), Limit(schema, "maximum"), Limit(schema, "exclusiveMaximum"), Limit(schema, "multipleOf"));
        return rule is { Minimum: null, ExclusiveMinimum: null, Maximum: null, ExclusiveMaximum: null, MultipleOf: null } ? null : rule;
    }

    private SchemaPattern? Pattern(string text, string pointer)
    {
        if (EcmaRegex.TryCompile(text, out var regex, out var reason)) return new SchemaPattern(text, regex);
        issues.Add(new SchemaIssue(pointer, $"\"{text}\" is no regular expression: {reason}"));
        return null;
    }

    private SchemaNode Node(SchemaLocation at, JsonElement child, params ReadOnlySpan<string> steps)
    {
        var pointer = at.Pointer;
        foreach (var step in steps) pointer = JsonPointer.Append(pointer, step);
        return compiler.Node(new SchemaLocation(child, SchemaDocuments.WithId(child, at.Base), pointer));
    }

    private SchemaNode? Child(SchemaLocation at, string keyword) =>
        at.Element.TryGetProperty(keyword, out var child) && child.ValueKind is JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False
            ? Node(at, child, keyword)
            : null;

    private SchemaNode[]? Children(SchemaLocation at, string keyword)
    {
        if (List(at.Element, keyword) is not { } list) return null;
        var nodes = new SchemaNode[list.Count];
        for (var i = 0; i < nodes.Length; i++) nodes[i] = Node(at, list[i], keyword, i.ToString());
        return nodes;
    }

    private List<KeyValuePair<string, SchemaNode>> Map(SchemaLocation at, string keyword)
    {
        List<KeyValuePair<string, SchemaNode>> nodes = [];
        if (!at.Element.TryGetProperty(keyword, out var map) || map.ValueKind != JsonValueKind.Object) return nodes;
        foreach (var entry in map.EnumerateObject()) nodes.Add(new(entry.Name, Node(at, entry.Value, keyword, entry.Name)));
        return nodes;
    }

    private static List<JsonElement>? List(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : null;

    private static string? Text(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static IReadOnlyList<string> Names(JsonElement schema, string keyword) =>
        List(schema, keyword) is { } list ? [.. list.Where(n => n.ValueKind == JsonValueKind.String).Select(n => n.GetString()!)] : [];

    private static Limit? Limit(JsonElement schema, string keyword) =>
        schema.TryGetProperty(keyword, out var limit) && limit.ValueKind == JsonValueKind.Number && JsonNumber.TryRead(limit, out var n)
            ? new Limit(n, limit.GetRawText())
            : null;

    private static int? Count(JsonElement schema, string keyword) => Limit(schema, keyword)?.Value.ToCount();
}

using System.Text.Json;
using Ascent.Schemas.Validation;

namespace Ascent.Schemas.Traits;

/// <summary>
/// Lists the properties below the traits as form fields. References are followed and the branches of allOf, anyOf, oneOf, then and else belong
/// to their schema; the first schema of a name counts. Objects without known properties and lists of objects have no field.
/// </summary>
internal sealed class TraitFieldReader
{
    private const int MaxFields = 500;
    private readonly List<TraitField> fields = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);
    private readonly HashSet<SchemaNode> trail = [];

    public static IReadOnlyList<TraitField> Read(SchemaNode traits, string name)
    {
        var reader = new TraitFieldReader();
        reader.Walk(traits, name, required: false);
        return reader.fields;
    }

    private void Walk(SchemaNode schema, string name, bool required)
    {
        var node = Target(schema);
        if (fields.Count >= MaxFields || !trail.Add(node)) return;
        List<SchemaNode> parts = [];
        Collect(node, parts);
        var inner = parts.Any(p => p.Object?.Properties.Count > 0);
        if (inner)
        {
            var needed = Unconditional(node).SelectMany(p => p.Object?.Required ?? []).ToHashSet(StringComparer.Ordinal);
            foreach (var (child, childSchema) in parts.SelectMany(p => p.Object?.Properties ?? []))
                Walk(childSchema, $"{name}.{child}", needed.Contains(child));
        }
        else if (Field(node, name, required) is { } field && names.Add(name))
        {
            fields.Add(field);
        }
        trail.Remove(node);
    }

    private static TraitField? Field(SchemaNode node, string name, bool required)
    {
        var type = JsonType(node);
        var items = type == "array" && node.Array?.Items is { } itemSchema ? Target(itemSchema) : null;
        var itemType = items is null ? null : JsonType(items);
        if (type == "object" || itemType == "object" || node.Always is not null) return null;
        return new TraitField
        {
            Name = name,
            JsonType = type,
            ItemType = itemType,
            Format = Text(node, "format"),
            Title = Text(node, "title"),
            Pattern = node.String?.Pattern?.Text,
            Required = required,
            Values = node.Enum is null ? null : [.. node.Enum.Values.Select(v => v.GetRawText())],
            MinLength = node.String?.MinLength,
            MaxLength = node.String?.MaxLength,
            DisableFormField = node.Source.TryGetProperty("disableFormField", out var disabled) && disabled.ValueKind == JsonValueKind.True,
            Role = (node.Extension ?? items?.Extension) as TraitRole ?? TraitRole.None,
        };
    }

    /// <summary>References in a ring were refused at compilation, so this ends.</summary>
    private static SchemaNode Target(SchemaNode node)
    {
        while (node.Ref is not null) node = node.Ref;
        return node;
    }

    private static void Collect(SchemaNode node, List<SchemaNode> parts)
    {
        node = Target(node);
        if (parts.Contains(node)) return;
        parts.Add(node);
        foreach (var branch in (SchemaNode?[])[.. node.AllOf, .. node.AnyOf, .. node.OneOf, node.Then, node.Else])
            if (branch is not null) Collect(branch, parts);
    }

    private static IEnumerable<SchemaNode> Unconditional(SchemaNode node) => node.AllOf.Select(Target).SelectMany(Unconditional).Prepend(node);

    private static string? JsonType(SchemaNode node) => node.Type?.Names.FirstOrDefault(t => t != "null");

    private static string? Text(SchemaNode node, string keyword) =>
        node.Source.TryGetProperty(keyword, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}

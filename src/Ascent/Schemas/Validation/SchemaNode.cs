using System.Collections.Frozen;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Ascent.Schemas.Validation;

[Flags]
internal enum JsonKinds
{
    None = 0, Null = 1, Boolean = 2, Object = 4, Array = 8, Number = 16, String = 32, Integer = 64,
}

/// <summary>One schema in compiled form. Schemas may refer to each other in rings, so the compiler fills nodes after making them; nobody writes to one later.</summary>
internal sealed class SchemaNode(JsonElement source, string pointer)
{
    public JsonElement Source { get; } = source;

    /// <summary>Where it stands in its document; with the document's address before it unless that is the main one.</summary>
    public string Pointer { get; } = pointer;

    /// <summary>The answer of the schemas <c>true</c> and <c>false</c>.</summary>
    public bool? Always { get; set; }

    /// <summary>In draft-07 a reference silences all keywords beside it.</summary>
    public SchemaNode? Ref { get; set; }

    public TypeRule? Type { get; set; }
    public ConstRule? Const { get; set; }
    public EnumRule? Enum { get; set; }
    public FormatRule? Format { get; set; }
    public SchemaNode? Not { get; set; }
    public SchemaNode[] AllOf { get; set; } = [];
    public SchemaNode[] AnyOf { get; set; } = [];
    public SchemaNode[] OneOf { get; set; } = [];
    public SchemaNode? If { get; set; }
    public SchemaNode? Then { get; set; }
    public SchemaNode? Else { get; set; }
    public ObjectRule? Object { get; set; }
    public ArrayRule? Array { get; set; }
    public StringRule? String { get; set; }
    public NumberRule? Number { get; set; }
    public object? Extension { get; set; }

    /// <summary>The schemas that apply to the same value as this one.</summary>
    public IEnumerable<SchemaNode> InPlace
    {
        get
        {
            if (Ref is not null) yield return Ref;
            foreach (var node in AllOf) yield return node;
            foreach (var node in AnyOf) yield return node;
            foreach (var node in OneOf) yield return node;
            if (Not is not null) yield return Not;
            if (If is not null) yield return If;
            if (Then is not null) yield return Then;
            if (Else is not null) yield return Else;
            if (Object is null) yield break;
            foreach (var dependency in Object.Dependencies)
                if (dependency.Schema is not null) yield return dependency.Schema;
        }
    }
}

internal sealed record TypeRule(JsonKinds Allowed, IReadOnlyList<string> Names);

internal sealed record ConstRule(JsonElement Value);

internal sealed record EnumRule(IReadOnlyList<JsonElement> Values, FrozenSet<JsonElement> Set);

internal sealed record FormatRule(string Name, Func<string, bool> Accepts);

internal sealed record Limit(JsonNumber Value, string Text);

internal sealed record NumberRule(Limit? Minimum, Limit? ExclusiveMinimum, Limit? Maximum, Limit? ExclusiveMaximum, Limit? MultipleOf);

internal sealed record SchemaPattern(string Text, Regex Regex)
{
    /// <summary>A pattern that runs out of time fits nothing.</summary>
    public bool Matches(string value)
    {
        try
        {
            return Regex.IsMatch(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}

internal sealed record StringRule(int? MinLength, int? MaxLength, SchemaPattern? Pattern, string? ContentEncoding, string? ContentMediaType);

internal sealed record ArrayRule(
    int? MinItems, int? MaxItems, bool UniqueItems, SchemaNode? Items, SchemaNode[]? Tuple, SchemaNode? AdditionalItems, SchemaNode? Contains);

internal sealed record PatternProperty(SchemaPattern Pattern, SchemaNode Schema);

/// <summary>Names that must come with a property, or a schema that then holds.</summary>
internal sealed record Dependency(string Property, IReadOnlyList<string> Names, SchemaNode? Schema);

internal sealed record ObjectRule
{
    public int? MinProperties { get; init; }
    public int? MaxProperties { get; init; }
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>In the schema's order.</summary>
    public IReadOnlyList<KeyValuePair<string, SchemaNode>> Properties { get; init; } = [];
    public FrozenDictionary<string, SchemaNode> ByName { get; init; } = FrozenDictionary<string, SchemaNode>.Empty;
    public IReadOnlyList<PatternProperty> PatternProperties { get; init; } = [];
    public SchemaNode? AdditionalProperties { get; init; }
    public SchemaNode? PropertyNames { get; init; }
    public IReadOnlyList<Dependency> Dependencies { get; init; } = [];

    public bool LooksIntoProperties => Properties.Count > 0 || PatternProperties.Count > 0 || AdditionalProperties is not null || PropertyNames is not null;
}

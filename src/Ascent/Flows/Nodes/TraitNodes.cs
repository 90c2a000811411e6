using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Flows.Messages;
using Ascent.Schemas;

namespace Ascent.Flows.Nodes;

/// <summary>The fields of an identity schema as nodes: registration has them in the group default, settings in profile.</summary>
internal static class TraitNodes
{
    /// <summary>The most options a field offers; a longer list would make every form heavy.</summary>
    private const int MostOptions = 500;

    public static IEnumerable<UiNode> Of(IEnumerable<TraitField> fields, string group) => fields.Select(f => Of(f, group));

    public static UiNode Of(TraitField field, string group) => new()
    {
        Group = group,
        Attributes = new UiAttributes.Input
        {
            Name = field.Name,
            Type = field.InputType,
            Required = field.Required,
            Autocomplete = field.Autocomplete,
            Pattern = field.Pattern,
            Disabled = field.DisableFormField,
            Options = field.Values is { Count: <= MostOptions } values ? [.. values.Select(v => JsonNode.Parse(v))] : [],
        },
        Label = string.IsNullOrEmpty(field.Title) ? null : UiMessages.NodeTrait(field.Title, field.Name),
    };

    /// <summary>More fields than a form can have: a list of numbers is not shown number by number.</summary>
    private const int MostNodes = 512;

    /// <summary>The keys that <see cref="NodeOrder"/> sorts by.</summary>
    public static IReadOnlyList<string> Keys(IEnumerable<TraitField> fields) => [.. fields.Select(f => f.Name)];

    public static bool IsTrait(UiNode node) => node.Id.StartsWith("traits.", StringComparison.Ordinal);

    /// <summary>The same node, carried along unseen: the traits in the second step of a registration.</summary>
    public static UiNode Hide(UiNode node) =>
        node.Attributes is UiAttributes.Input input ? node with { Attributes = input with { Type = InputTypes.Hidden } } : node;

    /// <summary>And seen again.</summary>
    public static UiNode Show(UiNode node, IEnumerable<TraitField> fields) =>
        node.Attributes is UiAttributes.Input input && fields.FirstOrDefault(f => f.Name == node.Id) is { } field
            ? node with { Attributes = input with { Type = field.InputType } }
            : node;

    /// <summary>
    /// Puts values into the nodes <c>traits.…</c> of a group; what has no node is passed over or, with
    /// <paramref name="addMissing"/>, gets one without a label (settings do so).
    /// </summary>
    public static void Fill(UiContainer form, JsonElement traits, string group, bool addMissing = false)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (i, node) in form.Nodes.Index())
            if (node.Group == group && node.Id is { } id) places.TryAdd(id, i);
        foreach (var (name, value) in Leaves("traits", traits))
        {
            if (places.TryGetValue(name, out var i)) form.Nodes[i] = form.Nodes[i].WithValue(Node(value));
            else if (addMissing && places.Count < MostNodes)
            {
                places[name] = form.Nodes.Count;
                form.Nodes.Add(UiNode.Input(group, name, TypeOf(value), Node(value)));
            }
        }
    }

    /// <summary>Whether the nodes of a group hold these values; what has no node is passed over.</summary>
    public static bool Holds(UiContainer form, JsonElement traits, string group) =>
        Leaves("traits", traits).All(leaf => form.Find(group, leaf.Name) is not { } node || JsonNode.DeepEquals(node.Value, Node(leaf.Value)));

    /// <summary>What to call the field that people sign in with: the one identifying trait's title, else a general name.</summary>
    public static UiText IdentifierLabel(IEnumerable<TraitField> fields)
    {
        var identifiers = fields.Where(f => f.Role.IsIdentifier).Take(2).ToList();
        return identifiers is [{ Title: { Length: > 0 } title } only] ? UiMessages.NodeTrait(title, only.Name) : UiMessages.Of(MessageIds.NodeIdentifier);
    }

    /// <summary>The field for the identifier of a login; empty unless it is known already.</summary>
    public static UiNode Identifier(IEnumerable<TraitField> fields, string group = NodeGroups.Default, string value = "", string? autocomplete = null) =>
        UiNode.Input(group, "identifier", InputTypes.Text, value, IdentifierLabel(fields), required: true, autocomplete);

    private static IEnumerable<(string Name, JsonElement Value)> Leaves(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(p => Leaves($"{name}.{p.Name}", p.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany((item, i) => Leaves($"{name}.{i}", item)),
        JsonValueKind.Undefined => [],
        _ => [(name, value)],
    };

    private static JsonValue? Node(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : JsonValue.Create(value.Clone());

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => InputTypes.Number,
        JsonValueKind.True or JsonValueKind.False => InputTypes.Checkbox,
        _ => InputTypes.Text,
    };
}

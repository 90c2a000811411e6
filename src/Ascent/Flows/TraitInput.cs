using System.Text.Json.Nodes;
using Ascent.Http;
using Ascent.Schemas;

namespace Ascent.Flows;

/// <summary>Traits as people send them: a form's texts get the types of their schema, and objects that no field filled are there, empty.</summary>
internal static class TraitInput
{
    private const string Root = "traits";

    /// <summary>What a form's fields are meant to be; traits that the schema does not know are dropped.</summary>
    public static Func<string, FormType> TypesOf(IdentitySchema? schema) => name =>
    {
        if (name != Root && !name.StartsWith(Root + ".", StringComparison.Ordinal)) return FormType.Text;
        return schema?.Fields.FirstOrDefault(f => f.Name == name)?.JsonType switch
        {
            "number" or "integer" => FormType.Number,
            "boolean" => FormType.Boolean,
            "array" => FormType.TextList,
            "string" => FormType.Text,
            null when schema?.Fields.Any(f => f.Name == name) == true => FormType.Text,
            _ => FormType.Drop,
        };
    };

    /// <summary>The traits of a submission, with the objects that the schema nests fields in; whatever else stands there stays as it is.</summary>
    public static JsonNode Read(JsonObject body, IdentitySchema? schema)
    {
        if (body[Root] is { } given and not JsonObject) return given.DeepClone();
        var traits = body[Root]?.DeepClone() as JsonObject ?? [];
        foreach (var field in schema?.Fields ?? [])
        {
            var at = traits;
            foreach (var part in field.Name.Split('.')[1..^1])
            {
                if (!at.TryGetPropertyValue(part, out var next)) at[part] = next = new JsonObject();
                if (next is not JsonObject inner) break;
                at = inner;
            }
        }
        return traits;
    }
}

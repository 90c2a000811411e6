using System.Text.Json.Nodes;
using Ascent.Http;
using Ascent.Schemas;

namespace Ascent.Flows;

/// <summary>Traits as people send them: a form's texts get the types of their schema, and objects that no field filled are there, empty.</summary>
internal static class TraitInput
{
    private const string Root = "traits";

    /// <summary>
    /// What a form's fields are meant to be; traits that the schema does not know are dropped. An object that fields stand in may
    /// come as a whole, as its JSON.
    /// </summary>
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
            null when schema?.Fields.Any(f => f.Name.StartsWith(name + ".", StringComparison.Ordinal)) == true => FormType.Json,
            _ => FormType.Drop,
        };
    };

    /// <summary>
    /// The traits of a submission, with the objects that the schema nests fields in: an object whose fields were all left empty is
    /// there, empty, and the schema says what it lacks. Whatever else stands in its place stays as it is.
    /// </summary>
    public static JsonNode Read(JsonObject body, IdentitySchema? schema)
    {
        if (body[Root] is { } given and not JsonObject) return given.DeepClone();
        var traits = body[Root]?.DeepClone() as JsonObject ?? [];
        if (schema is null) return traits;
        foreach (var path in schema.Fields.SelectMany(f => Parents(f.Name)).DistinctBy(p => string.Join('.', p)))
            if (ParentOf(traits, path) is { } parent && !parent.ContainsKey(path[^1])) parent[path[^1]] = new JsonObject();
        return traits;
    }

    /// <summary>The objects that a field stands in, the outer ones first, without the traits themselves.</summary>
    private static IEnumerable<string[]> Parents(string field)
    {
        var parts = field.Split('.')[1..^1];
        return Enumerable.Range(1, parts.Length).Select(n => parts[..n]);
    }

    private static JsonObject? ParentOf(JsonObject traits, string[] path)
    {
        var at = traits;
        foreach (var part in path[..^1])
        {
            if (at[part] is not JsonObject inner) return null;
            at = inner;
        }
        return at;
    }
}

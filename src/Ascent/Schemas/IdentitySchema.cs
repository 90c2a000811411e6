using System.Text.Json;
using Ascent.Schemas.Traits;

namespace Ascent.Schemas;

internal sealed record IdentitySchemaOptions
{
    /// <summary>Where relative references start if the schema has no <c>$id</c>.</summary>
    public Uri BaseUri { get; init; } = new("schema:/");

    /// <summary>Gives a document that a reference names; null if it is not at hand.</summary>
    public Func<Uri, JsonElement?> Resolve { get; init; } = static _ => null;

    /// <summary><c>security.disallow_ref_in_identity_schemas</c>.</summary>
    public bool DisallowRef { get; init; }

    /// <summary>May be chosen in self-service flows.</summary>
    public bool Selectable { get; init; } = true;
}

/// <summary>A compilation's outcome: a schema, or issues, or the addresses of documents that are needed first.</summary>
internal sealed record IdentitySchemaCompilation(IdentitySchema? Schema, IReadOnlyList<SchemaIssue> Issues, IReadOnlyList<Uri> Missing);

/// <summary>
/// The schema of a kind of identity: which traits it has, and by the keyword <c>ory.sh/kratos</c> which of them are login identifiers and
/// addresses. Immutable; refuses what it does not understand in that keyword when it is compiled, not when somebody registers.
/// </summary>
internal sealed class IdentitySchema
{
    public const string Keyword = "ory.sh/kratos";
    private const string TraitsName = "traits";
    private const string TraitsPointer = "#/traits";

    private readonly CompiledSchema compiled;

    private IdentitySchema(string id, string url, string text, JsonElement document, bool selectable, CompiledSchema compiled, TraitRole declared)
    {
        (Id, Url, Text, Document, Selectable, this.compiled, Declared) = (id, url, text, document, selectable, compiled, declared);
        Fields = TraitFieldReader.Read(compiled.Root.Object!.ByName[TraitsName], TraitsName);
        IdentifierField = Fields.Where(f => f.Role.IsIdentifier && f.JsonType != "array").Take(2).ToArray() is [var only] ? only : null;
    }

    public string Id { get; }
    public string Url { get; }

    /// <summary>The schema as it was given.</summary>
    public string Text { get; }
    public JsonElement Document { get; }
    public bool Selectable { get; }

    /// <summary>The traits as a form shows them, in the schema's order.</summary>
    public IReadOnlyList<TraitField> Fields { get; }

    /// <summary>The property people sign in with, if there is exactly one; lists of identifiers do not count.</summary>
    public TraitField? IdentifierField { get; }

    /// <summary>All that any part of the schema declares: whether it knows password identifiers at all, and so on.</summary>
    public TraitRole Declared { get; }

    public static IdentitySchemaCompilation Compile(string id, string url, string text, IdentitySchemaOptions options)
    {
        JsonElement document;
        try
        {
            document = JsonElement.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            return new IdentitySchemaCompilation(null, [new SchemaIssue(JsonPointer.Root, $"is no JSON document: {e.Message}")], []);
        }
        var declared = TraitRole.None;
        var (compiled, issues, missing) = CompiledSchema.Compile(document, new SchemaCompileOptions
        {
            BaseUri = options.BaseUri,
            Resolve = options.Resolve,
            AllowRefs = !options.DisallowRef,
            ExtensionKeyword = Keyword,
            ReadExtension = (value, pointer, faults) =>
            {
                var role = TraitRoleReader.Read(value, pointer, faults);
                if (role is not null) declared = declared.And(role);
                return role;
            },
        });
        List<SchemaIssue> all = [.. issues];
        if (!HasTraits(document)) all.Add(new SchemaIssue("#/properties/traits", "an identity schema describes its traits here, as an object"));
        return compiled is null || all.Count > 0
            ? new IdentitySchemaCompilation(null, all, missing)
            : new IdentitySchemaCompilation(new IdentitySchema(id, url, text, document, options.Selectable, compiled, declared), [], []);
    }

    /// <summary>Checks traits as <c>{"traits": …}</c> and reads what they say. None at all are the same as an empty object.</summary>
    public TraitsResult Validate(JsonElement traits)
    {
        if (traits.ValueKind is not (JsonValueKind.Object or JsonValueKind.Null or JsonValueKind.Undefined))
        {
            var fault = new SchemaFault.WrongType(["object"], traits.ValueKind is JsonValueKind.True or JsonValueKind.False ? "boolean" : traits.ValueKind.ToString().ToLowerInvariant());
            return new TraitsResult(traits, TraitFacts.None, [new SchemaError("type", TraitsPointer, "#/properties/traits/type", fault)]);
        }
        var subject = TraitJson.Wrap(traits, TraitsName);
        List<SchemaAnnotation> annotations = [];
        List<SchemaError> errors = [.. compiled.Validate(subject, annotations)];
        var reader = new TraitFactReader(errors);
        foreach (var annotation in annotations) reader.Add(annotation);
        var given = subject.GetProperty(TraitsName);
        if (errors.Count > 0) return new TraitsResult(given, TraitFacts.None, errors);
        return new TraitsResult(TraitJson.Replace(given, TraitsPointer, reader.Rewritten), reader.Facts(), []);
    }

    private static bool HasTraits(JsonElement document) =>
        document.ValueKind == JsonValueKind.Object && !document.TryGetProperty("$ref", out _)
        && document.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object
        && properties.TryGetProperty(TraitsName, out var traits) && traits.ValueKind == JsonValueKind.Object;
}

using System.Text.Json;
using Ascent.Schemas.Validation;

namespace Ascent.Schemas;

/// <summary>A fault found while reading configuration or a schema; the path names where.</summary>
internal sealed record SchemaIssue(string Path, string Message);

/// <summary>How a schema is compiled.</summary>
internal sealed record SchemaCompileOptions
{
    /// <summary>Where the document came from: relative references start there unless it has an <c>$id</c>.</summary>
    public Uri BaseUri { get; init; } = new("schema:/");

    /// <summary>Gives the document of an address; null if it is not at hand (it is then listed as missing).</summary>
    public Func<Uri, JsonElement?> Resolve { get; init; } = static _ => null;

    public bool AllowRefs { get; init; } = true;
    public bool AssertFormat { get; init; } = true;
    public bool AssertContent { get; init; } = true;

    /// <summary>A keyword of ours and its reader (value, pointer of the keyword, where to put faults).</summary>
    public string? ExtensionKeyword { get; init; }
    public Func<JsonElement, string, ICollection<SchemaIssue>, object?> ReadExtension { get; init; } = static (_, _, _) => null;
}

/// <summary>A compilation's outcome: a schema, or issues, or the addresses of documents that are needed first.</summary>
internal sealed record SchemaCompilation(CompiledSchema? Schema, IReadOnlyList<SchemaIssue> Issues, IReadOnlyList<Uri> Missing);

/// <summary>An extension keyword met on the way through a value that its schema accepts.</summary>
internal sealed record SchemaAnnotation(object Extension, JsonElement Value, string InstancePointer, string SchemaPointer);

/// <summary>
/// A JSON Schema (draft-07) ready to use; immutable and safe to share. Numbers are compared exactly. Work and depth are bounded,
/// so that neither a hostile value nor a careless schema can exhaust the stack or run without end.
/// </summary>
internal sealed class CompiledSchema
{
    internal CompiledSchema(SchemaNode root) => Root = root;

    internal SchemaNode Root { get; }

    public static SchemaCompilation Compile(JsonElement document, SchemaCompileOptions options) => SchemaCompiler.Compile(document, options);

    /// <summary>The broken rules; none for a valid value.</summary>
    public IReadOnlyList<SchemaError> Validate(JsonElement value) => Evaluator.Run(Root, value, null);

    /// <summary>Also collects the extension keywords that apply to parts of the value.</summary>
    public IReadOnlyList<SchemaError> Validate(JsonElement value, ICollection<SchemaAnnotation> annotations)
    {
        List<SchemaAnnotation> found = [];
        var errors = Evaluator.Run(Root, value, found);
        foreach (var annotation in found) annotations.Add(annotation);
        return errors;
    }
}

using System.Text.Json;

namespace Ascent.Schemas.Validation;

/// <summary>
/// Makes nodes of schemas. A queue instead of recursion: a long chain of references costs no stack. The document is first held against
/// the draft-07 meta-schema, so what reaches the rules is well formed; foreign documents are read leniently.
/// </summary>
internal sealed class SchemaCompiler
{
    private const int MaxNodes = 10_000;

    private readonly Dictionary<string, SchemaNode> nodes = new(StringComparer.Ordinal);
    private readonly Queue<(SchemaNode Node, SchemaLocation At)> open = new();
    private readonly List<SchemaIssue> issues = [];
    private readonly SchemaDocuments documents;
    private readonly SchemaCompileOptions options;
    private readonly RuleReader rules;

    private SchemaCompiler(SchemaCompileOptions options)
    {
        this.options = options;
        documents = new SchemaDocuments(options.Resolve);
        rules = new RuleReader(this, options, issues);
    }

    public static SchemaCompilation Compile(JsonElement document, SchemaCompileOptions options)
    {
        if (MetaSchema.Faults(document) is { Count: > 0 } faults) return new SchemaCompilation(null, faults, []);
        return new SchemaCompiler(options).Run(document);
    }

    /// <summary>Compiles without looking at the meta-schema: for the meta-schema itself.</summary>
    public static SchemaNode CompileTrusted(JsonElement document) =>
        new SchemaCompiler(new SchemaCompileOptions { BaseUri = new Uri(MetaSchema.Address) }).Run(document).Schema!.Root;

    /// <summary>The node of a place, made on first sight and filled later.</summary>
    public SchemaNode Node(SchemaLocation at)
    {
        if (nodes.TryGetValue(at.Pointer, out var node)) return node;
        node = new SchemaNode(at.Element, at.Pointer);
        nodes.Add(at.Pointer, node);
        open.Enqueue((node, at));
        return node;
    }

    private SchemaCompilation Run(JsonElement document)
    {
        var root = Node(documents.Add(document, options.BaseUri, JsonPointer.Root));
        while (open.TryDequeue(out var next))
        {
            if (nodes.Count > MaxNodes)
            {
                issues.Add(new SchemaIssue(JsonPointer.Root, $"has more than {MaxNodes} schemas"));
                break;
            }
            Fill(next.Node, next.At);
        }
        if (issues.Count == 0 && documents.Missing.Count == 0) FindRings();
        return issues.Count == 0 && documents.Missing.Count == 0
            ? new SchemaCompilation(new CompiledSchema(root), [], [])
            : new SchemaCompilation(null, issues, documents.Missing);
    }

    private void Fill(SchemaNode node, SchemaLocation at)
    {
        switch (at.Element.ValueKind)
        {
            case JsonValueKind.True or JsonValueKind.False:
                node.Always = at.Element.ValueKind == JsonValueKind.True;
                break;
            case JsonValueKind.Object when SchemaDocuments.HasRef(at.Element):
                Reference(node, at);
                break;
            case JsonValueKind.Object:
                rules.Read(node, at);
                break;
            default:
                issues.Add(new SchemaIssue(at.Pointer, "a schema is an object, true or false"));
                break;
        }
    }

    private void Reference(SchemaNode node, SchemaLocation at)
    {
        var pointer = JsonPointer.Append(at.Pointer, "$ref");
        if (!options.AllowRefs)
        {
            issues.Add(new SchemaIssue(pointer, "references are disallowed by security.disallow_ref_in_identity_schemas"));
            return;
        }
        var reference = at.Element.GetProperty("$ref").GetString()!;
        var target = documents.Find(reference, at.Base, out var reason);
        if (target is not null) node.Ref = Node(target);
        else if (documents.Missing.Count == 0) issues.Add(new SchemaIssue(pointer, reason!));
    }

    /// <summary>A schema that applies itself to the same value again can never answer.</summary>
    private void FindRings()
    {
        var state = new Dictionary<SchemaNode, bool>();
        foreach (var start in nodes.Values)
        {
            if (state.ContainsKey(start)) continue;
            var trail = new Stack<(SchemaNode Node, IEnumerator<SchemaNode> Next)>();
            Enter(start);
            while (trail.TryPeek(out var top))
            {
                if (!top.Next.MoveNext())
                {
                    state[trail.Pop().Node] = true;
                    top.Next.Dispose();
                }
                else if (!state.TryGetValue(top.Next.Current, out var done))
                {
                    Enter(top.Next.Current);
                }
                else if (!done)
                {
                    issues.Add(new SchemaIssue(top.Node.Pointer, $"applies {top.Next.Current.Pointer} to the same value without end"));
                    return;
                }
            }

            void Enter(SchemaNode node)
            {
                state[node] = false;
                trail.Push((node, node.InPlace.GetEnumerator()));
            }
        }
    }
}

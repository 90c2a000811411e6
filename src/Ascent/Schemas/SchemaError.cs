namespace Ascent.Schemas;

/// <summary>One rule that a value breaks. Pointers are JSON pointers behind a <c>#</c>; a rule that combines others has theirs as children.</summary>
internal sealed record SchemaError(string Keyword, string InstancePointer, string SchemaPointer, SchemaFault Fault, IReadOnlyList<SchemaError> Children)
{
    public SchemaError(string keyword, string instancePointer, string schemaPointer, SchemaFault fault)
        : this(keyword, instancePointer, schemaPointer, fault, []) { }

    /// <summary>The innermost rules: what a person can mend.</summary>
    public IEnumerable<SchemaError> Leaves => Children.Count == 0 ? [this] : Children.SelectMany(c => c.Leaves);

    /// <summary>The form fields it concerns, as dotted names (<c>traits.emails.1</c>); each missing property is a field of its own. Empty for the document itself.</summary>
    public IReadOnlyList<string> Fields
    {
        get
        {
            var here = JsonPointer.Dotted(InstancePointer);
            return Fault is SchemaFault.MissingProperties missing
                ? [.. missing.Names.Select(name => here.Length == 0 ? name : $"{here}.{name}")]
                : [here];
        }
    }

    /// <summary>The text for an administrator: <c>I[where in the value] S[where in the schema] what is wrong</c>.</summary>
    public override string ToString() => $"I[{InstancePointer}] S[{SchemaPointer}] {Fault.Sentence}";

    /// <summary>All innermost rules, one a line.</summary>
    public static string Describe(IEnumerable<SchemaError> errors) =>
        string.Join('\n', errors.SelectMany(e => e.Leaves).Select(e => e.ToString()).Distinct(StringComparer.Ordinal));
}

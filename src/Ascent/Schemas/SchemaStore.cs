using Ascent.Http;

namespace Ascent.Schemas;

/// <summary>Holds the registry in use; a reload puts another in its place. A request reads it once.</summary>
internal sealed class SchemaStore(SchemaRegistry first) : IReadinessProbe
{
    private volatile SchemaRegistry current = first;
    private volatile int fromCopies;

    public SchemaRegistry Current => current;

    /// <summary>How many documents are copies, because their host is away.</summary>
    public int FromCopies { get => fromCopies; set => fromCopies = value; }

    public void Replace(SchemaRegistry next) => current = next;

    public string Name => "schemas";

    public ValueTask<string?> CheckAsync(CancellationToken ct) => new((string?)null);

    public string? Remark => fromCopies > 0 ? "Identity schemas are served from kept copies: their host does not answer." : null;
}

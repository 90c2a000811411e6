namespace Ascent.Schemas;

/// <summary>Holds the registry in use; a reload puts another in its place. A request reads it once.</summary>
internal sealed class SchemaStore(SchemaRegistry first)
{
    private volatile SchemaRegistry current = first;

    public SchemaRegistry Current => current;

    public void Replace(SchemaRegistry next) => current = next;
}

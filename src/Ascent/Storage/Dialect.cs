using System.Collections.Concurrent;
using System.Data.Common;

namespace Ascent.Storage;

/// <summary>Everything that the two engines disagree about.</summary>
internal abstract class Dialect
{
    private readonly ConcurrentDictionary<string, string> resolved = new(StringComparer.Ordinal);

    public abstract string Name { get; }

    /// <summary>The text for this engine; resolved once per text, so that prepared statements are found by reference.</summary>
    public string Resolve(string text) => resolved.TryGetValue(text, out var known) ? known : resolved.GetOrAdd(text, Rewrite(text));

    /// <summary>What keeps two programs from migrating at once, where the transaction alone does not.</summary>
    public virtual string? MigrationLock => null;

    public abstract object ToParameter(object? value);
    public abstract Guid ReadGuid(DbDataReader reader, int i);
    public abstract bool ReadBool(DbDataReader reader, int i);

    /// <summary>The engine's exception as ours, or null where it says nothing that a caller could answer.</summary>
    public abstract Exception? Translate(DbException e);

    protected abstract string Rewrite(string text);
}

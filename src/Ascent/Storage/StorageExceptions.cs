namespace Ascent.Storage;

/// <summary>A row with these unique values exists already. <see cref="Constraint"/> is the index's name where the engine tells it.</summary>
internal sealed class UniqueViolationException(string table, string constraint, Exception inner)
    : Exception($"A row of {table} with the same unique value exists already.", inner)
{
    public string Table { get; } = table;

    /// <summary>The index's name (PostgreSQL) or the list of its columns (SQLite).</summary>
    public string Constraint { get; } = constraint;
}

/// <summary>The row refers to one that is not (or no longer) there.</summary>
internal sealed class MissingReferenceException(Exception inner) : Exception("The row refers to another that does not exist.", inner);

/// <summary>The database cannot be used as it is; the message says why and what to do.</summary>
internal sealed class StorageUnusableException(string message, Exception? inner = null) : Exception(message, inner)
{
    public StorageUnusableException(StorageFault fault, Exception? inner) : this($"dsn: {fault.Sentence}", inner) => Fault = fault;

    /// <summary>What kind of fault it is, where that is known.</summary>
    public StorageFault? Fault { get; }
}

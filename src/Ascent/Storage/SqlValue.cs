namespace Ascent.Storage;

/// <summary>What a parameter holds, whether there is a value or not.</summary>
internal enum SqlType { Text, Uuid, Whole, Long, Flag, Bytes, Uuids, Texts }

/// <summary>
/// A parameter's value with its type, which a null has too: PostgreSQL prepares a statement for the types of its parameters, and the driver
/// runs it unprepared, planned anew each time, where they are not the same as when it was prepared.
/// </summary>
internal readonly record struct SqlValue
{
    private SqlValue(object? value, SqlType type) => (Value, Type) = (value, type);

    public object? Value { get; }
    public SqlType Type { get; }

    public static SqlValue Of(IReadOnlyCollection<Guid> list) => new(list, SqlType.Uuids);
    public static SqlValue Of(IReadOnlyCollection<string> list) => new(list, SqlType.Texts);

    public static implicit operator SqlValue(string? value) => new(value, SqlType.Text);
    public static implicit operator SqlValue(Guid value) => new(value, SqlType.Uuid);
    public static implicit operator SqlValue(Guid? value) => new(value, SqlType.Uuid);
    public static implicit operator SqlValue(int value) => new(value, SqlType.Whole);
    public static implicit operator SqlValue(long value) => new(value, SqlType.Long);
    public static implicit operator SqlValue(long? value) => new(value, SqlType.Long);
    public static implicit operator SqlValue(bool value) => new(value, SqlType.Flag);
    public static implicit operator SqlValue(byte[]? value) => new(value, SqlType.Bytes);
    public static implicit operator SqlValue(Guid[] list) => Of(list);
    public static implicit operator SqlValue(string[] list) => Of(list);

    /// <summary>Times are kept as microseconds since 1970.</summary>
    public static implicit operator SqlValue(DateTimeOffset value) => new(value, SqlType.Long);
    public static implicit operator SqlValue(DateTimeOffset? value) => new(value, SqlType.Long);
}

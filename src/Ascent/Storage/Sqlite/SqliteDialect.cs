using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Ascent.Storage.Sqlite;

internal sealed class SqliteDialect : Dialect
{
    private const int ConstraintPrimaryKey = 1555;
    private const int ConstraintUnique = 2067;
    private const int ConstraintForeignKey = 787;

    public override string Name => "sqlite";

    public override object ToParameter(object? value) => value switch
    {
        null => DBNull.Value,
        Guid id => id.ToByteArray(bigEndian: true),
        DateTimeOffset t => Instant.ToMicroseconds(t),
        bool b => b ? 1L : 0L,
        _ => value,
    };

    public override Guid ReadGuid(DbDataReader reader, int i) => new((byte[])reader.GetValue(i), bigEndian: true);
    public override bool ReadBool(DbDataReader reader, int i) => reader.GetInt64(i) != 0;

    public override Exception? Translate(DbException e) => e is not SqliteException s ? null : s.SqliteExtendedErrorCode switch
    {
        ConstraintUnique or ConstraintPrimaryKey => Unique(s),
        ConstraintForeignKey => new MissingReferenceException(s),
        _ => null,
    };

    /// <summary>Lists become as many parameters as the next power of two, so that few statements serve all lengths.</summary>
    public static string ExpandList(string text, string name, int count)
    {
        var names = string.Join(",", Enumerable.Range(0, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"@{name}_{i}")));
        return text.Replace($"= any(@{name})", $"in ({names})", StringComparison.Ordinal);
    }

    protected override string Rewrite(string text) =>
        text.Replace("{for update}", "", StringComparison.Ordinal)
            .Replace("{uuid}", "blob", StringComparison.Ordinal)
            .Replace("{bytes}", "blob", StringComparison.Ordinal)
            .Replace("{json}", "text", StringComparison.Ordinal);

    // "SQLite Error 19: 'UNIQUE constraint failed: identity.nid, identity.external_id'."
    private static UniqueViolationException Unique(SqliteException e)
    {
        const string Marker = "constraint failed: ";
        var start = e.Message.IndexOf(Marker, StringComparison.Ordinal);
        var columns = start < 0 ? "" : e.Message[(start + Marker.Length)..].TrimEnd('.', '\'');
        var dot = columns.IndexOf('.', StringComparison.Ordinal);
        return new UniqueViolationException(dot < 0 ? "" : columns[..dot], columns, e);
    }
}

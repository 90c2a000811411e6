using System.Data.Common;
using Npgsql;

namespace Ascent.Storage.Postgres;

internal sealed class PostgresDialect : Dialect
{
    public override string Name => "postgres";

    public override string? MigrationLock => "select pg_advisory_xact_lock(4433)";

    public override object ToParameter(object? value) => value switch
    {
        null => DBNull.Value,
        DateTimeOffset t => Instant.ToMicroseconds(t),
        IReadOnlyCollection<Guid> ids => ids as Guid[] ?? [.. ids],
        IReadOnlyCollection<string> texts => texts as string[] ?? [.. texts],
        _ => value,
    };

    public override Guid ReadGuid(DbDataReader reader, int i) => reader.GetGuid(i);
    public override bool ReadBool(DbDataReader reader, int i) => reader.GetBoolean(i);

    public override Exception? Translate(DbException e) => e is not PostgresException p ? null : p.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation => new UniqueViolationException(p.TableName ?? "", p.ConstraintName ?? "", p),
        PostgresErrorCodes.ForeignKeyViolation => new MissingReferenceException(p),
        _ => null,
    };

    protected override string Rewrite(string text) =>
        text.Replace("{for update}", "for update", StringComparison.Ordinal)
            .Replace("{uuid}", "uuid", StringComparison.Ordinal)
            .Replace("{bytes}", "bytea", StringComparison.Ordinal);
}

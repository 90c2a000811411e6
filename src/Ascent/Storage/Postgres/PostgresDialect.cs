using System.Collections.Concurrent;
using System.Data.Common;
using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;

namespace Ascent.Storage.Postgres;

internal sealed partial class PostgresDialect : Dialect
{
    private readonly ConcurrentDictionary<string, Positional> positional = new(StringComparer.Ordinal);

    /// <param name="Text">With <c>$1</c> in the place of a name, as the server wants it.</param>
    /// <param name="Names">The name for each place.</param>
    private sealed record Positional(string Text, string[] Names);

    public override string Name => "postgres";

    public override string? MigrationLock => "select pg_advisory_xact_lock(4433)";

    /// <summary>The statement as the server wants it; worked out once per text, so that the driver has nothing to look for in it.</summary>
    public NpgsqlCommand Command(NpgsqlConnection connection, Sql sql)
    {
        var known = Place(sql.Text);
        var command = new NpgsqlCommand(known.Text, connection);
        Bind(command.Parameters, known, sql);
        return command;
    }

    public NpgsqlBatchCommand BatchCommand(Sql sql)
    {
        var known = Place(sql.Text);
        var command = new NpgsqlBatchCommand(known.Text);
        Bind(command.Parameters, known, sql);
        return command;
    }

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
            .Replace("{bytes}", "bytea", StringComparison.Ordinal)
            .Replace("{json}", "jsonb", StringComparison.Ordinal);

    public async Task<List<T>> RowsAsync<T>(NpgsqlDataReader reader, Func<Row, T> map, CancellationToken ct)
    {
        var rows = new List<T>();
        while (await reader.ReadAsync(ct)) rows.Add(map(new Row(reader, this)));
        return rows;
    }

    /// <summary>What the engine throws as what callers can answer, where it is that.</summary>
    public async Task<T> TranslatingAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (DbException e)
        {
            if (Translate(e) is { } ours) throw ours;
            throw;
        }
    }

    private Positional Place(string text) => positional.TryGetValue(text, out var known) ? known : positional.GetOrAdd(text, Number(Resolve(text)));

    private static Positional Number(string text)
    {
        var names = new List<string>();
        var numbered = Placeholder().Replace(text, m =>
        {
            if (!m.Groups["name"].Success) return m.Value;
            var name = m.Groups["name"].Value;
            if (!names.Contains(name, StringComparer.Ordinal)) names.Add(name);
            return $"${names.IndexOf(name) + 1}";
        });
        return new Positional(numbered, [.. names]);
    }

    private void Bind(NpgsqlParameterCollection parameters, Positional known, Sql sql)
    {
        foreach (var name in known.Names)
        {
            var value = ValueOf(sql, name);
            parameters.Add(new NpgsqlParameter { NpgsqlDbType = TypeOf(value.Type), Value = ToParameter(value.Value) });
        }
    }

    private static NpgsqlDbType TypeOf(SqlType type) => type switch
    {
        SqlType.Text => NpgsqlDbType.Text,
        SqlType.Uuid => NpgsqlDbType.Uuid,
        SqlType.Whole => NpgsqlDbType.Integer,
        SqlType.Long => NpgsqlDbType.Bigint,
        SqlType.Flag => NpgsqlDbType.Boolean,
        SqlType.Bytes => NpgsqlDbType.Bytea,
        SqlType.Uuids => NpgsqlDbType.Array | NpgsqlDbType.Uuid,
        SqlType.Texts => NpgsqlDbType.Array | NpgsqlDbType.Text,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static SqlValue ValueOf(Sql sql, string name)
    {
        foreach (var (given, value) in sql.Parameters)
            if (given == name)
                return value;
        throw new InvalidOperationException($"The statement names @{name}, and no value was given for it.");
    }

    /// <summary>A name, or a text in which none is.</summary>
    [GeneratedRegex("'[^']*'|@(?<name>[a-z_][a-z0-9_]*)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}

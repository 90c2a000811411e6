using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using Microsoft.Data.Sqlite;

namespace Ascent.Storage.Sqlite;

/// <summary>One open connection with its prepared statements. Used by one caller at a time.</summary>
internal sealed class SqliteConnectionState : IDisposable
{
    private static readonly ActivitySource Spans = new("Ascent.Sqlite");

    private readonly Dictionary<string, SqliteCommand> prepared = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, int), string> expanded = [];
    private readonly Dialect dialect;

    public SqliteConnectionState(string connectionString, Dialect dialect, string pragmas)
    {
        this.dialect = dialect;
        Connection = new SqliteConnection(connectionString);
        try
        {
            Connection.Open();
            Execute(pragmas);
        }
        catch (SqliteException e)
        {
            Connection.Dispose();
            throw SqliteFaults.Of(e, Connection.DataSource) is { } fault ? new StorageUnusableException(fault, e)
                : new StorageUnusableException($"dsn: the SQLite file '{Connection.DataSource}' cannot be opened; its directory must exist and be writable.", e);
        }
    }

    public SqliteConnection Connection { get; }

    public List<T> Read<T>(Sql sql, Func<Row, T> map)
    {
        using var span = Span(sql);
        using var reader = Translate(() => Bind(sql).ExecuteReader());
        var rows = new List<T>();
        while (reader.Read()) rows.Add(map(new Row(reader, dialect)));
        return rows;
    }

    public int Execute(Sql sql)
    {
        using var span = Span(sql);
        var command = Bind(sql);
        return Translate(command.ExecuteNonQuery);
    }

    public void Execute(string script)
    {
        using var command = Connection.CreateCommand();
        command.CommandText = script;
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var command in prepared.Values) command.Dispose();
        Connection.Dispose();
    }

    /// <summary>The statement without its values; nothing where nobody listens, and nothing of what belongs to no request.</summary>
    private static Activity? Span(Sql sql) => Activity.Current is null ? null
        : Spans.StartActivity("sqlite", ActivityKind.Client)?.SetTag("db.system.name", "sqlite").SetTag("db.query.text", sql.Text);

    private T Translate<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (SqliteException e)
        {
            if (dialect.Translate(e) is { } ours) throw ours;
            throw;
        }
    }

    private SqliteCommand Bind(Sql sql)
    {
        var text = dialect.Resolve(sql.Text);
        foreach (var (name, value) in sql.Parameters)
            if (List(value) is { } list)
                text = Expand(text, name, list.Length);
        if (!prepared.TryGetValue(text, out var command))
        {
            command = Connection.CreateCommand();
            command.CommandText = text;
            prepared[text] = command;
        }
        command.Parameters.Clear();
        foreach (var (name, value) in sql.Parameters)
            if (List(value) is { } list) BindList(command, name, list);
            else command.Parameters.AddWithValue($"@{name}", dialect.ToParameter(value.Value));
        return command;
    }

    private static object[]? List(SqlValue value) => value.Type switch
    {
        SqlType.Uuids => [.. ((IReadOnlyCollection<Guid>)value.Value!).Cast<object>()],
        SqlType.Texts => [.. ((IReadOnlyCollection<string>)value.Value!)],
        _ => null,
    };

    private string Expand(string text, string name, int count)
    {
        var size = Padded(count);
        if (!expanded.TryGetValue((text, size), out var known)) expanded[(text, size)] = known = SqliteDialect.ExpandList(text, name, size);
        return known;
    }

    private void BindList(SqliteCommand command, string name, object[] values)
    {
        for (var i = 0; i < Padded(values.Length); i++)
            command.Parameters.AddWithValue(string.Create(CultureInfo.InvariantCulture, $"@{name}_{i}"), values.Length == 0 ? DBNull.Value : dialect.ToParameter(values[Math.Min(i, values.Length - 1)]));
    }

    private static int Padded(int count) => (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, count));
}

using System.Globalization;
using System.Numerics;
using Ascent.Storage;
using Ascent.Storage.Sqlite;
using SQLitePCL;

namespace Ascent.Sessions.Lookup;

/// <summary>
/// The lookup on SQLite, by the library's own calls: at microseconds a row, the provider's objects would cost more than the
/// search. Statements are kept for batches of one, two, four … tokens; a batch between is filled up with its last token.
/// </summary>
internal sealed class SqliteLookup(SqliteDb db) : ILookupStatement
{
    private readonly Dictionary<(bool Retired, int Size), sqlite3_stmt> statements = [];
    private SqliteConnectionState? reader;

    public ValueTask RunAsync(List<LookupQuestion> questions, DateTimeOffset? retiredAt)
    {
        reader ??= db.Rent();
        var size = (int)BitOperations.RoundUpToPowerOf2((uint)questions.Count);
        var statement = Statement(retiredAt is not null, size);
        try
        {
            Span<byte> id = stackalloc byte[16];
            questions[0].Nid.TryWriteBytes(id, bigEndian: true, out _);
            Check(raw.sqlite3_bind_blob(statement, 1, id));
            for (var i = 0; i < size; i++)
            {
                questions[Math.Min(i, questions.Count - 1)].TokenKey.TryWriteBytes(id, bigEndian: true, out _);
                Check(raw.sqlite3_bind_blob(statement, i + 2, id));
            }
            if (retiredAt is { } now) Check(raw.sqlite3_bind_int64(statement, size + 2, Instant.ToMicroseconds(now)));
            int result;
            while ((result = raw.sqlite3_step(statement)) == raw.SQLITE_ROW) Deal(statement, questions);
            if (result != raw.SQLITE_DONE) Check(result);
        }
        finally
        {
            raw.sqlite3_reset(statement);
        }
        return ValueTask.CompletedTask;
    }

    // A file has no connection to lose; the busy time-out waits for what may hold it.
    public bool IsConnectionFault(Exception e) => false;

    public ValueTask DisposeAsync()
    {
        foreach (var statement in statements.Values) statement.Dispose();
        statements.Clear();
        if (reader is not null) db.Return(reader);
        reader = null;
        return ValueTask.CompletedTask;
    }

    private sqlite3_stmt Statement(bool retired, int size)
    {
        if (statements.TryGetValue((retired, size), out var known)) return known;
        var names = string.Join(',', Enumerable.Range(2, size).Select(i => string.Create(CultureInfo.InvariantCulture, $"?{i}")));
        var text = (retired ? LookupText.Retired : LookupText.Current)
            .Replace("= any(@keys)", $"in ({names})", StringComparison.Ordinal)
            .Replace("@nid", "?1", StringComparison.Ordinal)
            .Replace("@now", string.Create(CultureInfo.InvariantCulture, $"?{size + 2}"), StringComparison.Ordinal);
        Check(raw.sqlite3_prepare_v2(reader!.Connection.Handle, text, out var statement));
        return statements[(retired, size)] = statement;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK) Microsoft.Data.Sqlite.SqliteException.ThrowExceptionForRC(result, reader!.Connection.Handle);
    }

    private static void Deal(sqlite3_stmt s, List<LookupQuestion> questions)
    {
        var key = Id(s, 0);
        Session? session = null;
        foreach (var question in questions)
            if (question.TokenKey == key && question.Session is null)
                question.Session = session ??= Read(s);
    }

    private static Session Read(sqlite3_stmt s) => new()
    {
        Id = Id(s, 1), IdentityId = Id(s, 2), Active = raw.sqlite3_column_int(s, 3) != 0, Aal = Word(s, 4), MethodsJson = Bytes(s, 5), DevicesJson = Bytes(s, 6),
        AuthenticatedAt = Time(s, 7), IssuedAt = Time(s, 8), ExpiresAt = Time(s, 9), UsedAt = Time(s, 10), CreatedAt = Time(s, 11), UpdatedAt = Time(s, 12),
        Identity = new SessionIdentity
        {
            Id = Id(s, 13), SchemaId = Word(s, 14), State = Word(s, 15), StateChangedAt = Time(s, 16), Traits = Bytes(s, 17), MetadataPublic = Bytes(s, 18),
            VerifiableAddresses = Bytes(s, 19), RecoveryAddresses = Bytes(s, 20), AvailableAal = Word(s, 21),
            ExternalId = IsNull(s, 22) ? null : raw.sqlite3_column_text(s, 22).utf8_to_string(), OrganizationId = IsNull(s, 23) ? null : Id(s, 23),
            CreatedAt = Time(s, 24), UpdatedAt = Time(s, 25),
        },
    };

    private static bool IsNull(sqlite3_stmt s, int i) => raw.sqlite3_column_type(s, i) == raw.SQLITE_NULL;
    private static Guid Id(sqlite3_stmt s, int i) => new(raw.sqlite3_column_blob(s, i), bigEndian: true);
    private static DateTimeOffset Time(sqlite3_stmt s, int i) => Instant.FromMicroseconds(raw.sqlite3_column_int64(s, i));

    // A text's bytes are its UTF-8, as the database is UTF-8: reading them as a blob converts nothing.
    private static byte[] Bytes(sqlite3_stmt s, int i) => raw.sqlite3_column_blob(s, i).ToArray();
    private static string Word(sqlite3_stmt s, int i) => LookupText.Word(raw.sqlite3_column_blob(s, i));
}

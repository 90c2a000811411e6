using System.Data;
using Ascent.Storage;
using Ascent.Storage.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace Ascent.Sessions.Lookup;

/// <summary>
/// The lookup on PostgreSQL: a connection of its own with the statement prepared on it, planned once for whatever the
/// statistics say, since the way by the indexes is always the right one.
/// </summary>
internal sealed class PostgresLookup(PostgresDb db) : ILookupStatement
{
    private const int Seconds = 5;
    private const string Settings = "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off";

    private NpgsqlConnection? connection;
    private NpgsqlCommand? current, retired;

    public async ValueTask RunAsync(List<LookupQuestion> questions, DateTimeOffset? retiredAt)
    {
        try
        {
            if (connection is null) await ConnectAsync();
            var command = retiredAt is null ? current! : retired ??= await PrepareAsync(LookupText.Retired);
            command.Parameters[0].Value = questions[0].Nid;
            var keys = new Guid[questions.Count];
            for (var i = 0; i < keys.Length; i++) keys[i] = questions[i].TokenKey;
            command.Parameters[1].Value = keys;
            if (retiredAt is { } now) command.Parameters[2].Value = Instant.ToMicroseconds(now);
            await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleResult, CancellationToken.None);
            while (await reader.ReadAsync(CancellationToken.None)) Deal(reader, questions);
        }
        catch
        {
            await DropAsync();
            throw;
        }
    }

    public bool IsConnectionFault(Exception e) => e is StorageUnusableException
        || e is NpgsqlException n && (n is not PostgresException p || p.IsTransient || p.SqlState.StartsWith("57P", StringComparison.Ordinal));

    public async ValueTask DisposeAsync() => await DropAsync();

    private async Task ConnectAsync()
    {
        connection = await db.OpenOwnAsync(CancellationToken.None);
        await using (var settings = new NpgsqlCommand(Settings, connection)) await settings.ExecuteNonQueryAsync(CancellationToken.None);
        current = await PrepareAsync(LookupText.Current);
    }

    private async Task<NpgsqlCommand> PrepareAsync(string text)
    {
        var command = new NpgsqlCommand(db.Dialect.Resolve(text), connection) { CommandTimeout = Seconds };
        command.Parameters.Add(new NpgsqlParameter("nid", NpgsqlDbType.Uuid));
        command.Parameters.Add(new NpgsqlParameter("keys", NpgsqlDbType.Array | NpgsqlDbType.Uuid));
        if (text.Contains("@now", StringComparison.Ordinal)) command.Parameters.Add(new NpgsqlParameter("now", NpgsqlDbType.Bigint));
        await command.PrepareAsync(CancellationToken.None);
        return command;
    }

    private async Task DropAsync()
    {
        var dropped = connection;
        current?.Dispose();
        retired?.Dispose();
        (connection, current, retired) = (null, null, null);
        try
        {
            if (dropped is not null) await dropped.DisposeAsync();
        }
        catch (Exception e) when (e is NpgsqlException or InvalidOperationException)
        {
            // Broken: it is closed all the same.
        }
    }

    private static void Deal(NpgsqlDataReader r, List<LookupQuestion> questions)
    {
        var key = r.GetGuid(0);
        Session? session = null;
        foreach (var question in questions)
            if (question.TokenKey == key && question.Session is null)
                question.Session = session ??= Read(r);
    }

    private static Session Read(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(1), IdentityId = r.GetGuid(2), Active = r.GetBoolean(3), Aal = Word(r, 4), MethodsJson = Bytes(r, 5), DevicesJson = Bytes(r, 6),
        AuthenticatedAt = Time(r, 7), IssuedAt = Time(r, 8), ExpiresAt = Time(r, 9), UsedAt = Time(r, 10), CreatedAt = Time(r, 11), UpdatedAt = Time(r, 12),
        Identity = new SessionIdentity
        {
            Id = r.GetGuid(13), SchemaId = Word(r, 14), State = Word(r, 15), StateChangedAt = Time(r, 16), Traits = Bytes(r, 17),
            MetadataPublic = r.IsDBNull(18) ? default : Bytes(r, 18), VerifiableAddresses = Bytes(r, 19), RecoveryAddresses = Bytes(r, 20), AvailableAal = Word(r, 21),
            ExternalId = r.IsDBNull(22) ? null : r.GetString(22), OrganizationId = r.IsDBNull(23) ? null : r.GetGuid(23), CreatedAt = Time(r, 24), UpdatedAt = Time(r, 25),
        },
    };

    private static byte[] Bytes(NpgsqlDataReader r, int i) => r.GetFieldValue<byte[]>(i);
    private static DateTimeOffset Time(NpgsqlDataReader r, int i) => Instant.FromMicroseconds(r.GetInt64(i));
    private static string Word(NpgsqlDataReader r, int i) => r.GetString(i);
}

using Ascent.Storage.Postgres;
using Ascent.Storage.Sqlite;

namespace Ascent.Storage;

internal static class Databases
{
    /// <summary>Opens what the DSN names. A SQLite file is made where there is none; a server is not asked before the first use.</summary>
    public static Db Open(string dsn) => Dsn.Parse(dsn) switch
    {
        Dsn.Sqlite s => new SqliteDb(s),
        Dsn.Postgres p => new PostgresDb(p.Connection),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

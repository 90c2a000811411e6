using System.CommandLine;
using Ascent.Config;
using Ascent.Storage;
using Ascent.Tenancy;

namespace Ascent.Server.Commands;

internal static class MigrateCommand
{
    public static Command Create()
    {
        var print = new Option<string?>("--print") { Description = "Print the whole script for sqlite or postgres and change nothing.", Arity = ArgumentArity.ZeroOrOne };
        var sql = new Command("sql", "Bring the database's schema up to date.") { CommandLine.Dsn, CommandLine.FromEnvironment, CommandLine.Yes, print };
        var up = new Command("up", "The same as sql.") { CommandLine.Dsn, CommandLine.FromEnvironment, CommandLine.Yes };
        var status = new Command("status", "Say at which version the database is.") { CommandLine.Dsn, CommandLine.FromEnvironment };
        sql.Add(up);
        sql.Add(status);
        sql.SetAction((parsed, ct) => parsed.GetResult(print) is not null ? Print(parsed.GetValue(print) ?? "sqlite") : MigrateAsync(parsed, ct));
        up.SetAction(MigrateAsync);
        status.SetAction(StatusAsync);
        return new Command("migrate", "Database migrations.") { sql };
    }

    private static async Task<int> MigrateAsync(ParseResult parsed, CancellationToken ct)
    {
        RefuseMemory(parsed);
        await using var db = Open(parsed);
        var migrator = new Migrator(db, TimeProvider.System);
        if (!parsed.GetValue(CommandLine.Yes) && !Console.IsInputRedirected && await migrator.VersionAsync(ct) < Migrator.Latest)
        {
            Console.Write($"Migrate this {db.Dialect.Name} database to version {Migrator.Latest}? [y/N] ");
            if (Console.ReadLine()?.Trim() is not ("y" or "Y" or "yes")) throw new CommandFailedException("Nothing was changed.");
        }
        var applied = await migrator.MigrateAsync(ct);
        await Tenant.LoadDefaultAsync(db, TimeProvider.System, ct);
        foreach (var name in applied) Console.WriteLine($"applied {name}");
        Console.WriteLine($"The database is at version {Migrator.Latest}.");
        return 0;
    }

    private static async Task<int> StatusAsync(ParseResult parsed, CancellationToken ct)
    {
        await using var db = Open(parsed);
        var version = await new Migrator(db, TimeProvider.System).VersionAsync(ct);
        Console.WriteLine($"The database is at version {version}, the program's is {Migrator.Latest}.");
        return version == Migrator.Latest ? 0 : 1;
    }

    private static Task<int> Print(string engine)
    {
        Dialect dialect = engine switch
        {
            "sqlite" => new Storage.Sqlite.SqliteDialect(),
            "postgres" => new Storage.Postgres.PostgresDialect(),
            _ => throw new CommandFailedException($"--print knows sqlite and postgres, not '{engine}'."),
        };
        // All of it or nothing: half a schema would have to be taken apart by hand.
        Console.WriteLine($"begin;\n\n{Migrator.Script(dialect, TimeProvider.System.GetUtcNow())}\ncommit;");
        return Task.FromResult(0);
    }

    /// <summary>A configuration without dsn means a database in memory, which a server makes for itself: to migrate one is to change nothing that lasts.</summary>
    private static void RefuseMemory(ParseResult parsed)
    {
        if (parsed.GetValue(CommandLine.Dsn) is { Length: > 0 } || parsed.GetValue(CommandLine.FromEnvironment)) return;
        var source = Workplace.Source(parsed);
        var (dsn, faults) = new ConfigLoader(source).LoadDsn();
        if (faults.Count > 0 && (source.Files.Count > 0 || dsn is not null)) throw new CommandFailedException($"No database named: {string.Join("; ", faults)}. Give a DSN, or -e to take it from the environment variable DSN.");
    }

    private static Db Open(ParseResult parsed) => Workplace.OpenDatabase(parsed, parsed.GetValue(CommandLine.Dsn));
}

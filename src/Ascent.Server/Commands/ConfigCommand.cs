using Ascent.Config;
using Ascent.Schemas;
using Ascent.Storage;

namespace Ascent.Server.Commands;

/// <summary>
/// <c>ascent config validate -c FILE…</c>, <c>config print [--format yaml|json]</c>, <c>config reference</c>. Answers 0 when the
/// configuration is good, 1 when it has faults, 2 when the command line is wrong.
/// </summary>
internal static class ConfigCommand
{
    public const string Usage = "usage: ascent config validate|print|reference [-c FILE]… [--dev] [--allow-unknown-keys] [--format yaml|json]";

    public static async Task<int> ValidateAsync(IReadOnlyList<string> args, TextWriter output, CancellationToken ct)
    {
        if (await ArgumentsAsync(args, output, ct) is not { } given) return 2;
        using var parts = new ConfigParts(TimeProvider.System);
        var preparation = new ConfigPreparation(new ConfigLoader(given.Source), parts.All);
        var read = preparation.Read();
        await using var copies = Copies.Of(read);
        parts.Schemas.Copies = copies.Schemas;
        var result = await preparation.PrepareAsync(read, ct);
        foreach (var fault in result.Faults) await output.WriteLineAsync($"fault    {fault}".AsMemory(), ct);
        foreach (var warning in result.Warnings) await output.WriteLineAsync($"warning  {warning}".AsMemory(), ct);
        var verdict = result.Config is null ? "not valid" : $"valid, revision {result.Config.EffectiveRevision}";
        await output.WriteLineAsync($"The configuration is {verdict} ({result.Faults.Count} faults, {result.Warnings.Count} warnings).".AsMemory(), ct);
        return result.Config is null ? 1 : 0;
    }

    public static async Task<int> PrintAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error, CancellationToken ct)
    {
        if (await ArgumentsAsync(args, error, ct) is not { } given) return 2;
        var result = new ConfigLoader(given.Source).Load();
        if (result.Config is not { } config)
        {
            foreach (var fault in result.Faults) await error.WriteLineAsync($"fault    {fault}".AsMemory(), ct);
            return 1;
        }
        await output.WriteAsync((given.Json ? ConfigPrinter.Json(config) : ConfigPrinter.Yaml(config)).AsMemory(), ct);
        return 0;
    }

    public static async Task<int> ReferenceAsync(TextWriter output, CancellationToken ct)
    {
        await output.WriteAsync(ConfigPrinter.ReferencePage().AsMemory(), ct);
        return 0;
    }

    private static async Task<(ConfigSource Source, bool Json)?> ArgumentsAsync(IReadOnlyList<string> args, TextWriter error, CancellationToken ct)
    {
        var (files, dev, unknown, json) = (new List<string>(), false, false, false);
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var n, var v] ? (n, v) : (args[i], null);
            if (name is "-c" or "--config" or "--format") value ??= ++i < args.Count ? args[i] : null;
            switch (name)
            {
                case "-c" or "--config" when value is not null:
                    files.AddRange(value.Split(',', StringSplitOptions.RemoveEmptyEntries));
                    break;
                case "--dev":
                    dev = value is null or "true";
                    break;
                case "--allow-unknown-keys":
                    unknown = value is null or "true";
                    break;
                case "--format" when value is "yaml" or "json":
                    json = value == "json";
                    break;
                default:
                    await error.WriteLineAsync($"{args[i < args.Count ? i : ^1]}: not understood; {Usage}".AsMemory(), ct);
                    return null;
            }
        }
        return (ConfigSource.OfProcess(files) with { Dev = dev, AllowUnknownKeys = unknown }, json);
    }

    /// <summary>What the database has kept of schemas whose host is away, so that the answer is the start's. It is read alone, and made nowhere.</summary>
    private sealed class Copies(Lazy<Db>? db) : IAsyncDisposable
    {
        public SchemaCopies? Schemas { get; } = db is null ? null : new SchemaCopies(db, TimeProvider.System);

        public static Copies Of(ConfigResult read)
        {
            if ((read.Config ?? read.Draft) is not { } config) return new Copies(null);
            try
            {
                return Dsn.Parse(config.Dsn.Value) is Dsn.Sqlite { Path: var path } && !File.Exists(path) ? new Copies(null) : new Copies(new Lazy<Db>(() => Databases.Open(config.Dsn.Value)));
            }
            catch (StorageUnusableException)
            {
                return new Copies(null);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (db is { IsValueCreated: true }) await db.Value.DisposeAsync();
        }
    }
}

using Ascent.Config;

namespace Ascent.Server.Commands;

/// <summary>
/// <c>ascent config validate -c FILE…</c>, <c>config print [--format yaml|json]</c>, <c>config reference</c>. Answers 0 when the
/// configuration is good, 1 when it has faults, 2 when the command line is wrong.
/// </summary>
internal static class ConfigCommand
{
    public const string Usage = "usage: ascent config validate|print|reference [-c FILE]… [--dev] [--format yaml|json]";

    public static async Task<int> ValidateAsync(IReadOnlyList<string> args, TextWriter output, CancellationToken ct)
    {
        if (await ArgumentsAsync(args, output, ct) is not { } given) return 2;
        var result = new ConfigLoader(given.Source).Load();
        foreach (var fault in result.Faults) await output.WriteLineAsync($"fault    {fault}".AsMemory(), ct);
        var warnings = result.Config is { } good ? [.. result.Warnings, .. ConfigReferences.MissingFiles(good)] : result.Warnings;
        foreach (var warning in warnings) await output.WriteLineAsync($"warning  {warning}".AsMemory(), ct);
        var verdict = result.Config is null ? "not valid" : $"valid, revision {result.Config.EffectiveRevision}";
        await output.WriteLineAsync($"The configuration is {verdict} ({result.Faults.Count} faults, {warnings.Count} warnings).".AsMemory(), ct);
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
        var (files, dev, json) = (new List<string>(), false, false);
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
                case "--format" when value is "yaml" or "json":
                    json = value == "json";
                    break;
                default:
                    await error.WriteLineAsync($"{args[i < args.Count ? i : ^1]}: not understood; {Usage}".AsMemory(), ct);
                    return null;
            }
        }
        return (ConfigSource.OfProcess(files) with { Dev = dev }, json);
    }
}

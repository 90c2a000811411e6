using Ascent.Config;
using Ascent.Storage;

namespace Ascent.Server.Commands;

/// <summary>What most commands begin with: the configuration, all its faults told at once, and the database.</summary>
internal static class Workplace
{
    public static AscentConfig LoadConfig(ConfigLoader loader)
    {
        var result = loader.Load();
        foreach (var warning in result.Warnings) Console.Error.WriteLine($"warning: {warning}");
        if (result.Config is not null) return result.Config;
        throw new CommandFailedException($"The configuration cannot be used:{string.Concat(result.Faults.Select(f => $"\n  {f}"))}");
    }

    /// <summary>The DSN by the command line's rules: an argument, the environment with -e, else the configuration.</summary>
    public static Db OpenDatabase(string? argument, bool fromEnvironment, string[] files)
    {
        if (argument is { Length: > 0 }) return Databases.Open(argument);
        if (fromEnvironment)
            return Databases.Open(Environment.GetEnvironmentVariable("DSN") is { Length: > 0 } dsn ? dsn : throw new CommandFailedException("-e was given, but the environment variable DSN is not set; set it to sqlite:///path?_fk=true or postgres://…"));
        if (files.Length == 0 && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DSN"))) throw new CommandFailedException("No database named: give a DSN, or -e to take it from the environment variable DSN, or -c with a configuration that has one.");
        return Databases.Open(LoadConfig(new ConfigLoader(ConfigSource.OfProcess(files))).Dsn.Value);
    }
}

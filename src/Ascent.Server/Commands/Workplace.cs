using System.CommandLine;
using Ascent.Config;
using Ascent.Storage;

namespace Ascent.Server.Commands;

/// <summary>What most commands begin with: the configuration, all its faults told at once, and the database.</summary>
internal static class Workplace
{
    /// <summary>Where the configuration comes from, by the options that every command has.</summary>
    public static ConfigSource Source(ParseResult parsed) => ConfigSource.OfProcess(parsed.GetValue(CommandLine.Config) ?? []) with { AllowUnknownKeys = parsed.GetValue(CommandLine.AllowUnknownKeys) };

    public static AscentConfig LoadConfig(ConfigLoader loader)
    {
        var result = loader.Load();
        foreach (var warning in result.Warnings) Console.Error.WriteLine($"warning: {warning}");
        if (result.Config is not null) return result.Config;
        throw new CommandFailedException(ConfigFault.Tell(result.Faults));
    }

    /// <summary>The DSN by the command line's rules: an argument, the environment with -e, else the configuration.</summary>
    public static Db OpenDatabase(ParseResult parsed, string? argument = null)
    {
        var (source, fromEnvironment) = (Source(parsed), parsed.GetValue(CommandLine.FromEnvironment));
        if (argument is { Length: > 0 }) return Databases.Open(argument);
        if (fromEnvironment)
            return Databases.Open(Environment.GetEnvironmentVariable("DSN") is { Length: > 0 } dsn ? dsn : throw new CommandFailedException("-e was given, but the environment variable DSN is not set; set it to sqlite:///path?_fk=true or postgres://…"));
        if (source.Files.Count == 0 && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DSN"))) throw new CommandFailedException("No database named: give a DSN, or -e to take it from the environment variable DSN, or -c with a configuration that has one.");
        return Databases.Open(LoadConfig(new ConfigLoader(source)).Dsn.Value);
    }
}

using System.CommandLine;
using Ascent.Storage;

namespace Ascent.Server.Commands;

/// <summary>The words of the command line: Kratos's own, so that a start script works with only the program's name changed.</summary>
internal static class CommandLine
{
    public static Option<string[]> Config { get; } = new("--config", "-c") { Description = "A kratos.yml (YAML or JSON). Several are merged, later ones win.", AllowMultipleArgumentsPerToken = true, Recursive = true };
    public static Option<bool> FromEnvironment { get; } = new("--read-from-env", "-e") { Description = "Take the DSN from the environment variable DSN." };
    public static Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Do not ask." };
    public static Argument<string?> Dsn { get; } = new("dsn") { Description = "The database; the configuration's dsn if none is given.", Arity = ArgumentArity.ZeroOrOne };

    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return await Root().Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e) when (e is StorageUnusableException or CommandFailedException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static RootCommand Root()
    {
        var root = new RootCommand("Ascent: identities, sessions and step-up authentication.")
        {
            ServeCommand.Create(), MigrateCommand.Create(), CleanupCommand.Create(), SessionsCommand.Create(), CourierCommand.Create(), ConfigCommandLine.Create(), VersionCommand.Create(),
        };
        root.Add(Config);
        return root;
    }
}

/// <summary>A command cannot go on; the message is for the person who typed it.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);

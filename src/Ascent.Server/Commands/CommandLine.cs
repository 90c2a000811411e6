using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Data.Common;
using Ascent.Storage;

namespace Ascent.Server.Commands;

/// <summary>The words of the command line: Kratos's own, so that a start script works with only the program's name changed.</summary>
internal static class CommandLine
{
    public static Option<string[]> Config { get; } = new("--config", "-c") { Description = "A kratos.yml (YAML or JSON). Several are merged, later ones win.", AllowMultipleArgumentsPerToken = true, Recursive = true };
    public static Option<bool> FromEnvironment { get; } = new("--read-from-env", "-e") { Description = "Take the DSN from the environment variable DSN." };
    public static Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Do not ask." };
    public static Argument<string?> Dsn { get; } = new("dsn")
    {
        Description = "The database; the configuration's dsn if none is given.", Arity = ArgumentArity.ZeroOrOne,
        // An option that is not known would be taken for the database.
        Validators = { static given => { if (given.Tokens is [{ Value: ['-', ..] option }]) given.AddError($"Unrecognized command or argument '{option}'."); } },
    };

    /// <summary>A command's end may take longer than a server's for what is under way: it is not to be cut off.</summary>
    public static InvocationConfiguration Invocation { get; } = new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };

    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args);
        if (parsed is { Errors.Count: > 0, Action: ParseErrorAction }) return await NotUnderstoodAsync(parsed);
        try
        {
            return await parsed.InvokeAsync(Invocation);
        }
        catch (Exception e) when (e is StorageUnusableException or CommandFailedException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        catch (DbException e)
        {
            await Console.Error.WriteLineAsync(StorageFault.Of(e) is { } fault ? $"dsn: {fault.Sentence}" : $"The database refuses: {e.Message.ReplaceLineEndings(" ")}");
            return 1;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped before the end.");
            return 130;
        }
    }

    private static async Task<int> NotUnderstoodAsync(ParseResult parsed)
    {
        foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(InWords(error.Message));
        var path = new List<string>();
        for (SymbolResult? at = parsed.CommandResult; at is CommandResult command; at = command.Parent) path.Insert(0, command.Command.Name);
        await Console.Error.WriteLineAsync($"See: {string.Join(' ', path)} --help");
        return 2;
    }

    private static string InWords(string message) => message.ReplaceLineEndings(" ")
        .Replace("as expected type 'System.Guid'", "as a UUID", StringComparison.Ordinal).Replace("as expected type 'System.Int32'", "as a whole number", StringComparison.Ordinal);

    // Not a RootCommand, which calls itself after its file.
    private static Command Root()
    {
        var root = new Command("ascent", "Ascent: identities, sessions and step-up authentication.")
        {
            ServeCommand.Create(), MigrateCommand.Create(), CleanupCommand.Create(), SessionsCommand.Create(), EventsCommand.Create(), CourierCommand.Create(), ConfigCommandLine.Create(), VersionCommand.Create(),
        };
        root.Add(new HelpOption());
        root.Add(Config);
        return root;
    }
}

/// <summary>A command cannot go on; the message is for the person who typed it.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);

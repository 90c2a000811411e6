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
    public static Option<bool> AllowUnknownKeys { get; } = new("--allow-unknown-keys") { Description = "Pass over keys of the configuration that nobody knows, with a warning.", Recursive = true };
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
        if (args is ["--version"]) return VersionCommand.Print();
        if (args is ["help", .. var words]) args = [.. words, "--help"];
        // A server is up sooner where only its own word is made.
        var parsed = (args is ["serve", ..] ? Around(ServeCommand.Create()) : Root()).Parse(args);
        // Help for a word that is none would be help for another.
        if (parsed is { Errors.Count: > 0, Action: ParseErrorAction } || (parsed.UnmatchedTokens.Count > 0 && parsed.CommandResult.Command.TreatUnmatchedTokensAsErrors)) return await NotUnderstoodAsync(parsed);
        try
        {
            return await parsed.InvokeAsync(Invocation);
        }
        catch (Exception e) when (e is StorageUnusableException or CommandFailedException or ConfigFaultsException)
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

    public static Command Root() => Around(
    [
        ServeCommand.Create(), MigrateCommand.Create(), CleanupCommand.Create(), SecretsCommand.Create(), SessionsCommand.Create(), EventsCommand.Create(), CourierCommand.Create(),
        ConfigCommandLine.Create(), IdentitiesCommand.Create(), RemoteCommand.Create(), HashersCommand.Create(), JsonnetCommand.Create(),
        CompletionCommand.Create(), CompletionCommand.CreateAnswers(), VersionCommand.Create(), .. IdentitiesCommand.VerbsFirst(), .. JsonnetCommand.VerbsFirst(),
        // Dealt with before the line is parsed; here it is for the help page.
        new Command("help", "Print the help of a word, as in: ascent help migrate sql."),
    ]);

    private static Command Around(params IEnumerable<Command> words)
    {
        // Not a RootCommand, which calls itself after its file.
        var root = new Command("ascent", "Ascent: identities, sessions and step-up authentication.");
        foreach (var word in words) root.Add(word);
        // Dealt with before the line is parsed, too.
        root.Add(new Option<bool>("--version") { Description = "Print the program's version." });
        root.Add(new HelpOption());
        root.Add(Config);
        root.Add(AllowUnknownKeys);
        return root;
    }

    private static async Task<int> NotUnderstoodAsync(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        foreach (var word in parsed.UnmatchedTokens.Where(_ => parsed.Errors.Count == 0)) await Console.Error.WriteLineAsync($"Unrecognized command or argument '{word}'.");
        foreach (var error in parsed.Errors) await Console.Error.WriteLineAsync(InWords(error.Message));
        foreach (var word in parsed.UnmatchedTokens)
            if (Meant(command, word) is { } meant)
                await Console.Error.WriteLineAsync($"Did you mean {meant}?");
        await Console.Error.WriteLineAsync($"See: {PathOf(parsed.CommandResult)} --help");
        return 2;
    }

    private static string PathOf(CommandResult result) => result.Parent is CommandResult parent ? $"{PathOf(parent)} {result.Command.Name}" : result.Command.Name;

    /// <summary>The word or option that is spelt most like it.</summary>
    private static string? Meant(Command command, string word) => Words(command)
        .Select(w => (Word: w, Distance: NearestWord(w, word))).Where(w => w.Distance <= Math.Max(1, Math.Min(w.Word.Length, word.Length) / 3))
        .OrderBy(w => w.Distance).Select(w => w.Word).FirstOrDefault();

    private static int NearestWord(string known, string given) => Ascent.Config.Loading.NearestKey.Distance(known, given);

    /// <summary>What may follow the command: its words and its options, and the options of those above it.</summary>
    public static IEnumerable<string> Words(Command command) =>
    [
        .. command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name),
        .. command.Options.Where(o => !o.Hidden).Select(o => o.Name),
        .. command.Parents.OfType<Command>().SelectMany(Above).Where(o => o.Recursive && !o.Hidden).Select(o => o.Name),
    ];

    private static IEnumerable<Option> Above(Command command) => [.. command.Options, .. command.Parents.OfType<Command>().SelectMany(Above)];

    private static string InWords(string message) => message.ReplaceLineEndings(" ")
        .Replace("as expected type 'System.Guid'", "as a UUID", StringComparison.Ordinal).Replace("as expected type 'System.Int32'", "as a whole number", StringComparison.Ordinal);
}

/// <summary>A command cannot go on; the message is for the person who typed it.</summary>
internal sealed class CommandFailedException(string message) : Exception(message);

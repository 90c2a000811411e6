using System.CommandLine;

namespace Ascent.Server.Commands;

/// <summary>
/// Scripts for shells that ask the program itself what may come next: a new word needs no new script.
/// </summary>
internal static class CompletionCommand
{
    private const string AnswersName = "__complete";

    public static Command Create()
    {
        var command = new Command("completion", "Print a script that completes the words of this program in a shell.")
        {
            Shell("bash", "source <(ascent completion bash)", Bash), Shell("zsh", "source <(ascent completion zsh)", Zsh), Shell("fish", "ascent completion fish | source", Fish),
        };
        return command;
    }

    /// <summary>What the scripts ask: the words typed so far, the last of them perhaps unfinished.</summary>
    public static Command CreateAnswers()
    {
        var words = new Argument<string[]>("words") { Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(AnswersName) { words };
        command.Hidden = true;
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction(parsed =>
        {
            string[] typed = [.. parsed.GetValue(words) ?? [], .. parsed.UnmatchedTokens];
            foreach (var next in Next(typed)) Console.WriteLine(next);
        });
        return command;
    }

    public static IEnumerable<string> Next(string[] typed)
    {
        Command at = CommandLine.Root();
        var last = typed.Length == 0 ? "" : typed[^1];
        foreach (var word in typed.SkipLast(1))
            if (at.Subcommands.FirstOrDefault(c => c.Name == word || c.Aliases.Contains(word)) is { } below)
                at = below;
        return CommandLine.Words(at).Where(w => w.StartsWith(last, StringComparison.Ordinal) && (last.Length > 0 || w[0] != '-')).Order(StringComparer.Ordinal);
    }

    private static Command Shell(string name, string use, string script)
    {
        var command = new Command(name, $"For {name}: {use}");
        command.SetAction(_ => Console.Write(script));
        return command;
    }

    private const string Bash = """
        _ascent() {
          local IFS=$'\n'
          COMPREPLY=($(ascent __complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
        }
        complete -o default -F _ascent ascent

        """;

    private const string Zsh = """
        #compdef ascent
        _ascent() {
          local -a next
          next=("${(@f)$(ascent __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
          if [[ -n "${next[*]}" ]]; then compadd -- "${next[@]}"; else _files; fi
        }
        compdef _ascent ascent

        """;

    private const string Fish = """
        function __ascent_complete
          set -l words (commandline -opc) (commandline -ct)
          ascent __complete -- $words[2..-1] 2>/dev/null
        end
        complete -c ascent -a '(__ascent_complete)'

        """;
}

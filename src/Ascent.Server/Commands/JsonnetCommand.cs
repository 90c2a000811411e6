using System.CommandLine;
using System.Text;
using Ascent.Jsonnet;

namespace Ascent.Server.Commands;

/// <summary>
/// <c>jsonnet lint</c> reads templates as the server does at its start; <c>jsonnet format</c> has libjsonnet write them anew.
/// Kratos's order of the words, <c>lint jsonnet</c> and <c>format jsonnet</c>, works as well.
/// </summary>
internal static class JsonnetCommand
{
    public static Command Create() => new("jsonnet", "Jsonnet templates: body templates, mappers.") { Format("format"), Lint("lint") };

    public static IEnumerable<Command> VerbsFirst() => [new Command("format", "Format code.") { Format("jsonnet") }, new Command("lint", "Check code.") { Lint("jsonnet") }];

    private static Command Lint(string name)
    {
        var files = Files();
        var command = new Command(name, "Say which templates the server would refuse, and why.") { files };
        command.SetAction(async (parsed, ct) =>
        {
            using var engine = new JsonnetEngine(TimeProvider.System);
            var (templates, faults) = (new Templates(engine), 0);
            foreach (var file in Existing(parsed.GetValue(files)!))
                if (await templates.ReadAsync(await File.ReadAllBytesAsync(file, ct), ct) is TemplateResult.Faulty faulty)
                {
                    await Console.Error.WriteLineAsync($"{file}: {faulty.Message}");
                    faults++;
                }
            return faults == 0 ? 0 : 1;
        });
        return command;
    }

    private static Command Format(string name)
    {
        var files = Files();
        var write = new Option<bool>("--write", "-w") { Description = "Write the files, instead of printing them." };
        var command = new Command(name, "Format templates as jsonnetfmt does.") { files, write };
        command.SetAction(async (parsed, ct) =>
        {
            if (JsonnetFormatter.Installed is not { } formatter) throw new CommandFailedException($"Formatting {JsonnetEngine.Missing}");
            foreach (var file in Existing(parsed.GetValue(files)!))
            {
                var text = await File.ReadAllTextAsync(file, ct);
                if (!formatter.TryFormat(file, text, out var formatted)) throw new CommandFailedException(formatted);
                if (!parsed.GetValue(write)) Console.Write(formatted);
                else if (formatted != text) await File.WriteAllTextAsync(file, formatted, new UTF8Encoding(false), ct);
            }
            return 0;
        });
        return command;
    }

    private static Argument<string[]> Files() => new("files") { Description = "Files, or patterns such as 'hooks/*.jsonnet'.", Arity = ArgumentArity.OneOrMore };

    private static IEnumerable<string> Existing(IReadOnlyList<string> given)
    {
        foreach (var pattern in given)
        {
            if (File.Exists(pattern))
            {
                yield return pattern;
                continue;
            }
            var (folder, name) = (Path.GetDirectoryName(pattern) is { Length: > 0 } f ? f : ".", Path.GetFileName(pattern));
            var found = Directory.Exists(folder) && name.AsSpan().ContainsAny('*', '?') ? Directory.GetFiles(folder, name).Order(StringComparer.Ordinal).ToArray() : [];
            if (found.Length == 0) throw new CommandFailedException($"{pattern}: there is no such file.");
            foreach (var file in found) yield return file;
        }
    }
}

using System.CommandLine;

namespace Ascent.Server.Commands;

internal static class ConfigCommandLine
{
    public static Command Create()
    {
        var dev = new Option<bool>("--dev") { Description = "As serve --dev would see it." };
        var format = new Option<string>("--format") { Description = "yaml or json.", DefaultValueFactory = _ => "yaml" };
        var validate = new Command("validate", "Say everything that is wrong with the configuration.") { dev };
        var print = new Command("print", "Print the configuration in force, secrets hidden.") { dev, format };
        var reference = new Command("reference", "Print every key with its meaning and default.");
        validate.SetAction((parsed, ct) => ConfigCommand.ValidateAsync(Arguments(parsed, parsed.GetValue(dev)), Console.Out, ct));
        print.SetAction((parsed, ct) => ConfigCommand.PrintAsync([.. Arguments(parsed, parsed.GetValue(dev)), $"--format={parsed.GetValue(format)}"], Console.Out, Console.Error, ct));
        reference.SetAction((_, ct) => ConfigCommand.ReferenceAsync(Console.Out, ct));
        return new Command("config", "Look at the configuration.") { validate, print, reference };
    }

    private static string[] Arguments(ParseResult parsed, bool dev) =>
        [
        .. (parsed.GetValue(CommandLine.Config) ?? []).Select(file => $"--config={file}"), .. dev ? new[] { "--dev" } : [],
        .. parsed.GetValue(CommandLine.AllowUnknownKeys) ? new[] { "--allow-unknown-keys" } : [],
    ];
}

using System.CommandLine;

namespace Ascent.Server.Commands;

internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Print the program's version.");
        command.SetAction(_ => Console.WriteLine($"Ascent {typeof(VersionCommand).Assembly.GetName().Version!.ToString(3)}"));
        return command;
    }
}

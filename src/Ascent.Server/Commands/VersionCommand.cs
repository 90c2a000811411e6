using System.CommandLine;
using System.Reflection;

namespace Ascent.Server.Commands;

internal static class VersionCommand
{
    public static Command Create()
    {
        var command = new Command("version", "Print the program's version and the commit it was built from.");
        command.SetAction(_ => Print());
        return command;
    }

    public static int Print()
    {
        var parts = (typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+', 2);
        Console.WriteLine(parts is [var version, var commit] ? $"Ascent {version} (commit {commit})" : $"Ascent {parts[0]}");
        return 0;
    }
}

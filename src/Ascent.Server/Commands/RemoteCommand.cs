using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ascent.Server.Commands;

/// <summary>How a running server is, seen from outside.</summary>
internal static class RemoteCommand
{
    public static Command Create()
    {
        var status = new Command("status", "Say whether a server lives and is ready; exits 1 where it is not.");
        status.SetAction(StatusAsync);
        var version = new Command("version", "Print a server's version.");
        version.SetAction(VersionAsync);
        var command = new Command("remote", "Look at a running server.") { status, version };
        AdminClient.AddOptions(command);
        Printer.AddOptions(command);
        return command;
    }

    private static async Task<int> StatusAsync(ParseResult parsed, CancellationToken ct)
    {
        using var client = AdminClient.Of(parsed);
        var (alive, ready) = (await client.SendAsync(HttpMethod.Get, "/health/alive", null, ct), await client.SendAsync(HttpMethod.Get, "/health/ready", null, ct));
        Printer.Of(parsed).Row(["ALIVE", "READY"], [Word(alive.IsGood), Word(ready.IsGood)], new JsonObject { ["alive"] = alive.IsGood, ["ready"] = ready.IsGood });
        if (ready.Body is { ValueKind: JsonValueKind.Object } body)
            foreach (var about in (string[])["errors", "remarks"])
                if (body.TryGetProperty(about, out var told) && told.ValueKind == JsonValueKind.Object)
                    foreach (var line in told.EnumerateObject()) await Console.Error.WriteLineAsync($"{line.Name}: {line.Value}");
        return alive.IsGood && ready.IsGood ? 0 : 1;
    }

    private static async Task<int> VersionAsync(ParseResult parsed, CancellationToken ct)
    {
        using var client = AdminClient.Of(parsed);
        var answer = await client.SendAsync(HttpMethod.Get, "/admin/version", null, ct);
        if (!answer.IsGood) throw new CommandFailedException(answer.Reason);
        var version = answer.Required.TryGetProperty("version", out var v) && v.ValueKind == JsonValueKind.String ? v.GetString()! : Printer.None;
        Printer.Of(parsed).Row(["VERSION"], [version], new JsonObject { ["version"] = version });
        return 0;
    }

    private static string Word(bool value) => value ? "true" : "false";
}

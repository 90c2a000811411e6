using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ascent.Server.Commands;

/// <summary><c>identities patch ID</c> with a JSON Patch (RFC 6902) from a file, from standard input, or spelt by options.</summary>
internal static class IdentityPatching
{
    private static readonly Option<string[]> Add = new("--add") { Description = "Add a value, as in --add '/metadata_public={\"plan\":\"pro\"}'." };
    private static readonly Option<string[]> Replace = new("--replace") { Description = "Replace a value, as in --replace '/state=\"inactive\"'." };
    private static readonly Option<string[]> Remove = new("--remove") { Description = "Remove a value, as in --remove /external_id." };

    public static Command Create(string name)
    {
        var id = new Argument<string>("id") { Description = "The identity's id." };
        var file = new Option<string?>("--file", "-f") { Description = "A file with a JSON Patch; - for standard input." };
        var command = new Command(name, "Change an identity by a JSON Patch.") { id, file, Add, Replace, Remove };
        command.SetAction(async (parsed, ct) =>
        {
            using var client = AdminClient.Of(parsed);
            var patch = Operations(parsed);
            if (parsed.GetValue(file) is { } path && patch.Count > 0) throw new CommandFailedException("Give either --file or --add, --replace and --remove.");
            if (patch.Count == 0 && parsed.GetValue(file) is null) throw new CommandFailedException("Nothing to change: give --file with a JSON Patch, or --add, --replace, --remove.");
            var body = parsed.GetValue(file) is { } given ? await JsonDocuments.TextAsync(given, ct) : patch.ToJsonString();
            var answer = await client.SendAsync(HttpMethod.Patch, $"/admin/identities/{Uri.EscapeDataString(parsed.GetValue(id)!)}", body, ct);
            if (!answer.IsGood) throw new CommandFailedException(answer.Reason);
            IdentitiesCommand.Print(Printer.Of(parsed), answer.Required);
            return 0;
        });
        return command;
    }

    private static JsonArray Operations(ParseResult parsed)
    {
        var patch = new JsonArray();
        foreach (var (option, op) in ((Option<string[]>, string)[])[(Add, "add"), (Replace, "replace"), (Remove, "remove")])
            foreach (var text in parsed.GetValue(option) ?? [])
                patch.Add(Operation(op, text));
        return patch;
    }

    private static JsonObject Operation(string op, string text)
    {
        if (op == "remove") return new JsonObject { ["op"] = op, ["path"] = text };
        if (text.Split('=', 2) is not [['/', ..] path, var value]) throw new CommandFailedException($"--{op} is '{text}'; /path=value is right, with the value in JSON.");
        try
        {
            return new JsonObject { ["op"] = op, ["path"] = path, ["value"] = JsonNode.Parse(value) };
        }
        catch (JsonException)
        {
            throw new CommandFailedException($"--{op} {path}: '{value}' is no JSON; a text stands in double quotes, as in {path}=\"{value}\".");
        }
    }
}

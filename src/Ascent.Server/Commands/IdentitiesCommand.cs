using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ascent.Server.Commands;

/// <summary>
/// Identities by the admin API: <c>identities get|list|import|delete|validate|patch</c>, and Kratos's present order of the same
/// words, <c>get identity</c>, <c>list identities</c> and so on.
/// </summary>
internal static class IdentitiesCommand
{
    private const string Path = "/admin/identities";
    private static readonly string[] Header = ["ID", "EXTERNAL ID", "VERIFIED ADDRESSES", "RECOVERY ADDRESSES", "SCHEMA ID", "SCHEMA URL"];

    public static Command Create() => WithOptions(new Command("identities", "Identities, by the admin API of a running server.")
    {
        Get("get"), List("list"), Import("import"), Delete("delete"), IdentityValidation.Create("validate"), IdentityPatching.Create("patch"),
    });

    public static IEnumerable<Command> VerbsFirst()
    {
        var list = new Command("list", "List resources.") { List("identities") };
        list.Aliases.Add("ls");
        return new[]
        {
            new Command("get", "Get resources.") { Get("identity") }, list, new Command("import", "Import resources.") { Import("identities") },
            new Command("delete", "Delete resources.") { Delete("identity") }, new Command("validate", "Validate resources.") { IdentityValidation.Create("identity") },
        }.Select(WithOptions);
    }

    public static void Print(Printer printer, JsonElement identity) => printer.Row(Header, Columns(identity), Node(identity));

    public static JsonNode? Node(JsonElement json) => JsonSerializer.SerializeToNode(json);

    private static Command WithOptions(Command command)
    {
        AdminClient.AddOptions(command);
        Printer.AddOptions(command);
        return command;
    }

    private static Command Get(string name)
    {
        var ids = Ids();
        var include = new Option<string[]>("--include-credentials", "-i") { Description = "Have what a credential keeps shown; the value is its type, such as oidc." };
        var external = new Option<bool>("--external-id") { Description = "The ids are external ones." };
        var command = new Command(name, "Get identities by their ids.") { ids, include, external };
        command.SetAction(async (parsed, ct) =>
        {
            using var client = AdminClient.Of(parsed);
            var query = string.Concat((parsed.GetValue(include) ?? []).Select((type, i) => $"{(i == 0 ? '?' : '&')}include_credential={Uri.EscapeDataString(type)}"));
            var prefix = parsed.GetValue(external) ? $"{Path}/by/external" : Path;
            return await EachAsync(parsed, parsed.GetValue(ids)!, id => client.SendAsync(HttpMethod.Get, $"{prefix}/{Uri.EscapeDataString(id)}{query}", null, ct));
        });
        return command;
    }

    private static Command Delete(string name)
    {
        var ids = Ids();
        var command = new Command(name, "Delete identities by their ids.") { ids };
        command.SetAction(async (parsed, ct) =>
        {
            using var client = AdminClient.Of(parsed);
            var (gone, failed) = (new List<string>(), 0);
            foreach (var id in parsed.GetValue(ids)!)
            {
                var answer = await client.SendAsync(HttpMethod.Delete, $"{Path}/{Uri.EscapeDataString(id)}", null, ct);
                if (answer.IsGood) gone.Add(id);
                else failed += Failed(id, answer.Reason);
            }
            var printer = Printer.Of(parsed);
            if (gone is [var one]) printer.Row(["ID"], [one], JsonValue.Create(one));
            else if (gone.Count > 1) printer.Table(["ID"], [.. gone.Select(id => new[] { id })], new JsonArray([.. gone.Select(id => JsonValue.Create(id))]));
            return failed == 0 ? 0 : 1;
        });
        return command;
    }

    private static Command List(string name)
    {
        var size = new Option<int>("--page-size") { Description = "Identities on a page.", DefaultValueFactory = _ => 250 };
        var token = new Option<string?>("--page-token") { Description = "The page, as the one before it names it." };
        var consistency = new Option<string?>("--consistency") { Description = "Accepted for Kratos's sake; our reads are always strong." };
        var command = new Command(name, "List identities, a page at a time.") { size, token, consistency };
        command.SetAction(async (parsed, ct) =>
        {
            using var client = AdminClient.Of(parsed);
            var page = parsed.GetValue(token) is { Length: > 0 } given ? $"&page_token={Uri.EscapeDataString(given)}" : "";
            var answer = await client.SendAsync(HttpMethod.Get, $"{Path}?page_size={parsed.GetValue(size)}{page}", null, ct);
            if (!answer.IsGood) throw new CommandFailedException(answer.Reason);
            JsonElement[] identities = [.. answer.Required.EnumerateArray()];
            var next = AdminClient.NextToken(answer.Link);
            Printer.Of(parsed).Table(Header, [.. identities.Select(Columns)], new JsonObject { ["identities"] = new JsonArray([.. identities.Select(Node)]), ["next_page_token"] = next }, $"\nNEXT PAGE TOKEN  {next}");
            return 0;
        });
        return command;
    }

    private static Command Import(string name)
    {
        var files = new Argument<string[]>("files") { Description = "Files with one identity or an array of them; standard input if none is given.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(name, "Create identities from files.") { files };
        command.SetAction(async (parsed, ct) =>
        {
            using var client = AdminClient.Of(parsed);
            var documents = (await JsonDocuments.ReadAsync(parsed.GetValue(files) ?? [], ct)).ToDictionary(d => d.Source, d => d.Json, StringComparer.Ordinal);
            return await EachAsync(parsed, [.. documents.Keys], source => client.SendAsync(HttpMethod.Post, Path, documents[source].GetRawText(), ct), idleIsGood: true);
        });
        return command;
    }

    /// <summary>Prints the identities that came, then tells of those that did not.</summary>
    private static async Task<int> EachAsync(ParseResult parsed, IReadOnlyList<string> subjects, Func<string, Task<AdminAnswer>> ask, bool idleIsGood = false)
    {
        var (found, failed) = (new List<JsonElement>(), new List<(string Subject, string Reason)>());
        foreach (var subject in subjects)
        {
            var answer = await ask(subject);
            if (answer.IsGood) found.Add(answer.Required);
            else failed.Add((subject, answer.Reason));
        }
        var printer = Printer.Of(parsed);
        if (found is [var one]) Print(printer, one);
        else if (found.Count > 1 || (idleIsGood && failed.Count == 0)) printer.Table(Header, [.. found.Select(Columns)], new JsonArray([.. found.Select(Node)]));
        foreach (var (subject, reason) in failed) Failed(subject, reason);
        return failed.Count == 0 ? 0 : 1;
    }

    private static int Failed(string subject, string reason)
    {
        Console.Error.WriteLine($"{subject}: {reason}");
        return 1;
    }

    private static Argument<string[]> Ids() => new("ids") { Description = "The identities' ids.", Arity = ArgumentArity.OneOrMore };

    private static string[] Columns(JsonElement identity) =>
        [Text(identity, "id"), Text(identity, "external_id"), Values(identity, "verifiable_addresses"), Values(identity, "recovery_addresses"), Text(identity, "schema_id"), Text(identity, "schema_url")];

    private static string Text(JsonElement json, string member) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : Printer.None;

    private static string Values(JsonElement json, string member) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0
        ? string.Join(", ", list.EnumerateArray().Select(a => Text(a, "value"))) : Printer.None;
}

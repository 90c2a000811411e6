using System.CommandLine;
using System.Text.Json;
using Ascent.Http;
using Ascent.Identities.Admin;
using Ascent.Schemas;

namespace Ascent.Server.Commands;

/// <summary>Looks at identity files before they are imported: by what the admin API takes and by the server's own schemas. Nothing is sent.</summary>
internal static class IdentityValidation
{
    public static Command Create(string name)
    {
        var files = new Argument<string[]>("files") { Description = "Files with one identity or an array of them; standard input if none is given.", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command(name, "Say what is wrong with identity files.") { files };
        command.SetAction(async (parsed, ct) =>
        {
            using var client = AdminClient.Of(parsed);
            var (schemas, faults) = (new Dictionary<string, IdentitySchema>(StringComparer.Ordinal), 0);
            foreach (var (source, json) in await JsonDocuments.ReadAsync(parsed.GetValue(files) ?? [], ct))
                foreach (var fault in await FaultsAsync(client, schemas, json, ct))
                {
                    await Console.Error.WriteLineAsync($"{source}: {fault}");
                    faults++;
                }
            if (faults > 0) return 1;
            Console.WriteLine("All identity files are valid.");
            return 0;
        });
        return command;
    }

    private static async Task<IReadOnlyList<string>> FaultsAsync(AdminClient client, Dictionary<string, IdentitySchema> schemas, JsonElement json, CancellationToken ct)
    {
        var faults = new List<string>();
        try
        {
            if (json.ValueKind != JsonValueKind.Object) return ["must be a JSON object"];
            IdentityBody.Read(json, BodyKind.New);
        }
        catch (ApiException e)
        {
            faults.Add(e.Error.Reason ?? e.Error.Message);
        }
        if (!json.TryGetProperty("schema_id", out var id) || id.ValueKind != JsonValueKind.String || id.GetString() is not { Length: > 0 } name) return [.. faults, "schema_id is required: the id of one of the server's schemas"];
        if (!schemas.TryGetValue(name, out var schema)) schemas.Add(name, schema = await SchemaAsync(client, name, ct));
        faults.AddRange(schema.Validate(json.TryGetProperty("traits", out var traits) ? traits : default).Errors.SelectMany(e => e.Leaves).Select(e => e.ToString()).Distinct(StringComparer.Ordinal));
        return faults;
    }

    private static async Task<IdentitySchema> SchemaAsync(AdminClient client, string id, CancellationToken ct)
    {
        var answer = await client.SendAsync(HttpMethod.Get, $"/schemas/{Uri.EscapeDataString(id)}", null, ct);
        if (!answer.IsGood) throw new CommandFailedException($"schema {id}: {answer.Reason}");
        var compiled = IdentitySchema.Compile(id, id, answer.Required.GetRawText(), new IdentitySchemaOptions());
        if (compiled.Missing is [var address, ..]) throw new CommandFailedException($"schema {id}: refers to {address}, which is not looked up from here; the import itself will tell.");
        return compiled.Schema ?? throw new CommandFailedException($"schema {id}: {string.Join("; ", compiled.Issues.Select(i => i.Message))}");
    }
}

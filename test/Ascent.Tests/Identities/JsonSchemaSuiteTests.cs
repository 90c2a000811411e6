using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Schemas;
using Shouldly;

namespace Ascent.Tests.Identities;

/// <summary>The JSON Schema draft-07 suite by way of identities: its schemas as traits schemas, its data as traits.</summary>
public sealed class JsonSchemaSuiteTests(ITestOutputHelper output)
{
    private const string Remotes = "http://localhost:1234/";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Traits_are_taken_and_refused_as_the_suite_says(string engine)
    {
        if (TestFiles.Shared("data/json-schema-draft7/tests/draft7") is not { } directory)
        {
            Assert.Skip("The JSON Schema suite is not there: ../shared/data/json-schema-draft7.");
            return;
        }
        // A schema that is no object, or data that are none, stand one level deeper; the others are the traits themselves.
        var groups = Directory.GetFiles(directory, "*.json").Order(StringComparer.Ordinal)
            .SelectMany(f => JsonElement.Parse(File.ReadAllText(f)).EnumerateArray().Select((g, i) => (Name: $"{Path.GetFileNameWithoutExtension(f)}-{i}", Group: g)))
            .Where(g => !g.Group.GetRawText().Contains(Remotes, StringComparison.Ordinal)).ToList();
        var sources = groups.SelectMany(g => new[] { Source(g.Name, g.Group.GetProperty("schema"), deeper: false), Source(g.Name + "-deep", g.Group.GetProperty("schema"), deeper: true) }).OfType<SchemaSource>().ToList();
        await using var host = await IdentityHost.StartAsync(engine, schemas: sources);
        var (same, direct, wrong) = (0, 0, new List<string>());

        foreach (var (name, group) in groups)
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                // Text with U+0000 is refused before any schema sees it: one of the engines could not keep it.
                if (test.GetProperty("data").GetRawText().Contains("\\u0000", StringComparison.Ordinal)) continue;
                var data = test.GetProperty("data");
                var isDirect = data.ValueKind == JsonValueKind.Object && sources.Exists(s => s.Id == name);
                var body = isDirect ? $$$$$"""{"schema_id":"{{{{{name}}}}}","traits":{{{{{data.GetRawText()}}}}}}""" : $$$$$"""{"schema_id":"{{{{{name}}}}}-deep","traits":{"value":{{{{{data.GetRawText()}}}}}}}""";
                var answer = await host.PostAsync("/admin/identities", body);
                var expected = test.GetProperty("valid").GetBoolean() ? HttpStatusCode.Created : HttpStatusCode.BadRequest;
                if (answer.Status != expected) wrong.Add($"{name} {group.GetProperty("description")}: {test.GetProperty("description")}: {answer.Status} {answer.Text}");
                else if (isDirect) (same, direct) = (same + 1, direct + 1);
                else same++;
            }

        output.WriteLine($"{engine}: {same} of {same + wrong.Count} as the suite says, {direct} of them as the traits themselves.");
        wrong.ShouldBeEmpty();
        same.ShouldBeGreaterThan(600);
        host.ShouldHaveLoggedNoFailure();
    }

    /// <summary>Null where the schema cannot be one of traits.</summary>
    private static SchemaSource? Source(string id, JsonElement schema, bool deeper)
    {
        if (!deeper && schema.ValueKind != JsonValueKind.Object) return null;
        var own = JsonNode.Parse(schema.GetRawText());
        if (own is JsonObject root && !root.ContainsKey("$id")) Move(root, deeper ? "#/properties/traits/properties/value" : "#/properties/traits");
        var traits = deeper ? new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["value"] = own } } : own;
        var whole = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["traits"] = traits } };
        return new SchemaSource(id, IdentityHost.Data(whole.ToJsonString()));
    }

    /// <summary>References to the root of the suite's schema lead to where it stands now.</summary>
    private static void Move(JsonNode? node, string to)
    {
        if (node is JsonArray array)
            foreach (var item in array) Move(item, to);
        if (node is not JsonObject o) return;
        if (o["$ref"] is JsonValue reference && reference.TryGetValue<string>(out var text) && text.StartsWith('#') && (text.Length == 1 || text[1] == '/')) o["$ref"] = to + text[1..];
        foreach (var (name, value) in o.ToList())
            if (name is not ("enum" or "const"))
                Move(value, to);
    }
}

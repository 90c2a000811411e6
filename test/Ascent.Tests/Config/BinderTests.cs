using System.Text.Json.Nodes;
using Ascent.Config.Loading;
using Shouldly;

namespace Ascent.Tests.Config;

public class BinderTests
{
    private static readonly string[] Values =
        ["null", "true", "-1", "99999999999999999999", "\"\"", "[null]", "[{}]", "{}", "{\"a\":[{}]}"];

    /// <summary>One place of each record is enough: hooks alone stand in thirty.</summary>
    private static readonly KeyNode[] Keys = [.. KeyTree.Instance.All.DistinctBy(k => (k.Property!.DeclaringType, k.Name))];

    [Fact]
    public void Whatever_stands_at_whatever_key_is_taken_or_told_and_never_thrown()
    {
        foreach (var key in Keys)
            foreach (var value in Values)
            {
                var tree = At(key.Path, value);
                var result = Yaml.With(tree);
                (result.Config is null).ShouldBe(result.Faults.Count > 0, tree);
            }
    }

    [Fact]
    public void A_wrong_type_is_told_at_its_own_path()
    {
        foreach (var key in Keys.Where(k => k.Kind is not KeyKind.Any && !k.Path.Contains('*', StringComparison.Ordinal)))
        {
            var wrong = key.Kind is KeyKind.Section or KeyKind.Map ? "[]" : "{}";
            Yaml.With(At(key.Path, wrong)).Faults.ShouldContain(f => f.Path == key.Path.Replace("[]", ".0", StringComparison.Ordinal), key.Path);
        }
    }

    /// <summary>A tree with the value at the path alone; lists get one item, maps one entry.</summary>
    private static string At(string path, string value)
    {
        JsonNode? node = JsonNode.Parse(value);
        foreach (var part in path.Replace("[]", ".[]", StringComparison.Ordinal).Split('.').Reverse())
            node = part switch
            {
                "[]" => new JsonArray(node),
                "*" => new JsonObject { ["entry"] = node },
                _ => new JsonObject { [part] = node },
            };
        return node!.ToJsonString();
    }
}

using System.Text.Json;
using Ascent.Flows.Nodes;
using Shouldly;

namespace Ascent.Tests.Flows.Nodes;

public sealed class NodeOrderTests
{
    private static string Show(IEnumerable<UiNode> nodes) => string.Join(' ', nodes.Select(n => $"{n.Group}/{n.Id}={n.Value?.ToJsonString()}"));

    /// <summary>Leaves of the traits in the order of the schema that has most of a form's fields.</summary>
    private static List<string> KeysFor(List<UiNode> nodes)
    {
        var names = nodes.Select(n => n.Id).Where(id => id.StartsWith("traits.", StringComparison.Ordinal)).ToHashSet();
        return Schemas.Value.MaxBy(keys => (2 * keys.Count(names.Contains)) - keys.Count)!;
    }

    private static readonly Lazy<List<List<string>>> Schemas = new(() =>
        [.. Directory.GetFiles(TestFiles.Shared("conformance/configs")!, "*.schema.json").Select(file =>
        {
            var keys = new List<string>();
            Leaves(JsonDocument.Parse(File.ReadAllText(file)).RootElement.GetProperty("properties").GetProperty("traits"), "traits", keys);
            return keys;
        })]);

    private static void Leaves(JsonElement schema, string name, List<string> keys)
    {
        if (schema.TryGetProperty("properties", out var properties))
            foreach (var p in properties.EnumerateObject())
                Leaves(p.Value, $"{name}.{p.Name}", keys);
        else keys.Add(name);
    }

    private static NodeOrder? OrderOf(UiContainer form)
    {
        if (form.Action.Contains("/self-service/login", StringComparison.Ordinal)) return NodeOrder.Login;
        if (form.Action.Contains("/self-service/registration", StringComparison.Ordinal)) return NodeOrder.Registration(KeysFor(form.Nodes));
        return form.Action.Contains("/self-service/settings", StringComparison.Ordinal) ? NodeOrder.Settings(KeysFor(form.Nodes)) : null;
    }

    [Fact]
    public void Sorting_a_recorded_form_leaves_it_as_it_is()
    {
        var (same, other) = (0, new List<string>());
        foreach (var step in Goldens.Steps().Where(s => s.Ui is not null))
        {
            var form = UiContainer.Read(Goldens.Form(step.Ui!));
            if (OrderOf(form) is not { } order) continue;
            var before = Show(form.Nodes);
            order.Sort(form.Nodes);
            if (Show(form.Nodes) == before) same++;
            else other.Add($"{step}\n  {before}\n  {Show(form.Nodes)}");
        }
        File.WriteAllLines("/tmp/fu/order.txt", other);
        (same, other.Count).ShouldBe((0, 0));
    }
}

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

    /// <summary>
    /// Answers to a step that put its nodes behind the others: a code was sent, backup codes are shown, the identifier or the
    /// security key is asked for alone. The server sorts when a form is made, not then.
    /// </summary>
    private static bool JustBuilt(UiContainer form) =>
        (form.Find("code", "method") is { Attributes: UiAttributes.Input { Type: "hidden" } } hidden && form.Nodes.IndexOf(hidden) < form.Nodes.FindIndex(n => n.Id == "code"))
        || form.Nodes.Exists(n => n.Id == "lookup_secret_codes")
        || form.Find("identifier_first", "identifier") is { Attributes: UiAttributes.Input { Type: "hidden" } }
        || (form.Nodes.Exists(n => n.Id == "webauthn_login_trigger") && form.Nodes[0].Id == "identifier");

    /// <summary>Forms that are not built as recorded, and those of schemas that no file has.</summary>
    private static bool Elsewhere(string name) => Differences.Value.Contains(name) || name.StartsWith("schemas-inline.json", StringComparison.Ordinal);

    /// <summary>Keys to remove are sorted by what they hold, and the recording names them by their kind instead.</summary>
    private static bool HidesItsOrder(UiContainer form) => form.Nodes.Count(n => n.Id is "webauthn_remove" or "passkey_remove" && n.Value?.ToString().StartsWith("<key:", StringComparison.Ordinal) == true) > 1;

    private static readonly Lazy<HashSet<string>> Differences = new(() =>
        [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(TestFiles.Root, "test/conformance-differences.json"))).RootElement.GetProperty("differences").EnumerateArray()
            .Select(d => $"{d.GetProperty("scenario").GetString()}.json: {d.GetProperty("step").GetString()}")]);

    private static IEnumerable<(string Name, NodeOrder Order, UiContainer Form)> SortedForms() =>
        from step in Goldens.Steps()
        where step.Ui is not null && !Elsewhere(step.ToString())
        let form = UiContainer.Read(Goldens.Form(step.Ui!))
        where !JustBuilt(form) && !HidesItsOrder(form)
        let order = OrderOf(form)
        where order is not null
        select (step.ToString(), order, form);

    [Fact]
    public void Sorting_a_recorded_form_leaves_it_as_it_is()
    {
        var forms = SortedForms().ToList();
        forms.Count.ShouldBeGreaterThan(500);
        foreach (var (name, order, form) in forms)
        {
            var recorded = Show(form.Nodes);
            order.Sort(form.Nodes);
            Show(form.Nodes).ShouldBe(recorded, name);
        }
    }

    /// <summary>Only where every two nodes have an order of their own: groups that stand between default and password, equal nodes, and names that begin alike depend on how they came.</summary>
    [Fact]
    public void A_recorded_form_comes_out_of_any_mixture_of_its_nodes()
    {
        string[] plain = ["default", "password", "profile", "totp", "lookup_secret", "oidc"];
        var tried = 0;
        foreach (var (name, order, form) in SortedForms().Where(f => f.Form.Nodes.TrueForAll(n => plain.Contains(n.Group))))
        {
            var recorded = Show(form.Nodes);
            if (form.Nodes.Select(n => n.Id + n.Value?.ToJsonString() + n.Group).Distinct().Count() < form.Nodes.Count || form.Nodes.Exists(n => form.Nodes.Exists(m => m.Id != n.Id && m.Id.StartsWith(n.Id, StringComparison.Ordinal)))) continue;
            for (var turn = 0; turn < form.Nodes.Count; turn++)
            {
                var mixed = form.Nodes.Skip(turn).Concat(form.Nodes.Take(turn)).Reverse().ToList();
                order.Sort(mixed);
                Show(mixed).ShouldBe(recorded, name);
                tried++;
            }
        }
        tried.ShouldBeGreaterThan(1000);
    }

    [Fact]
    public void Groups_that_a_flow_does_not_list_come_first_and_method_comes_last()
    {
        List<UiNode> nodes =
        [
            UiNode.Input("default", "method", "submit", "x"), UiNode.Input("default", "other", "text"), UiNode.Input("default", "identifier", "text"),
            UiNode.Input("default", "csrf_token", "hidden"), UiNode.Input("identifier_first", "method", "submit"),
        ];
        NodeOrder.Login.Sort(nodes);
        nodes.Select(n => $"{n.Group}/{n.Id}").ShouldBe(
            ["identifier_first/method", "default/csrf_token", "default/identifier", "default/other", "default/method"]);
    }

    [Fact]
    public void Nodes_of_one_name_stand_in_the_order_of_their_values()
    {
        List<UiNode> nodes = [UiNode.Input("oidc", "provider", "submit", "globex"), UiNode.Input("oidc", "provider", "submit", "acme"), UiNode.Input("oidc", "provider", "submit", "Zeta")];
        NodeOrder.Login.Sort(nodes);
        nodes.Select(n => n.Value!.GetValue<string>()).ShouldBe(["Zeta", "acme", "globex"]);
    }

    [Fact]
    public void A_field_whose_name_begins_with_anothers_stands_with_it()
    {
        List<UiNode> nodes = [UiNode.Input("default", "traits.age", "number"), UiNode.Input("default", "traits.emails.1", "text"), UiNode.Input("default", "traits.email", "email", "x")];
        NodeOrder.Registration(["traits.email", "traits.age", "traits.emails"]).Sort(nodes);
        nodes.Select(n => n.Id).ShouldBe(["traits.emails.1", "traits.email", "traits.age"]);
    }
}

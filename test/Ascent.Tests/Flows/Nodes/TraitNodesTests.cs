using System.Text;
using System.Text.Json;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Http;
using Ascent.Schemas;
using Shouldly;

namespace Ascent.Tests.Flows.Nodes;

public sealed class TraitNodesTests
{
    private static readonly TraitField Email = new()
    {
        Name = "traits.email", JsonType = "string", Format = "email", Title = "E-Mail", Required = true, MinLength = 3, Role = new TraitRole { PasswordIdentifier = true },
    };

    private static readonly TraitField Plan = new() { Name = "traits.plan", JsonType = "string", Title = "Plan", Values = ["\"free\"", "\"pro\""] };

    private static readonly TraitField Country = new()
    {
        Name = "traits.address.country", JsonType = "string", Title = "Country", Pattern = "^[A-Z]{2}$", Required = true, DisableFormField = true,
    };

    private static string Json(UiNode node) => Encoding.UTF8.GetString(JsonOut.ToBytes(node, static (w, n) => NodeJson.Write(w, n)));

    private static JsonElement Traits(string json) => JsonDocument.Parse(json).RootElement;

    [Fact]
    public void A_field_becomes_an_input_as_recorded()
    {
        Json(TraitNodes.Of(Email, "default")).ShouldBe(
            """{"type":"input","group":"default","attributes":{"name":"traits.email","type":"email","required":true,"autocomplete":"email","disabled":false,"node_type":"input"},"messages":[],"meta":{"label":{"id":1070002,"text":"E-Mail","type":"info","context":{"name":"traits.email","title":"E-Mail"}}}}""");
        Json(TraitNodes.Of(Plan, "profile")).ShouldContain(
            """{"name":"traits.plan","type":"text","disabled":false,"options":[{"value":"free"},{"value":"pro"}],"node_type":"input"}""");
        Json(TraitNodes.Of(Country, "default")).ShouldContain(
            """{"name":"traits.address.country","type":"text","required":true,"pattern":"^[A-Z]{2}$","disabled":true,"node_type":"input"}""");
    }

    [Fact]
    public void A_field_without_a_title_has_no_label() => TraitNodes.Of(Plan with { Title = null }, "default").Label.ShouldBeNull();

    [Fact]
    public void A_list_of_more_than_500_values_is_not_offered()
    {
        TraitField Of(int count) => Plan with { Values = [.. Enumerable.Range(0, count).Select(i => $"{i}")] };
        ((UiAttributes.Input)TraitNodes.Of(Of(500), "default").Attributes).Options.Count.ShouldBe(500);
        ((UiAttributes.Input)TraitNodes.Of(Of(501), "default").Attributes).Options.ShouldBeEmpty();
    }

    [Fact]
    public void A_hidden_field_keeps_everything_but_its_type()
    {
        var shown = TraitNodes.Of(Email, "default").WithValue("ada@example.org");
        var hidden = TraitNodes.Hide(shown);
        Json(hidden).ShouldBe(Json(shown).Replace("\"type\":\"email\"", "\"type\":\"hidden\"", StringComparison.Ordinal));
        Json(TraitNodes.Show(hidden, [Plan, Email])).ShouldBe(Json(shown));
    }

    [Fact]
    public void Values_are_put_where_nodes_are_and_types_are_kept()
    {
        var form = new UiContainer { Action = "/", Nodes = [.. TraitNodes.Of([Email, Plan, Country], "default")] };
        TraitNodes.Fill(form, Traits("""{"email":"ada@example.org","plan":null,"address":{"country":7},"shoe":43}"""), "default");
        form.Nodes.Select(n => n.Value?.ToJsonString()).ShouldBe(["\"ada@example.org\"", null, "7"]);
    }

    [Fact]
    public void Settings_show_values_that_no_field_has()
    {
        var form = new UiContainer { Action = "/", Nodes = [.. TraitNodes.Of([Email], "profile")] };
        TraitNodes.Fill(form, Traits("""{"shoe":43,"vip":true,"tags":["a"]}"""), "profile", addMissing: true);
        form.Nodes.Skip(1).Select(n => $"{n.Group}/{n.Id}:{((UiAttributes.Input)n.Attributes).Type}={n.Value!.ToJsonString()}").ShouldBe(
            ["profile/traits.shoe:number=43", "profile/traits.vip:checkbox=true", "profile/traits.tags.0:text=\"a\""]);
        form.Nodes.Skip(1).ShouldAllBe(n => n.Label == null);
    }

    [Fact]
    public void The_identifier_is_called_like_the_only_trait_that_identifies()
    {
        TraitNodes.IdentifierLabel([Email, Plan]).ShouldSatisfyAllConditions(l => l.Id.ShouldBe(MessageIds.NodeTrait), l => l.Text.ShouldBe("E-Mail"));
        TraitNodes.IdentifierLabel([Plan]).Id.ShouldBe(MessageIds.NodeIdentifier);
        TraitNodes.IdentifierLabel([Email with { Title = null }]).Id.ShouldBe(MessageIds.NodeIdentifier);
        TraitNodes.IdentifierLabel([Email, Country with { Role = new TraitRole { WebAuthnIdentifier = true } }]).Id.ShouldBe(MessageIds.NodeIdentifier);
        Json(TraitNodes.Identifier([Email])).ShouldContain("""{"name":"identifier","type":"text","value":"","required":true,"disabled":false,"node_type":"input"}""");
    }
}

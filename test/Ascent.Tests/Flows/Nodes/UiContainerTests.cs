using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Shouldly;

namespace Ascent.Tests.Flows.Nodes;

public sealed class UiContainerTests
{
    private static UiContainer Form()
    {
        var form = new UiContainer { Action = "/" };
        form.SetCsrf("first");
        form.Append(UiNode.Input("default", "traits.email", "email", "ada@example.org"));
        form.Append(UiNode.Input("password", "password", "password"));
        form.Append(UiNode.Method("password", UiMessages.Of(MessageIds.LoginPassword)));
        form.Append(UiNode.Method("code", UiMessages.Of(MessageIds.LoginSendCode)));
        return form;
    }

    [Fact]
    public void A_new_CSRF_token_takes_the_place_of_the_old()
    {
        var form = Form();
        form.SetCsrf("second");
        form.Nodes.Count.ShouldBe(5);
        form.Nodes[0].Value!.GetValue<string>().ShouldBe("second");
    }

    [Fact]
    public void A_node_replaces_the_first_of_its_name_or_comes_last()
    {
        var form = Form();
        form.Upsert(UiNode.Hidden("default", "traits.email", "x"));
        form.Upsert(UiNode.Hidden("default", "new", "y"));
        form.Nodes.Select(n => n.Id).ShouldBe(["csrf_token", "traits.email", "password", "method", "method", "new"]);
        ((UiAttributes.Input)form.Find("traits.email")!.Attributes).Type.ShouldBe("hidden");
    }

    [Theory]
    [InlineData("#/traits/email")]
    [InlineData("/traits/email")]
    [InlineData("traits.email")]
    public void A_message_goes_to_the_node_that_its_pointer_names(string where)
    {
        var form = Form();
        form.AddMessage(where, UiMessages.Required("email"));
        form.Find("traits.email")!.Messages.ShouldHaveSingleItem().Id.ShouldBe(MessageIds.Required);
        form.Messages.ShouldBeEmpty();
        form.HasErrors.ShouldBeTrue();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("#")]
    [InlineData("#/")]
    [InlineData("/")]
    public void A_message_without_a_place_is_about_the_whole_form(string? where)
    {
        var form = Form();
        form.AddMessage(where, UiMessages.Of(MessageIds.InvalidCredentials));
        form.Messages.ShouldHaveSingleItem();
        form.Nodes.ShouldAllBe(n => n.Messages.Count == 0);
    }

    [Fact]
    public void A_message_for_a_node_that_is_not_there_brings_a_text_field_along()
    {
        var form = Form();
        form.AddMessage("#/traits/emails/1", UiMessages.EmailInvalid("none"));
        var node = form.Nodes[^1];
        (node.Id, node.Group, node.Label).ShouldBe(("traits.emails.1", "default", null));
        ((UiAttributes.Input)node.Attributes).Type.ShouldBe("text");
        node.Value.ShouldBeNull();
        node.Messages.ShouldHaveSingleItem();
    }

    [Fact]
    public void Messages_of_one_node_add_up_until_they_are_reset()
    {
        var form = Form();
        form.AddMessage("password", UiMessages.Required("password"));
        form.AddMessage("password", UiMessages.PasswordTooShort(8, 0));
        form.AddMessage(null, UiMessages.Of(MessageIds.InvalidCredentials));
        form.Find("password")!.Messages.Select(m => m.Id).ShouldBe([MessageIds.Required, MessageIds.PasswordTooShort]);
        form.ResetMessages();
        form.HasErrors.ShouldBeFalse();
        form.Find("traits.email")!.Value!.GetValue<string>().ShouldBe("ada@example.org");
    }

    [Fact]
    public void Nodes_are_removed_by_name_or_by_group()
    {
        var form = Form();
        form.Remove("method", "traits.email");
        form.Nodes.Select(n => n.Id).ShouldBe(["csrf_token", "password"]);
        form.RemoveGroups("password");
        form.Nodes.Select(n => n.Id).ShouldBe(["csrf_token"]);
    }

    [Fact]
    public void A_reset_forgets_what_was_typed_where_it_is_asked_to()
    {
        var form = Form();
        form.SetValue("password", "secret").ShouldBeTrue();
        form.SetValue("nothing", "x").ShouldBeFalse();
        form.AddMessage("password", UiMessages.Required("password"));
        form.ResetGroups("password");
        form.Find("password")!.Value.ShouldBeNull();
        form.Find("password")!.Messages.ShouldBeEmpty();
        form.Find("traits.email")!.Value.ShouldNotBeNull();
        form.Reset("csrf_token");
        form.Find("traits.email")!.Value.ShouldBeNull();
        form.Find("csrf_token")!.Value.ShouldNotBeNull();
    }
}

using Ascent.Flows.Nodes;

namespace Ascent.Flows.Login;

/// <summary>Parts of the login form that several methods share.</summary>
internal static class LoginNodes
{
    public const string Identifier = "identifier";

    public static void EnsureCsrf(FlowContext c, Flow flow)
    {
        if (flow.Ui.Find(UiContainer.CsrfName) is null) flow.Ui.SetCsrf(flow.IsApi ? "" : Csrf.Token(c.Http, c.Config));
    }

    /// <summary>The field for the identifier, once, whichever method asks first.</summary>
    public static void AskIdentifier(LoginForm form, string? autocomplete = null)
    {
        var node = UiNode.Input(NodeGroups.Default, Identifier, InputTypes.Text, "", form.IdentifierLabel, required: true, autocomplete: autocomplete);
        form.Flow.Ui.Upsert(node);
    }

    /// <summary>The identifier that is known already, kept in the form without being asked for.</summary>
    public static void KeepIdentifier(LoginForm form, string identifier) =>
        form.Flow.Ui.Upsert(UiNode.Hidden(NodeGroups.Default, Identifier, identifier));
}

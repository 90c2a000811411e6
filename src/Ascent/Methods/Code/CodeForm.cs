using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;

namespace Ascent.Methods.Code;

/// <summary>The form that asks for a code that was sent, at a login as at a registration.</summary>
internal static class CodeForm
{
    public const string Code = "code", Resend = "resend", Address = "address";

    /// <summary>Puts it in the place of the form before, of which these nodes are kept.</summary>
    public static void Await(UiContainer ui, IReadOnlyList<UiNode> kept, int label)
    {
        ui.Nodes.Clear();
        ui.Nodes.AddRange(kept);
        // The button's value is sent only where the button is pressed; the hidden one names the method for the resend button.
        ui.Append(UiNode.Hidden(NodeGroups.Code, "method", NodeGroups.Code));
        ui.Append(UiNode.Input(NodeGroups.Code, Code, InputTypes.Text, label: UiMessages.Of(label), required: true, autocomplete: Autocomplete.OneTimeCode));
        ui.Append(UiNode.Method(NodeGroups.Code, UiMessages.Of(MessageIds.NodeContinue)));
        ui.Append(UiNode.Submit(NodeGroups.Code, Resend, NodeGroups.Code, UiMessages.Of(MessageIds.NodeResend)));
        ui.ResetMessages();
    }

    /// <summary>One button for each address that a code may go to.</summary>
    public static void Offer(UiContainer ui, IEnumerable<Flows.Codes.CodeRecipient> addresses)
    {
        foreach (var a in addresses) ui.Append(UiNode.Submit(NodeGroups.Code, Address, a.Address, UiMessages.LoginSendCodeTo(a.Address, a.Via)));
    }

    public static bool IsResend(string? sent) => string.Equals(sent, NodeGroups.Code, StringComparison.OrdinalIgnoreCase);
}

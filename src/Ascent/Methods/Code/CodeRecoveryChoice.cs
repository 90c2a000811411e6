using System.Security.Cryptography;
using System.Text;
using Ascent.Crypto;
using Ascent.Flows;
using Ascent.Flows.Codes;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Recovery;
using Ascent.Identities;
using Ascent.Schemas;

namespace Ascent.Methods.Code;

/// <summary>
/// Recovery in which people choose to which of their addresses a code goes: they name one, are shown all of the account masked, and
/// give the chosen one in full. Who names an address that nobody has, or the only one of an account, is asked for a code at once.
/// </summary>
internal sealed class CodeRecoveryChoice(CodeStore codes, RecoverySender sender)
{
    private const string Address = "recovery_address", Selected = "recovery_select_address", Confirmed = "recovery_confirm_address", Screen = "screen";

    /// <summary>Longer than any address; what is longer is nobody's and is not kept.</summary>
    private const int Longest = 320;

    public static bool IsIts(Flow flow) => flow.State is FlowState.AwaitingAddress or FlowState.AwaitingChoice or FlowState.ConfirmingAddress or FlowState.AwaitingCode;

    public static bool BringsCode(RecoverySubmission submission) =>
        submission.Flow.State == FlowState.AwaitingCode && submission.Text(Screen) is null && submission.Text("code") is not null;

    /// <summary>Asks for an address.</summary>
    public static void Begin(Flow flow)
    {
        flow.State = FlowState.AwaitingAddress;
        flow.Ui.Append(UiNode.Input(NodeGroups.Code, Address, InputTypes.Text, label: UiMessages.Of(MessageIds.NodeRecoveryAddress), required: true));
        flow.Ui.Append(UiNode.Method(CodeRecovery.MethodName, UiMessages.Of(MessageIds.NodeContinue)));
    }

    /// <summary>Takes everything but the token from the form.</summary>
    public static void Clear(Flow flow)
    {
        flow.Ui.Messages.Clear();
        flow.Ui.Nodes.RemoveAll(n => n.Id != UiContainer.CsrfName);
        // A form that an administrator's flow began with has no token yet.
        if (flow.Ui.Nodes.Count == 0) flow.Ui.SetCsrf("");
    }

    public async Task<RecoveryResult> SubmitAsync(RecoverySubmission s)
    {
        foreach (var name in (string[])[Address, Confirmed])
            if (s.Text(name) is { Length: > Longest })
                return Refuse(name, UiMessages.Invalid("This is longer than any address."));
        if (s.Text(Screen) == "previous") return await BackAsync(s);
        return s.Flow.State switch
        {
            FlowState.AwaitingAddress => s.Text(Address) is { } address ? await NamedAsync(s, address) : Missing(Address),
            FlowState.AwaitingChoice => await ChosenAsync(s),
            _ => s.Text(Confirmed) is { } confirmed ? await SendAsync(s, confirmed) : Missing(Confirmed),
        };
    }

    private async Task<RecoveryResult> BackAsync(RecoverySubmission s)
    {
        if (s.Text(Address) is { } address && await AddressesAsync(s, address) is { Count: > 1 } all) return Offer(s, address, all);
        Clear(s.Flow);
        Begin(s.Flow);
        return new RecoveryResult.Shown();
    }

    private async Task<RecoveryResult> NamedAsync(RecoverySubmission s, string address) =>
        await AddressesAsync(s, address) is { Count: > 1 } all ? Offer(s, address, all) : await SendAsync(s, address);

    private async Task<RecoveryResult> ChosenAsync(RecoverySubmission s)
    {
        if (s.Text(Selected) is not { } selected) return Missing(Selected);
        if (s.Text(Address) is not { } address) return Missing(Address);
        if (Tokens.Same(NameOf(Read(address).Value), selected)) return await SendAsync(s, address);
        var chosen = (await AddressesAsync(s, address))?.FirstOrDefault(a => Tokens.Same(NameOf(a.Value), selected));
        if (chosen is null) return new RecoveryResult.Refused(new FieldText("", UiMessages.Invalid("This address cannot be chosen. Please choose one of those shown.")));
        var isEmail = chosen.Via == AddressVias.Email;
        s.Flow.State = FlowState.ConfirmingAddress;
        Clear(s.Flow);
        s.Flow.Ui.Messages.Add(UiMessages.Of(MessageIds.RecoveryGiveAddress));
        s.Flow.Ui.Append(UiNode.Input(NodeGroups.Code, Confirmed, isEmail ? InputTypes.Email : InputTypes.Tel, "", UiMessages.Of(isEmail ? MessageIds.NodeEmail : MessageIds.NodePhone), required: true));
        s.Flow.Ui.Append(UiNode.Hidden(NodeGroups.Code, Address, address));
        AppendMethod(s.Flow);
        AppendBack(s.Flow);
        return new RecoveryResult.Shown();
    }

    private static RecoveryResult.Shown Offer(RecoverySubmission s, string address, IReadOnlyList<RecoveryAddress> all)
    {
        s.Flow.State = FlowState.AwaitingChoice;
        Clear(s.Flow);
        s.Flow.Ui.Messages.Add(UiMessages.Of(MessageIds.RecoveryChooseAddress));
        foreach (var a in all.OrderBy(a => a.Value, StringComparer.Ordinal))
            s.Flow.Ui.Append(UiNode.Submit(NodeGroups.Code, Selected, NameOf(a.Value), UiMessages.NodeMaskedAddress(Mask(a.Value))));
        s.Flow.Ui.Append(UiNode.Hidden(NodeGroups.Code, "method", CodeRecovery.MethodName));
        s.Flow.Ui.Append(UiNode.Hidden(NodeGroups.Code, Address, address));
        return new RecoveryResult.Shown();
    }

    /// <summary>To what was typed, if it is anybody's; the answer is the same if not.</summary>
    private async Task<RecoveryResult> SendAsync(RecoverySubmission s, string typed)
    {
        var send = await sender.PrepareAsync(s.Context, s.Flow, CodeRecovery.Message(codes, s.Context, s.Flow, Read(typed)));
        s.Flow.State = FlowState.AwaitingCode;
        Clear(s.Flow);
        s.Flow.Ui.Messages.Add(UiMessages.RecoveryCodeSentTo(Mask(typed)));
        s.Flow.Ui.Append(CodeRecovery.CodeField());
        AppendMethod(s.Flow);
        s.Flow.Ui.Append(UiNode.Submit(NodeGroups.Code, Confirmed, typed, UiMessages.Of(MessageIds.NodeResend)));
        s.Flow.Ui.Append(UiNode.Hidden(NodeGroups.Code, Address, s.Text(Address)));
        AppendBack(s.Flow);
        return new RecoveryResult.Shown(send);
    }

    private async Task<IReadOnlyList<RecoveryAddress>?> AddressesAsync(RecoverySubmission s, string typed) => (await sender.FindAsync(s.Context, Read(typed)))?.RecoveryAddresses;

    private static void AppendMethod(Flow flow)
    {
        flow.Ui.Append(UiNode.Method(CodeRecovery.MethodName, UiMessages.Of(MessageIds.NodeContinue)));
        flow.Ui.Append(UiNode.Hidden(NodeGroups.Code, "method", CodeRecovery.MethodName));
    }

    private static void AppendBack(Flow flow) => flow.Ui.Append(UiNode.Submit(NodeGroups.Code, Screen, "previous", UiMessages.Of(MessageIds.RecoveryBack)));

    /// <summary>As addresses are kept; what is none stays as it was typed, and is nobody's.</summary>
    private static RecoveryRecipient Read(string typed) => typed.Contains('@', StringComparison.Ordinal)
        ? new RecoveryRecipient(AddressVias.Email, Identifiers.NormalizeEmail(typed) ?? typed)
        : new RecoveryRecipient(AddressVias.Sms, Identifiers.NormalizePhone(typed) ?? typed);

    /// <summary>By what a choice is told without the address: the wire contract has it so, and hides no address from who can guess it.</summary>
    private static string NameOf(string address) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(address)));

    /// <summary>Two characters of a mail address and its domain; the beginning and the end of a telephone number.</summary>
    private static string Mask(string address)
    {
        if (address.LastIndexOf('@') is >= 0 and var at) return $"{address[..Math.Min(2, at)]}****{address[at..]}";
        return address.Length < 7 ? "****" : $"{address[..3]}****{address[^2..]}";
    }

    private static RecoveryResult.Refused Missing(string name) => Refuse(name, UiMessages.Required(name));

    private static RecoveryResult.Refused Refuse(string name, UiText text) => new(new FieldText($"#/{name}", text));
}

using Ascent.Flows;
using Ascent.Flows.Codes;
using Ascent.Flows.Messages;
using Ascent.Identities;
using Ascent.Storage;

namespace Ascent.Methods.Code;

/// <summary>What a typed code came to.</summary>
internal abstract record CodeProofResult
{
    private CodeProofResult() { }

    /// <summary>It is this identity's, as it stands with its address verified. <see cref="Consume"/> is still to be done, if there is one.</summary>
    public sealed record Good(Identity Identity, Func<Tx, CancellationToken, Task<bool>>? Consume) : CodeProofResult;

    public sealed record Wrong : CodeProofResult;

    /// <summary>It was not looked at, or cannot be used any more, which says nothing about a guess.</summary>
    public sealed record Unusable(UiText Why) : CodeProofResult;
}

/// <summary>
/// Looks at a code that somebody typed at a login. The right one also proves the address that it went to: where that was not verified
/// yet, the code is used up in the transaction that marks it, otherwise in the one that issues the session.
/// </summary>
internal sealed class CodeProof(CodeStore codes, FlowStore flows, IdentityWriter writer)
{
    public static UiText TooOften { get; } = UiMessages.Invalid("Too many codes were tried here. Begin anew to get another one.");

    public static UiText AlreadyUsed { get; } = UiMessages.Invalid("This code was used already. Please ask for another one.");

    /// <param name="identity">Null where nobody has the address that was typed: the same look, and no code fits.</param>
    public async Task<CodeProofResult> LookAsync(FlowContext c, Flow flow, Identity? identity, string code, CancellationToken ct)
    {
        if (await flows.CountSubmissionAsync(c.Nid, flow.Id, ct) > c.Config.SelfService.Methods.Code.Config.MaxSubmissions) return new CodeProofResult.Unusable(TooOften);
        switch (await codes.FindAsync(c.Nid, flow.Id, code, ct))
        {
            case CodeLookup.Good good when identity is not null && good.Recipient.IdentityId == identity.Id:
                flow.State = FlowState.PassedChallenge;
                return identity.VerifiableAddresses.Any(a => a.Via == good.Recipient.Via && a.Value == good.Recipient.Address && !a.Verified)
                    ? await UseAndMarkAsync(c, identity, good, ct)
                    : new CodeProofResult.Good(identity, (tx, token) => codes.UseAsync(tx, c.Nid, good.Id, token));
            case CodeLookup.Used:
                return new CodeProofResult.Unusable(AlreadyUsed);
            default:
                return new CodeProofResult.Wrong();
        }
    }

    private async Task<CodeProofResult> UseAndMarkAsync(FlowContext c, Identity identity, CodeLookup.Good good, CancellationToken ct)
    {
        try
        {
            var mark = new AddressMark(good.Recipient.Via, good.Recipient.Address, Verified: true);
            var write = await writer.MarkAddressAsync(c.Nid, identity.Id, mark, "self", async (tx, _, token) =>
            {
                if (!await codes.UseAsync(tx, c.Nid, good.Id, token)) throw new LostException(AlreadyUsed);
            }, ct);
            return write is IdentityWrite.Updated updated ? new CodeProofResult.Good(updated.State.Identity, null) : new CodeProofResult.Wrong();
        }
        catch (LostException lost)
        {
            return new CodeProofResult.Unusable(lost.Text);
        }
    }
}

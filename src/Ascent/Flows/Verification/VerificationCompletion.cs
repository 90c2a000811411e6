using System.Diagnostics;
using Ascent.Events;
using Ascent.Flows.Codes;
using Ascent.Flows.Hooks;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Risk;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Verification;

/// <summary>
/// An address was proven: hooks, then one transaction that spends the proof, ends the flow, notes the address as verified and makes
/// the change that waited for it. Of many submissions of one proof exactly one gets through.
/// </summary>
internal sealed class VerificationCompletion(FlowStore store, CodeStore codes, IdentityStore identities, IdentityWriter writer, HookRunner hooks, AddressMails mails)
{
    private static readonly ApiError NotTheirs = ApiError.Gone("The address is not the account's any more.");
    private static readonly ApiError Stale = ApiError.Conflict("The account was changed by somebody else meanwhile.");

    public async Task<VerificationResult> CompleteAsync(VerificationSubmission s, VerificationResult.Proven proven, ThrottleVerdict.Admitted attempt)
    {
        var c = s.Context;
        // What was kept for an address that nobody has is no proof, though somebody guessed it.
        if (proven.Recipient.IdentityId is not { } owner || await identities.FindAsync(c.Nid, owner, c.Ct) is not { } identity) return Wrong();
        return await hooks.AfterVerificationAsync(new HookSubject(c, s.Flow) { Identity = identity }) switch
        {
            HookResult.GoOn => await WriteAsync(s, proven, attempt, owner),
            HookResult.Refused refused => new VerificationResult.Over([.. refused.Messages.Select(m => m.Text)]),
            HookResult.Failed failed => new VerificationResult.Failed(failed.Error),
            _ => throw new UnreachableException(),
        };
    }

    private async Task<VerificationResult> WriteAsync(VerificationSubmission s, VerificationResult.Proven proven, ThrottleVerdict.Admitted attempt, Guid owner)
    {
        var (c, flow, to) = (s.Context, s.Flow, proven.Recipient);
        var parked = flow.ParkedChange is { } waiting && waiting.IsFor(new SentTo(to.Via, to.Address)) ? waiting : null;
        Finish(c, flow, to);
        AddressesToMail? notices = null;
        try
        {
            var write = await writer.UpdateAsync(c.Nid, owner, state =>
            {
                if (Change(state, to, parked) is not { } draft) return new IdentityEdit.Refuse(parked is null ? NotTheirs : Stale);
                if (parked is not null) notices = mails.OfParked(c.Config, state, draft);
                return new IdentityEdit.Apply(draft) { Event = Told(owner, to) };
            }, "self", async (tx, changed, ct) =>
            {
                if (!await store.CompleteAsync(tx, c.Nid, flow, ct) || !await codes.UseAsync(tx, c.Nid, proven.Proof, ct)) throw new LostException(UiMessages.Of(MessageIds.VerificationAlreadyDone));
                if (notices is not null) await mails.TellFormerAsync(tx, c, flow, changed, notices, ct);
                await LoginThrottle.SucceededAsync(tx, c.Nid, attempt, ct);
            }, c.Ct);
            return write switch
            {
                IdentityWrite.Updated => new VerificationResult.Done(),
                IdentityWrite.Conflict => new VerificationResult.Over(UiMessages.Of(MessageIds.DuplicateAccount)),
                IdentityWrite.Refused { Error: var error } when ReferenceEquals(error, NotTheirs) => Wrong(),
                IdentityWrite.NotFound => Wrong(),
                IdentityWrite.Refused or IdentityWrite.Contended => new VerificationResult.Over(UiMessages.Invalid("The account was changed meanwhile, so this change was not made. Please make it anew.")),
                IdentityWrite.InvalidTraits or IdentityWrite.UnknownSchema => new VerificationResult.Over(UiMessages.Invalid("The change does not fit the account any more. Please make it anew.")),
                _ => throw new UnreachableException(),
            };
        }
        catch (LostException lost)
        {
            return new VerificationResult.Over(lost.Text);
        }
    }

    /// <summary>Null where the address is not, or no longer, the identity's to verify.</summary>
    private static IdentityDraft? Change(IdentityState state, CodeRecipient to, ParkedChange? parked)
    {
        if (parked is not null) return parked.ApplyTo(state);
        if (!state.Identity.VerifiableAddresses.Any(a => a.Via == to.Via && a.Value == to.Address)) return null;
        return IdentityDraft.From(state) with { ReadTraits = false, Addresses = [new AddressMark(to.Via, to.Address, Verified: true)] };
    }

    /// <summary>The form of a flow that is over: one link that leads on. It belongs to the browser that brought the proof.</summary>
    private static void Finish(FlowContext c, Flow flow, CodeRecipient to)
    {
        var after = c.Config.SelfService.Flows.Verification.After.DefaultBrowserReturnUrl;
        // The flow's own address was checked when it began; the configuration may have become stricter since.
        var url = ReturnTo.Complete(c.Config, flow.ReturnTo, flow.RequestUrl, after) is ReturnToResult.Allowed allowed ? allowed.Url : after ?? c.Config.SelfService.DefaultBrowserReturnUrl;
        if (!flow.IsApi) flow.Csrf = Csrf.OwnerOf(c.Http, c.Config);
        flow.State = FlowState.PassedChallenge;
        var label = UiMessages.Of(MessageIds.NodeContinue);
        flow.Ui = new UiContainer { Action = url, Method = HttpMethods.Get };
        flow.Ui.SetCsrf(flow.IsApi ? "" : Csrf.Token(c.Http, c.Config));
        flow.Ui.Append(UiNode.Anchor(flow.Active ?? NodeGroups.Code, "continue", url, label, label));
        flow.Ui.Messages.Add(UiMessages.Of(to.Via == AddressVias.Sms ? MessageIds.VerificationPhoneDone : MessageIds.VerificationEmailDone));
    }

    private static Event Told(Guid owner, CodeRecipient to) => new("identity.address_verified") { Actor = "self", IdentityId = owner, Data = new() { ["via"] = to.Via } };

    private static VerificationResult.Wrong Wrong() => new(UiMessages.Of(MessageIds.VerificationCodeInvalid));
}

using Ascent.Flows.Codes;
using Ascent.Identities;
using Ascent.Schemas;
using Ascent.Storage;

namespace Ascent.Flows.Verification;

/// <summary>
/// Carries out the wish for a message: to the address's identity, to the one whose change waits for it, or to nobody. What is
/// written differs as little as can be, so that the time it takes tells strangers next to nothing.
/// </summary>
internal sealed class VerificationSending(Db db, FlowStore store, IdentityStore identities, CodeStore codes, VerificationMail mail, AddressMails mails)
{
    public async Task SendAsync(FlowContext c, Flow flow, IVerificationMethod method)
    {
        var to = flow.SentTo!;
        var address = await identities.FindVerifiableAddressAsync(c.Nid, to.Via, to.Address, c.Ct);
        // A parked change's address is nobody's yet; if it has become somebody's, the mail is theirs.
        var owner = address?.IdentityId ?? (flow.ParkedChange is { } parked && parked.IsFor(to) ? parked.Identity : null);
        if (owner is null || await identities.FindAsync(c.Nid, owner.Value, c.Ct) is not { } identity)
        {
            await db.WriteAsync((tx, ct) => PretendAsync(tx, c, flow, method, to, ct), c.Ct);
            return;
        }
        var recipient = new CodeRecipient(to.Via, to.Address, identity.Id);
        Task Send(Tx tx, CancellationToken ct) => SendAsync(tx, c, flow, method, recipient, identity, ct);
        if (address is not { Status: AddressStatuses.Pending } || !await mails.MarkSentAsync(c, identity.Id, to.Via, to.Address, Send)) await db.WriteAsync(Send, c.Ct);
    }

    private async Task SendAsync(Tx tx, FlowContext c, Flow flow, IVerificationMethod method, CodeRecipient to, Identity identity, CancellationToken ct)
    {
        await store.SaveAsync(tx, c.Nid, flow, ct);
        await mail.SendAsync(tx, c, method, flow, to, identity, ct);
    }

    private async Task PretendAsync(Tx tx, FlowContext c, Flow flow, IVerificationMethod method, SentTo to, CancellationToken ct)
    {
        await store.SaveAsync(tx, c.Nid, flow, ct);
        // Takes the place of what was sent before and cannot be used: it belongs to nobody.
        await codes.IssueTokenAsync(tx, c.Nid, flow.Id, new CodeRecipient(to.Via, to.Address, null), TimeSpan.FromHours(1), ct);
        if (c.Config.SelfService.Flows.Verification.NotifyUnknownRecipients && to.Via == AddressVias.Email && Identifiers.NormalizeEmail(to.Address) is not null)
            await mail.TellUnknownAsync(tx, c, method, flow, new CodeRecipient(to.Via, to.Address, null), ct);
    }
}

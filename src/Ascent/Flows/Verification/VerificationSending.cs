using Ascent.Events;
using Ascent.Http;
using Ascent.Flows.Codes;
using Ascent.Identities;
using Ascent.Storage;

namespace Ascent.Flows.Verification;

/// <summary>
/// Carries out the wish for a message: to the address's identity, to the one whose change waits for it, or to nobody. Nobody is
/// treated alike in every respect but that nothing is sent, so that neither the answer nor its time tells whose addresses are known.
/// </summary>
internal sealed class VerificationSending(Db db, FlowStore store, IdentityStore identities, VerificationMail mail, AddressMails mails, EventWriter events)
{
    public async Task SendAsync(FlowContext c, Flow flow, IVerificationMethod method)
    {
        var to = flow.SentTo!;
        var address = await identities.FindVerifiableAddressAsync(c.Nid, to.Via, to.Address, c.Ct);
        // A parked change's address is nobody's yet; if it has become somebody's, the mail is theirs.
        var owner = address?.IdentityId ?? (flow.ParkedChange is { } parked && parked.IsFor(to) ? parked.Identity : Guid.Empty);
        var identity = await identities.FindAsync(c.Nid, owner, c.Ct);
        async Task Send(Tx tx, CancellationToken ct)
        {
            await store.SaveAsync(tx, c.Nid, flow, ct);
            await mail.SendAsync(tx, c, method, flow, new CodeRecipient(to.Via, to.Address, identity?.Id), identity, ct);
            await events.WriteSampledAsync(tx, c.Nid, new Event("verification.requested")
            {
                Actor = "self", IdentityId = identity?.Id, Address = ClientAddress.Of(c.Http).ToString(), UserAgent = UserAgent.Of(c.Http), Data = new() { ["via"] = to.Via },
            }, to.Address, ct);
        }

        var pending = identity is not null && address is { Status: AddressStatuses.Pending };
        if (!pending || !await mails.MarkSentAsync(c, owner, to.Via, to.Address, Send)) await db.WriteAsync(Send, c.Ct);
    }
}

using Ascent.Flows.Messages;
using Ascent.Identities;
using Ascent.Storage;

namespace Ascent.Flows.Verification;

/// <summary>What came of a change that may have to wait.</summary>
internal abstract record ParkingResult
{
    private ParkingResult() { }

    /// <summary>It has no new address: it is made at once.</summary>
    public sealed record NothingToWaitFor : ParkingResult;

    public sealed record Parked(BegunVerification Begun) : ParkingResult;

    public sealed record Refused(UiText Message) : ParkingResult;
}

/// <summary>The hook <c>verify_new_address</c>: a change that brings a new address waits until the address is verified, and is then made as a whole.</summary>
internal sealed class AddressParking(Db db, IdentityPlanner planner, AddressMails mails)
{
    public async Task<ParkingResult> ParkAsync(FlowContext c, Flow origin, IdentityState state, IdentityDraft draft)
    {
        // What cannot be written is for the write to explain.
        if (planner.Plan(state, draft).Plan is not { } plan) return new ParkingResult.NothingToWaitFor();
        var known = state.Identity.VerifiableAddresses;
        var fresh = plan.Verifiable.Where(a => !a.Verified && known.All(k => k.Id != a.Id)).ToList();
        if (fresh.Count == 0) return new ParkingResult.NothingToWaitFor();
        if (fresh.Count > 1) return new ParkingResult.Refused(UiMessages.Of(MessageIds.SettingsOneAddressAtATime));
        var address = fresh[0];
        var parked = new ParkedChange(state.Identity.Id, address.Via, address.Value, state.Identity.Traits, plan.After.Identity.Traits);
        var csrf = origin.IsApi ? null : CsrfCookie.Current(c.Http, c.Config);
        return await db.WriteAsync<ParkingResult>(async (tx, ct) => await IdentityTable.FindConflictAsync(tx, c.Nid, plan, ct) is not null
            ? new ParkingResult.Refused(UiMessages.Of(MessageIds.DuplicateAccount))
            : new ParkingResult.Parked(await mails.SendAsync(tx, c, origin, state.Identity, new SentTo(address.Via, address.Value), csrf, ct, parked)), c.Ct);
    }
}

using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows.Codes;
using Ascent.Flows.Hooks;
using Ascent.Identities;
using Ascent.Storage;

namespace Ascent.Flows.Verification;

/// <summary>Addresses that are written to as part of a change, and the identity with a note of that.</summary>
internal sealed record AddressesToMail(IdentityDraft Draft, IReadOnlyList<AddressMark> Addresses)
{
    public bool Any => Addresses.Count > 0;
}

/// <summary>A verification that a flow began for somebody, by having written to an address.</summary>
/// <param name="Page">Where a browser goes on with it; null for native clients.</param>
internal sealed record BegunVerification(Guid FlowId, string Address, string? Page)
{
    /// <summary>As <c>continue_with</c> tells it.</summary>
    public JsonObject ToContinueWith()
    {
        var flow = new JsonObject { ["id"] = FlowId.ToString(), ["verifiable_address"] = Address };
        if (Page is not null) flow["url"] = Page;
        return new JsonObject { ["action"] = "show_verification_ui", ["flow"] = flow };
    }
}

/// <summary>
/// Writes to addresses that are not verified when somebody signs up, changes settings or signs in: each gets a verification flow of
/// its own, in the transaction that changes the identity, and counts as written to from then on.
/// </summary>
internal sealed class AddressMails(FlowStore store, VerificationMethods methods, VerificationMail mail, IdentityPlanner planner)
{
    /// <summary>Whether anybody is written to at all.</summary>
    public bool IsOn(AscentConfig config) => config.SelfService.Flows.Verification.Enabled && methods.InUse(config) is not null;

    /// <summary>Whom a new identity's write is to mail: the first address, as old pages want it all of them.</summary>
    public AddressesToMail OfNew(AscentConfig config, IdentityDraft draft)
    {
        if (!IsOn(config) || planner.Plan(null, draft).Plan is not { } plan) return new AddressesToMail(draft, []);
        var open = plan.Verifiable.Where(a => !a.Verified);
        return Mark(draft, config.FeatureFlags.LegacyContinueWithVerificationUi ? open : open.Take(1));
    }

    /// <summary>Whom a change is to mail: every address that was never written to, whatever changes.</summary>
    public AddressesToMail OfChange(AscentConfig config, IdentityState before, IdentityDraft draft) =>
        !IsOn(config) || planner.Plan(before, draft).Plan is not { } plan
            ? new AddressesToMail(draft, [])
            : Mark(draft, plan.Verifiable.Where(a => a.Status == AddressStatuses.Pending));

    /// <summary>Whether clients are shown the verification after this method; a hook says so.</summary>
    public static bool IsShown(AscentConfig config, IReadOnlyList<HookConfig> hooks) => config.FeatureFlags.LegacyContinueWithVerificationUi || hooks.Has(HookLists.ShowVerificationUi);

    /// <summary>Writes to all of them.</summary>
    public async Task<IReadOnlyList<BegunVerification>> SendAsync(Tx tx, FlowContext c, Flow origin, Identity identity, AddressesToMail to, byte[]? csrf, CancellationToken ct)
    {
        var begun = new List<BegunVerification>();
        foreach (var address in to.Addresses) begun.Add(await SendAsync(tx, c, origin, identity, address.Via, address.Value, csrf, ct));
        return begun;
    }

    /// <summary>Writes to one address, from a flow of its own that goes on where <paramref name="origin"/> was to end.</summary>
    /// <param name="csrf">The value of the anti-forgery cookie that the browser will have; null for native clients.</param>
    public async Task<BegunVerification> SendAsync(Tx tx, FlowContext c, Flow origin, Identity identity, string via, string address, byte[]? csrf, CancellationToken ct)
    {
        var method = methods.InUse(c.Config)!;
        var flow = Begin(c, method, origin, csrf);
        var to = new CodeRecipient(via, address, identity.Id);
        flow.State = FlowState.SentEmail;
        method.Await(new VerificationForm(c.Config, flow, csrf is null ? "" : Csrf.Mask(csrf)), to);
        flow.SentTo = new SentTo(via, address);
        await store.InsertAsync(tx, c.Nid, flow, ct);
        await mail.SendAsync(tx, c, method, flow, to, identity, ct);
        return new BegunVerification(flow.Id, address, flow.IsApi ? null : FlowAnswers.PageOf(c, flow));
    }

    private static Flow Begin(FlowContext c, IVerificationMethod method, Flow origin, byte[]? csrf)
    {
        var (requestUrl, returnTo) = VerificationReturn.Of(c.Config, origin.RequestUrl);
        var flow = VerificationStart.New(c, method, origin.IsApi, requestUrl, returnTo, csrf);
        flow.TransientPayload = origin.TransientPayload;
        return flow;
    }

    private static AddressesToMail Mark(IdentityDraft draft, IEnumerable<VerifiableAddress> open)
    {
        AddressMark[] marks = [.. open.Select(a => new AddressMark(a.Via, a.Value, Verified: false, AddressStatuses.Sent))];
        return new AddressesToMail(marks.Length == 0 ? draft : draft with { Addresses = [.. draft.Addresses, .. marks] }, marks);
    }
}

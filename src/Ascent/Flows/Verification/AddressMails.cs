using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Courier;
using Ascent.Events;
using Ascent.Flows.Codes;
using Ascent.Flows.Hooks;
using Ascent.Identities;
using Ascent.Storage;

namespace Ascent.Flows.Verification;

/// <summary>Whom a change is to mail, and the identity with a note of that.</summary>
/// <param name="Open">Addresses to verify.</param>
/// <param name="Former">Addresses that are told that the account's addresses became others.</param>
internal sealed record AddressesToMail(IdentityDraft Draft, IReadOnlyList<AddressMark> Open, IReadOnlyList<VerifiableAddress> Former)
{
    public bool Any => Open.Count + Former.Count > 0;
}

/// <summary>A verification that a flow began for somebody, by having written to an address.</summary>
/// <param name="Page">Where a browser goes on with it.</param>
internal sealed record BegunVerification(Guid FlowId, string Address, string Page)
{
    /// <summary>Native clients are not told of the page, except where nothing but it leads on.</summary>
    public bool IsApi { get; init; }

    /// <summary>As <c>continue_with</c> tells it.</summary>
    public JsonObject ToContinueWith(bool alwaysPage = false)
    {
        var flow = new JsonObject { ["id"] = FlowId.ToString(), ["verifiable_address"] = Address };
        if (alwaysPage || !IsApi) flow["url"] = Page;
        return new JsonObject { ["action"] = "show_verification_ui", ["flow"] = flow };
    }
}

/// <summary>
/// Writes to addresses when somebody signs up, changes settings or signs in. Of those that are not verified each gets a verification flow of
/// its own, in the transaction that changes the identity, and counts as written to from then on.
/// </summary>
internal sealed class AddressMails(Db db, FlowStore store, VerificationMethods methods, VerificationMail mail, IdentityPlanner planner, IdentityWriter writer)
{
    /// <summary>Whether anybody is written to at all.</summary>
    public bool IsOn(AscentConfig config) => config.SelfService.Flows.Verification.Enabled && methods.InUse(config) is not null;

    /// <summary>Whom a new identity's write is to mail: the first address, as old pages want it all of them.</summary>
    public AddressesToMail OfNew(AscentConfig config, IdentityDraft draft)
    {
        if (!IsOn(config) || planner.Plan(null, draft).Plan is not { } plan) return new AddressesToMail(draft, [], []);
        var open = plan.Verifiable.Where(a => !a.Verified);
        return Mark(draft, config.FeatureFlags.LegacyContinueWithVerificationUi ? open : open.Take(1), []);
    }

    /// <summary>Whom a change of settings is to mail: every address that was never written to, whatever changes, and those before it that a hook names.</summary>
    public AddressesToMail OfChange(AscentConfig config, IdentityState before, IdentityDraft draft, IReadOnlyList<HookConfig> after)
    {
        var notify = after.Named(HookLists.NotifyPreviousAddresses);
        if ((!IsOn(config) && notify is null) || planner.Plan(before, draft).Plan is not { } plan) return new AddressesToMail(draft, [], []);
        return Mark(draft, IsOn(config) ? plan.Verifiable.Where(a => a.Status == AddressStatuses.Pending) : [], Former(notify, before.Identity.VerifiableAddresses, plan.Verifiable));
    }

    /// <summary>Whom a change is to mail that was parked until its address was verified.</summary>
    public AddressesToMail OfParked(AscentConfig config, IdentityState before, IdentityDraft draft) =>
        OfChange(config, before, draft, config.SelfService.Flows.Settings.After.HooksFor("profile")) with { Draft = draft, Open = [] };

    /// <summary>Whether clients are shown the verification after this method; a hook says so.</summary>
    public static bool IsShown(AscentConfig config, IReadOnlyList<HookConfig> hooks) => config.FeatureFlags.LegacyContinueWithVerificationUi || hooks.Has(HookLists.ShowVerificationUi);

    /// <summary>Writes to all of them.</summary>
    /// <param name="returnTo">Where the verifications end, in place of where <paramref name="origin"/> was to end.</param>
    public async Task<IReadOnlyList<BegunVerification>> SendAsync(Tx tx, FlowContext c, Flow origin, Identity identity, AddressesToMail to, byte[]? csrf, CancellationToken ct, string? returnTo = null)
    {
        var begun = new List<BegunVerification>();
        foreach (var address in to.Open) begun.Add(await SendAsync(tx, c, origin, identity, new SentTo(address.Via, address.Value), csrf, ct, returnTo: returnTo));
        await TellFormerAsync(tx, c, origin, identity, to, ct);
        return begun;
    }

    public async Task TellFormerAsync(Tx tx, FlowContext c, Flow origin, Identity identity, AddressesToMail to, CancellationToken ct)
    {
        foreach (var address in to.Former) await mail.TellFormerAsync(tx, c, origin, address, identity, ct);
    }

    /// <summary>Begins the same verifications for an account that was not made; the mails say something else, and no code of theirs exists.</summary>
    public async Task<IReadOnlyList<BegunVerification>> SendInsteadAsync(
        Tx tx, FlowContext c, Flow origin, AddressesToMail to, TemplateType template, byte[]? csrf, string? returnTo, CancellationToken ct)
    {
        var begun = new List<BegunVerification>();
        foreach (var mark in to.Open)
        {
            var address = new SentTo(mark.Via, mark.Value);
            var (flow, method) = await BeginAsync(tx, c, origin, address, new CodeRecipient(mark.Via, mark.Value, null), csrf, null, returnTo, ct);
            await mail.SendInsteadAsync(tx, c, method, flow, address, template, ct);
            begun.Add(Begun(c, flow, address));
        }
        return begun;
    }

    /// <summary>Writes to one address, from a flow of its own that goes on where <paramref name="origin"/> was to end.</summary>
    /// <param name="csrf">The value of the anti-forgery cookie that the browser will have; null for native clients.</param>
    /// <param name="parked">The change that waits for the address.</param>
    public async Task<BegunVerification> SendAsync(Tx tx, FlowContext c, Flow origin, Identity identity, SentTo address, byte[]? csrf, CancellationToken ct, ParkedChange? parked = null, string? returnTo = null)
    {
        var to = new CodeRecipient(address.Via, address.Address, identity.Id);
        var (flow, method) = await BeginAsync(tx, c, origin, address, to, csrf, parked, returnTo, ct);
        await mail.SendAsync(tx, c, method, flow, to, identity, ct);
        return Begun(c, flow, address);
    }

    /// <summary>Writes to one address where nothing else is changed.</summary>
    public async Task<BegunVerification> SendAsync(FlowContext c, Flow origin, Identity identity, VerifiableAddress address, byte[]? csrf)
    {
        BegunVerification? begun = null;
        async Task Send(Tx tx, CancellationToken ct) => begun = await SendAsync(tx, c, origin, identity, new SentTo(address.Via, address.Value), csrf, ct);
        if (address.Status != AddressStatuses.Pending || !await MarkSentAsync(c, identity.Id, address.Via, address.Value, Send)) await db.WriteAsync(Send, c.Ct);
        return begun!;
    }

    /// <summary>
    /// Notes that the address was written to, on the identity as it is by then, and sends in the same transaction; false where
    /// there is no such identity, and nothing was done.
    /// </summary>
    public async Task<bool> MarkSentAsync(FlowContext c, Guid identity, string via, string address, Func<Tx, CancellationToken, Task> send) => await writer.UpdateAsync(c.Nid, identity, state =>
    {
        var draft = IdentityDraft.From(state) with { ReadTraits = false };
        var pending = state.Identity.VerifiableAddresses.Any(a => a.Via == via && a.Value == address && a.Status == AddressStatuses.Pending);
        return new IdentityEdit.Apply(pending ? draft with { Addresses = [new AddressMark(via, address, Verified: false, AddressStatuses.Sent)] } : draft)
        {
            Event = new Event("identity.address_marked") { Actor = "self", IdentityId = identity, Data = new JsonObject { ["via"] = via, ["status"] = AddressStatuses.Sent } },
        };
    }, "self", (tx, _, ct) => send(tx, ct), c.Ct) is IdentityWrite.Updated;

    private async Task<(Flow Flow, IVerificationMethod Method)> BeginAsync(
        Tx tx, FlowContext c, Flow origin, SentTo address, CodeRecipient to, byte[]? csrf, ParkedChange? parked, string? returnTo, CancellationToken ct)
    {
        var method = methods.InUse(c.Config)!;
        var flow = Begin(c, method, origin, csrf);
        flow.ReturnTo = returnTo ?? flow.ReturnTo;
        flow.State = FlowState.SentEmail;
        flow.SentTo = address;
        flow.ParkedChange = parked;
        method.Await(new VerificationForm(c.Config, flow, csrf is null ? "" : Csrf.Mask(csrf)), to);
        await store.InsertAsync(tx, c.Nid, flow, ct);
        return (flow, method);
    }

    private static BegunVerification Begun(FlowContext c, Flow flow, SentTo address) => new(flow.Id, address.Address, FlowAnswers.PageOf(c, flow)) { IsApi = flow.IsApi };

    private static Flow Begin(FlowContext c, IVerificationMethod method, Flow origin, byte[]? csrf)
    {
        var (requestUrl, returnTo) = VerificationReturn.Of(c.Config, origin.RequestUrl);
        var flow = VerificationStart.New(c, method, origin.IsApi, requestUrl, returnTo, csrf);
        flow.TransientPayload = origin.TransientPayload;
        return flow;
    }

    private static AddressesToMail Mark(IdentityDraft draft, IEnumerable<VerifiableAddress> open, IReadOnlyList<VerifiableAddress> former)
    {
        AddressMark[] marks = [.. open.Select(a => new AddressMark(a.Via, a.Value, Verified: false, AddressStatuses.Sent))];
        return new AddressesToMail(marks.Length == 0 ? draft : draft with { Addresses = [.. draft.Addresses, .. marks] }, marks, former);
    }

    private static VerifiableAddress[] Former(HookConfig? notify, IReadOnlyList<VerifiableAddress> before, IReadOnlyList<VerifiableAddress> after)
    {
        if (notify is null || before.Select(a => a.Id).ToHashSet().SetEquals(after.Select(a => a.Id))) return [];
        return [.. before.Where(a => notify.Config.Recipients switch
        {
            NotifyRecipients.Removed => after.All(b => b.Id != a.Id),
            NotifyRecipients.AllVerified => a.Verified,
            _ => true,
        })];
    }
}

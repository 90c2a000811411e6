using Ascent.Courier;
using Ascent.Risk;
using Ascent.Storage;

namespace Ascent.Flows;

/// <summary>
/// The way of flows to the courier. What people cause is asked for first: where a recipient or a client has had enough, nothing is made
/// and nothing sent, codes from before stay good, and the answer is what it would have been. Notices of what was done to an account go
/// out unasked, or an intruder could use up the limit first.
/// </summary>
internal sealed class FlowMail(CourierQueue courier, MessageLimits limits)
{
    public Task<bool> AdmitAsync(Tx tx, FlowContext c, string recipient, CancellationToken ct) => limits.AdmitAsync(tx, c.Nid, c.Http, recipient, ct);

    public Task<Guid> QueueAsync(Tx tx, Guid nid, CourierMessage message, CancellationToken ct) => courier.QueueAsync(tx, nid, message, ct);

    public Task<Guid> QueueAsync(Tx tx, Guid nid, CourierMessage message, bool wanted, CancellationToken ct) => courier.QueueAsync(tx, nid, message, wanted, ct);
}

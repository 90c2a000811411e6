using System.Text.Json.Nodes;
using Ascent.Courier;
using Ascent.Events;
using Ascent.Http;
using Ascent.Flows.Codes;
using Ascent.Identities;
using Ascent.Storage;

namespace Ascent.Flows.Recovery;

/// <summary>What is sent to whom: by <see cref="Issue"/> made in the transaction that queues it, as the template's <see cref="Name"/>.</summary>
internal sealed record RecoveryMessage(RecoveryRecipient To, TemplateType Valid, TemplateType Invalid, TimeSpan Lifespan, string Name, Func<Tx, CodeRecipient, CancellationToken, Task<string>> Issue);

/// <summary>
/// Sends what recovers an account. An address that nobody has is treated alike in every respect but that nothing is sent: the same
/// statements run, the same words are made, so that neither the answer nor its time tells whose addresses are known.
/// </summary>
internal sealed class RecoverySender(IdentityStore identities, IdentityJson json, FlowMail courier, EventWriter events)
{
    public Task<Identity?> FindAsync(FlowContext c, RecoveryRecipient address) => identities.FindByRecoveryAddressAsync(c.Nid, address.Via, address.Value, c.Ct);

    /// <summary>Looks up whose address it is, and gives the work for the transaction that saves the flow.</summary>
    public async Task<Func<Tx, CancellationToken, Task>> PrepareAsync(FlowContext c, Flow flow, RecoveryMessage message)
    {
        var to = message.To;
        var identity = await FindAsync(c, to);
        // Nobody is written to by a text message who did not ask for an account.
        var notify = identity is null && to.Via == AddressVias.Email && c.Config.SelfService.Flows.Recovery.NotifyUnknownRecipients;
        return async (tx, ct) =>
        {
            if (!await courier.AdmitAsync(tx, c, to.Value, ct)) return;
            var secret = await message.Issue(tx, new CodeRecipient(to.Via, to.Value, identity?.Id), ct);
            var mail = new CourierMessage(MessageChannel.Of(to.Via), to.Value, notify ? message.Invalid : message.Valid,
                Data(flow, message, identity, notify ? null : secret));
            await courier.QueueAsync(tx, c.Nid, mail, wanted: identity is not null || notify, ct);
            await events.WriteSampledAsync(tx, c.Nid, new Event("recovery.requested")
            {
                Actor = "self", IdentityId = identity?.Id, Address = ClientAddress.Of(c.Http).ToString(), UserAgent = UserAgent.Of(c.Http), Data = new JsonObject { ["via"] = to.Via },
            }, to.Value, ct);
        };
    }

    private JsonObject Data(Flow flow, RecoveryMessage message, Identity? identity, string? secret)
    {
        var data = new JsonObject
        {
            ["expires_in_minutes"] = (int)message.Lifespan.TotalMinutes, ["request_url"] = flow.RequestUrl, ["transient_payload"] = flow.TransientPayload?.DeepClone() ?? new JsonObject(),
            ["identity"] = identity is null ? null : json.ToPublicNode(identity),
        };
        if (secret is not null) data[message.Name] = secret;
        return data;
    }
}

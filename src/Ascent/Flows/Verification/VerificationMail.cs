using System.Text.Json.Nodes;
using Ascent.Courier;
using Ascent.Flows.Codes;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Storage;

namespace Ascent.Flows.Verification;

/// <summary>Sends what proves an address, in the transaction that keeps what it is compared with.</summary>
internal sealed class VerificationMail(CourierQueue courier, IdentityJson identities)
{
    public async Task SendAsync(Tx tx, FlowContext c, IVerificationMethod method, Flow flow, CodeRecipient to, Identity identity, CancellationToken ct)
    {
        var notice = await method.IssueAsync(tx, c, flow, to, ct);
        var data = Common(flow);
        data["identity"] = JsonNode.Parse(JsonOut.ToBytes((identities, identity), static (w, s) => s.identities.WritePublic(w, s.identity)));
        foreach (var (name, value) in notice.Data) data[name] = value?.DeepClone();
        await courier.QueueAsync(tx, c.Nid, new CourierMessage(ChannelOf(to.Via), to.Address, notice.Template, data), ct);
    }

    /// <summary>Tells an address that nobody has it.</summary>
    public Task TellUnknownAsync(Tx tx, FlowContext c, IVerificationMethod method, Flow flow, CodeRecipient to, CancellationToken ct) =>
        courier.QueueAsync(tx, c.Nid, new CourierMessage(ChannelOf(to.Via), to.Address, method.UnknownRecipient, Common(flow)), ct);

    private static JsonObject Common(Flow flow) => new() { ["request_url"] = flow.RequestUrl, ["transient_payload"] = flow.TransientPayload?.DeepClone() ?? new JsonObject() };

    private static MessageChannel ChannelOf(string via) => via == AddressVias.Sms ? MessageChannel.Sms : MessageChannel.Email;
}

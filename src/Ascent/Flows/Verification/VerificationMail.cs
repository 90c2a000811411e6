using System.Text.Json.Nodes;
using Ascent.Courier;
using Ascent.Flows.Codes;
using Ascent.Identities;
using Ascent.Schemas;
using Ascent.Storage;

namespace Ascent.Flows.Verification;

/// <summary>Sends what proves an address, in the transaction that keeps what it is compared with.</summary>
internal sealed class VerificationMail(FlowMail courier, IdentityJson identities)
{
    /// <param name="identity">Null where nobody has the address: all of the work is done, and nothing sent, or at most that it is unknown.</param>
    public async Task SendAsync(Tx tx, FlowContext c, IVerificationMethod method, Flow flow, CodeRecipient to, Identity? identity, CancellationToken ct)
    {
        if (!await courier.AdmitAsync(tx, c, to.Address, ct)) return;
        var notice = await method.IssueAsync(tx, c, flow, to, ct);
        var data = Common(flow);
        // Nobody is written to by a text message who did not ask for an account, nor is what is no address.
        var tells = identity is null && c.Config.SelfService.Flows.Verification.NotifyUnknownRecipients && to.Via == AddressVias.Email && Identifiers.NormalizeEmail(to.Address) is not null;
        if (!tells)
            foreach (var (name, value) in notice.Data) data[name] = value?.DeepClone();
        data["identity"] = identity is null ? null : identities.ToPublicNode(identity);
        var message = new CourierMessage(MessageChannel.Of(to.Via), to.Address, tells ? method.UnknownRecipient : notice.Template, data);
        await courier.QueueAsync(tx, c.Nid, message, wanted: identity is not null || tells, ct);
    }

    /// <summary>Writes something else than what proves the address; all of the work is done, and what was made for it belongs to nobody.</summary>
    public async Task SendInsteadAsync(Tx tx, FlowContext c, IVerificationMethod method, Flow flow, SentTo to, TemplateType template, CancellationToken ct)
    {
        if (!await courier.AdmitAsync(tx, c, to.Address, ct)) return;
        await method.IssueAsync(tx, c, flow, new CodeRecipient(to.Via, to.Address, null), ct);
        var data = Common(flow);
        data["identity"] = null;
        await courier.QueueAsync(tx, c.Nid, new CourierMessage(MessageChannel.Of(to.Via), to.Address, template, data), ct);
    }

    /// <summary>Tells an address that it, or another one, is not what it was to an account.</summary>
    public Task TellFormerAsync(Tx tx, FlowContext c, Flow flow, VerifiableAddress address, Identity identity, CancellationToken ct)
    {
        var data = Common(flow);
        data["identity"] = identities.ToPublicNode(identity);
        data["changed_at"] = Rfc3339.Format(c.Now);
        return courier.QueueAsync(tx, c.Nid, new CourierMessage(MessageChannel.Of(address.Via), address.Value, TemplateType.VerifiableAddressChanged, data), ct);
    }

    private static JsonObject Common(Flow flow) => new() { ["request_url"] = flow.RequestUrl, ["transient_payload"] = flow.TransientPayload?.DeepClone() ?? new JsonObject() };
}

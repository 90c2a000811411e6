using System.Text.Json.Nodes;
using Ascent.Courier;
using Ascent.Flows;
using Ascent.Flows.Codes;
using Ascent.Identities;
using Ascent.Storage;

namespace Ascent.Methods.Code;

/// <summary>Makes codes in place of those that a flow had and queues the messages with them, in the caller's transaction.</summary>
internal sealed class CodeMail(CodeStore codes, FlowMail courier, IdentityJson identities)
{
    /// <param name="identity">Null where nobody has the address: the same statements run, the same words are made, and nothing is sent.</param>
    public async Task SendLoginAsync(Tx tx, FlowContext c, Flow flow, Identity? identity, CodeRecipient to, CancellationToken ct)
    {
        if (!await courier.AdmitAsync(tx, c, to.Address, ct)) return;
        var data = Common(c, flow);
        data["identity"] = identity is null ? null : identities.ToPublicNode(identity);
        data["login_code"] = await codes.IssueDigitsAsync(tx, c.Nid, flow.Id, to, Lifespan(c), ct);
        await QueueAsync(tx, c, TemplateType.LoginCodeValid, to, data, wanted: identity is not null, ct);
    }

    private const int MostAddresses = 20;

    /// <summary>A code for each address, as far as anybody has so many: whichever is typed proves the address that it went to.</summary>
    public async Task SendRegistrationAsync(Tx tx, FlowContext c, Flow flow, string traits, IReadOnlyList<CodeRecipient> addresses, CancellationToken ct)
    {
        var isFirst = true;
        foreach (var to in addresses.Take(MostAddresses))
        {
            if (!await courier.AdmitAsync(tx, c, to.Address, ct)) continue;
            var data = Common(c, flow);
            data["traits"] = JsonNode.Parse(traits);
            data["registration_code"] = isFirst
                ? await codes.IssueDigitsAsync(tx, c.Nid, flow.Id, to, Lifespan(c), ct)
                : await codes.AddDigitsAsync(tx, c.Nid, flow.Id, to, Lifespan(c), ct);
            isFirst = false;
            await QueueAsync(tx, c, TemplateType.RegistrationCodeValid, to, data, wanted: true, ct);
        }
    }

    private Task<Guid> QueueAsync(Tx tx, FlowContext c, TemplateType template, CodeRecipient to, JsonObject data, bool wanted, CancellationToken ct) =>
        courier.QueueAsync(tx, c.Nid, new CourierMessage(MessageChannel.Of(to.Via), to.Address, template, data) { RequestHeaders = Headers(c) }, wanted, ct);

    private static TimeSpan Lifespan(FlowContext c) => c.Config.SelfService.Methods.Code.Config.Lifespan;

    private static JsonObject Common(FlowContext c, Flow flow) => new()
    {
        ["expires_in_minutes"] = (int)Lifespan(c).TotalMinutes,
        ["request_url"] = flow.RequestUrl,
        ["transient_payload"] = flow.TransientPayload?.DeepClone() ?? new JsonObject(),
    };

    /// <summary>Of the request's headers those that leave the server in web hooks, too.</summary>
    private static JsonObject Headers(FlowContext c)
    {
        var shown = new JsonObject();
        foreach (var name in c.Config.Clients.WebHook.HeaderAllowlist.Distinct(StringComparer.OrdinalIgnoreCase))
            if (c.Http.Request.Headers.TryGetValue(name, out var values))
                shown[name] = new JsonArray([.. values.Select(v => (JsonNode?)v)]);
        return shown;
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Events;
using Ascent.Flows.Codes;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Storage;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Recovery;

/// <summary>What an administrator asks for, read from the body.</summary>
internal sealed record RecoveryRequest(Guid IdentityId, TimeSpan Lifespan, bool IsApi)
{
    public static async Task<RecoveryRequest> ReadAsync(HttpContext http, TimeSpan usual)
    {
        var body = ObjectReader.Of(await JsonBody.ReadAsync(http));
        var (id, lifespan) = (body.Uuid("identity_id") ?? Guid.Empty, usual);
        if (body.String("expires_in") is { Length: > 0 } text)
        {
            if (!GoDuration.TryParse(text, out lifespan)) throw body.Invalid("expires_in", "a duration such as 1h, 1m30s or 500ms");
            if (lifespan <= TimeSpan.Zero) throw body.Invalid("expires_in", "a duration above zero");
            if (lifespan > Longest) throw body.Invalid("expires_in", "a duration of at most ten years");
        }
        return new RecoveryRequest(id, lifespan, body.OneOf("flow_type", "browser", "api") == "api");
    }

    private static TimeSpan Longest { get; } = TimeSpan.FromDays(3660);
}

/// <summary>
/// Recoveries that administrators begin for somebody: a code or a link is handed out rather than sent. They work where people may not
/// recover by themselves, and mark no address as verified, since nothing went to one.
/// </summary>
internal sealed class RecoveryByAdmin(Db db, FlowStore store, FlowContexts contexts, IdentityStore identities, EventWriter events)
{
    public Task<FlowContext> OpenAsync(HttpContext http) => contexts.OpenAsync(http);

    public async Task<bool> KnowsAsync(FlowContext c, Guid identity) => await identities.FindAsync(c.Nid, identity, c.Ct) is not null;

    /// <summary>A flow of its own, with an empty form.</summary>
    public static Flow Begin(FlowContext c, RecoveryRequest asked, string? returnTo)
    {
        var flow = Flow.New(c, FlowKind.Recovery, asked.IsApi, RequestUrl.Of(c.Http), returnTo, asked.Lifespan);
        flow.IsByAdmin = true;
        return flow;
    }

    /// <summary>Keeps the flow and makes what opens it, which is shown this once.</summary>
    public Task<string> KeepAsync(FlowContext c, Flow flow, string method, Guid identity, Func<Tx, CodeRecipient, CancellationToken, Task<string>> issue) => db.WriteAsync(async (tx, ct) =>
    {
        await store.InsertAsync(tx, c.Nid, flow, ct);
        // No address: nothing is sent.
        var secret = await issue(tx, new CodeRecipient(AddressVias.Email, "", identity), ct);
        await events.WriteAsync(tx, c.Nid, new Event("recovery.handed_out") { Actor = AdminCaller.Of(c.Http), IdentityId = identity, Data = new JsonObject { ["method"] = method, ["expires_at"] = flow.ExpiresAt.ToString("O") } }, ct);
        return secret;
    }, c.Ct);

    public static IResult Answer(string link, string? code, DateTimeOffset expiresAt, int status) =>
        new JsonResult<(string Link, string? Code, DateTimeOffset ExpiresAt)>((link, code, expiresAt), static (w, s) =>
        {
            w.WriteStartObject();
            // People copy it from where they see it, so its ampersand stays one.
            w.WriteString("recovery_link"u8, JsonEncodedText.Encode(s.Link, JavaScriptEncoder.UnsafeRelaxedJsonEscaping));
            if (s.Code is not null) w.WriteString("recovery_code"u8, s.Code);
            w.WriteString("expires_at"u8, s.ExpiresAt.UtcDateTime);
            w.WriteEndObject();
        }, status);
}

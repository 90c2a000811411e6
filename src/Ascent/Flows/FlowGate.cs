using System.Text.Json.Nodes;
using Ascent.Flows.Login;
using Ascent.Flows.Messages;
using Ascent.Http;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows;

/// <summary>What every submission has to pass before a method sees it: the flow exists, the body can be read, nobody forged it.</summary>
internal sealed class FlowGate(FlowStore store)
{
    /// <summary>Why a submission was stopped: as an error, or as a message on its form.</summary>
    public sealed record Stop(ApiError? Forged, FieldText? Message);

    private const string Payload = "transient_payload";

    public static ApiError MethodDisabled { get; } = ApiError.NotFound("This method is switched off by the server's configuration.");

    public async Task<(Flow? Flow, ApiError? Refusal)> FindAsync(FlowContext c, FlowKind kind)
    {
        if (c.QueryId("flow") is not { } id) return (null, ApiError.BadRequest("The query parameter flow is missing or is no flow's id."));
        return await store.FindAsync(c.Nid, kind, id, c.Ct) is { } flow ? (flow, null) : (null, ApiError.NotFound());
    }

    /// <summary>An address sends no form: what it holds is in histories and logs, and anybody may hand a link out.</summary>
    public static FieldText? SentByAddress(FlowContext c) =>
        HttpMethods.IsGet(c.Http.Request.Method) || HttpMethods.IsHead(c.Http.Request.Method) ? Unreadable("The form has to be sent with POST.") : null;

    /// <param name="typeOf">How the texts of a form are meant; all are texts without it.</param>
    public static async Task<(JsonObject? Body, FieldText? Unreadable)> ReadBodyAsync(FlowContext c, Func<string, FormType>? typeOf = null) => await FlowBody.ReadAsync(c.Http) switch
    {
        FlowBody.Decoded { Form: { } form } => (form.ToJson(name => name == Payload ? FormType.Json : typeOf?.Invoke(name) ?? FormType.Text), null),
        FlowBody.Decoded decoded => (decoded.Body, null),
        FlowBody.Empty => (null, Unreadable("The request has no body. Send the form's fields as JSON or as a form.")),
        FlowBody.UnsupportedType t => (null, Unreadable($"The Content-Type '{t.ContentType}' cannot be read; send application/json, application/x-www-form-urlencoded or multipart/form-data.")),
        FlowBody.Malformed m => (null, Unreadable($"The body cannot be read. {m.Fault.Text}")),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Browsers must show that the form was theirs; native apps must not look like browsers.</summary>
    public static Stop? Guard(FlowContext c, Flow flow, JsonObject body)
    {
        if (flow.IsApi) return LooksLikeBrowser(c) is { } why ? new Stop(null, new FieldText("", UiMessages.Invalid(why))) : null;
        if (LoginTrial.Of(flow) is { } trial) return trial.Fits(body["csrf_token"]?.ToString()) ? null : new Stop(Csrf.Violation(c.Http, c.Config, body["csrf_token"]?.ToString()), null);
        var token = body["csrf_token"] is JsonValue v && v.TryGetValue<string>(out var text) ? text : null;
        if (Csrf.Verify(c.Http, c.Config, token) is { } forged) return new Stop(forged, null);
        // A form that another browser began would sign this one in, or up, as whoever prepared it.
        var foreign = flow.Kind is FlowKind.Login or FlowKind.Registration && !Csrf.OwnedBy(c.Http, c.Config, flow.Csrf);
        return foreign ? new Stop(Csrf.Violation(c.Http, c.Config, token), null) : null;
    }

    /// <summary>410 with the id of the flow that takes its place; a form browser is sent there.</summary>
    public static IResult Expired(FlowContext c, Flow expired, Flow replacement)
    {
        if (!expired.IsApi && !c.IsJson) return new RedirectResult(FlowAnswers.PageOf(c, replacement));
        var since = c.Now - expired.ExpiresAt;
        return new ApiError
        {
            Code = StatusCodes.Status410Gone, Id = "self_service_flow_expired", Message = "The flow has expired",
            Reason = $"The flow expired {since.TotalMinutes:0.00} minutes ago. Go on with the one that use_flow_id names.",
            TopLevel = new JsonObject { ["expired_at"] = expired.ExpiresAt.UtcDateTime.ToString("O"), ["since"] = since.Ticks * 100, ["use_flow_id"] = replacement.Id.ToString() },
        };
    }

    private static string? LooksLikeBrowser(FlowContext c)
    {
        // Developers of native apps try them in a page; nobody else may.
        if (c.Config.Dev && Environment.GetEnvironmentVariable("DEV_DISABLE_API_FLOW_ENFORCEMENT") == "true") return null;
        if (c.Http.Request.Headers.Origin.Count > 0)
            return "The request carries the header Origin, so it was made by a page in a browser, but the flow was begun by a native app. Begin the flow as a browser's.";
        // Cloudflare puts cookies of its own on every request.
        if (c.Http.Request.Cookies.Keys.Any(name => !name.StartsWith("__cf", StringComparison.Ordinal) && !name.StartsWith("_cf", StringComparison.Ordinal) && !name.StartsWith("cf_", StringComparison.Ordinal)))
            return "The request carries the header Cookie, so it was made by a browser, but the flow was begun by a native app. Begin the flow as a browser's.";
        return null;
    }

    private static FieldText Unreadable(string why) => new("", UiMessages.Invalid(why));
}

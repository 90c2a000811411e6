using System.Text.Json;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Sessions;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Hooks;

/// <summary>
/// What a template sees as <c>ctx</c>. The request's headers are those of the allow-list, spelled as HTTP/1.1 servers do and each a
/// list; its cookies are all there, since templates are the operator's.
/// </summary>
internal sealed class WebHookContext(FlowJson flows, IdentityJson identities, SessionJson sessions)
{
    public byte[] Write(HookSubject subject, HookMoment moment) => JsonOut.ToBytes((Self: this, subject, moment), static (w, s) => s.Self.Write(w, s.subject, s.moment));

    private void Write(Utf8JsonWriter w, HookSubject subject, HookMoment moment)
    {
        var http = subject.Context.Http;
        w.WriteStartObject();
        w.WritePropertyName("flow"u8);
        flows.Write(w, subject.Flow, new FlowJson.Extras(Identity: subject.Identity, Transient: ShowsPayload(subject.Flow, moment)));
        WriteHeaders(w, http.Request.Headers, subject.Context.Config.Clients.WebHook.HeaderAllowlist);
        w.WriteString("request_method"u8, http.Request.Method);
        w.WriteString("request_url"u8, RequestUrl.Of(http));
        w.WriteStartObject("request_cookies"u8);
        foreach (var (name, value) in http.Request.Cookies) w.WriteString(name, value);
        w.WriteEndObject();
        if (subject.Identity is { } identity)
        {
            w.WritePropertyName("identity"u8);
            identities.WritePublic(w, identity);
        }
        if (subject.Session is { } session)
        {
            w.WritePropertyName("session"u8);
            sessions.Write(w, session.Identity is null && subject.Identity is { } owner ? session with { Identity = AsShown(owner) } : session, SessionView.Owner);
        }
        w.WriteEndObject();
    }

    /// <summary>Settings show it only where there is one; the other flows show an empty object for none.</summary>
    private static bool ShowsPayload(Flow flow, HookMoment moment) => moment == HookMoment.After && (flow.Kind != FlowKind.Settings || flow.TransientPayload is not null);

    private static void WriteHeaders(Utf8JsonWriter w, IHeaderDictionary headers, IReadOnlyList<string> allowed)
    {
        w.WriteStartObject("request_headers"u8);
        foreach (var name in allowed.Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (!headers.TryGetValue(name, out var values)) continue;
            w.WriteStartArray(Canonical(name));
            foreach (var value in values) w.WriteStringValue(value);
            w.WriteEndArray();
        }
        w.WriteEndObject();
    }

    /// <summary>user-agent → User-Agent.</summary>
    internal static string Canonical(string name) => string.Create(name.Length, name, static (span, from) =>
    {
        for (var i = 0; i < from.Length; i++)
            span[i] = i == 0 || from[i - 1] == '-' ? char.ToUpperInvariant(from[i]) : char.ToLowerInvariant(from[i]);
    });

    private static SessionIdentity AsShown(Identity i) => new()
    {
        Id = i.Id, SchemaId = i.SchemaId, State = i.State, StateChangedAt = i.StateChangedAt, Traits = Utf8(i.Traits), MetadataPublic = Utf8(i.MetadataPublic),
        VerifiableAddresses = Utf8(i.VerifiableAddressesJson), RecoveryAddresses = Utf8(i.RecoveryAddressesJson), AvailableAal = i.AvailableAal,
        ExternalId = i.ExternalId, OrganizationId = i.OrganizationId, CreatedAt = i.CreatedAt, UpdatedAt = i.UpdatedAt,
    };

    private static byte[] Utf8(string? text) => text is null ? [] : System.Text.Encoding.UTF8.GetBytes(text);
}

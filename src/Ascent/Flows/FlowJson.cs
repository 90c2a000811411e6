using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Flows.Login;
using Ascent.Http;
using Ascent.Identities;

namespace Ascent.Flows;

/// <summary>A flow as clients see it: one order of members for each kind.</summary>
internal sealed class FlowJson(IdentityJson identities)
{
    /// <summary>What an answer carries besides the flow itself.</summary>
    public sealed record Extras(Identity? Identity = null, JsonArray? ContinueWith = null, bool Transient = false, string? ExchangeCode = null)
    {
        public static Extras None { get; } = new();
    }

    public byte[] ToBytes(Flow flow, Extras extras) => JsonOut.ToBytes((Self: this, flow, extras), static (w, s) => s.Self.Write(w, s.flow, s.extras));

    public void Write(Utf8JsonWriter w, Flow f, Extras extras)
    {
        w.WriteStartObject();
        w.WriteString("id"u8, f.Id);
        if (f.Kind == FlowKind.Login) w.WriteNull("organization_id"u8);
        if (f.OAuth2Login is { } login)
        {
            w.WriteString("oauth2_login_challenge"u8, login.Challenge);
            if (login.Request is { } request) Property(w, "oauth2_login_request", request);
        }
        w.WriteString("type"u8, f.TypeName);
        w.WriteString("expires_at"u8, f.ExpiresAt.UtcDateTime);
        w.WriteString("issued_at"u8, f.IssuedAt.UtcDateTime);
        w.WriteString("request_url"u8, f.RequestUrl);
        if (f.ReturnTo is not null) w.WriteString("return_to"u8, f.ReturnTo);
        if (f.Active is not null) w.WriteString("active"u8, f.Active);
        w.WritePropertyName("ui"u8);
        f.Ui.Write(w);
        if (f.Kind == FlowKind.Login) WriteLogin(w, f);
        if (f.Kind == FlowKind.Settings && extras.Identity is { } identity)
        {
            w.WritePropertyName("identity"u8);
            identities.WritePublic(w, identity);
        }
        if (f.Kind is FlowKind.Registration or FlowKind.Settings) w.WriteNull("organization_id"u8);
        if (extras.ExchangeCode is not null) w.WriteString("session_token_exchange_code"u8, extras.ExchangeCode);
        w.WriteString("state"u8, f.State);
        if (LoginTrial.Of(f) is { } trial) Property(w, "test_context", trial.ToJson());
        if (extras.ContinueWith is { } next) Property(w, "continue_with", next);
        if (extras.Transient) Property(w, "transient_payload", f.TransientPayload ?? []);
        if (f.IdentitySchema is { } schema && f.Kind is FlowKind.Login or FlowKind.Registration) w.WriteString("identity_schema"u8, schema);
        w.WriteEndObject();
    }

    private static void WriteLogin(Utf8JsonWriter w, Flow f)
    {
        w.WriteString("created_at"u8, f.CreatedAt.UtcDateTime);
        w.WriteString("updated_at"u8, f.UpdatedAt.UtcDateTime);
        w.WriteBoolean("refresh"u8, f.IsRefresh);
        w.WriteString("requested_aal"u8, f.RequestedAal);
    }

    private static void Property(Utf8JsonWriter w, string name, JsonNode value)
    {
        w.WritePropertyName(name);
        value.WriteTo(w);
    }
}

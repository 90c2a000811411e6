using System.Text.Json.Nodes;
using Ascent.Flows.OAuth2;

namespace Ascent.Flows;

/// <summary>Names of what flows remember in <see cref="Flow.Data"/>. Methods keep theirs below their own name.</summary>
internal static class FlowData
{
    private const string Refresh = "refresh";
    private const string RequestedAal = "requested_aal";
    private const string IdentitySchema = "identity_schema";
    private const string TransientPayload = "transient_payload";
    private const string Via = "via";
    private const string OAuth2Challenge = "oauth2_login_challenge";
    private const string OAuth2Request = "oauth2_login_request";

    extension(Flow flow)
    {
        public bool IsRefresh { get => (bool?)flow.Data[Refresh] ?? false; set => flow.Data[Refresh] = value; }
        public string RequestedAal { get => (string?)flow.Data[RequestedAal] ?? "aal1"; set => flow.Data[RequestedAal] = value; }
        public string? IdentitySchema { get => (string?)flow.Data[IdentitySchema]; set => flow.Remember(IdentitySchema, value); }

        /// <summary>The factor's address a step-up was asked for.</summary>
        public string? Via { get => (string?)flow.Data[Via]; set => flow.Remember(Via, value); }

        /// <summary>What a client wants hooks to see; handed through, never looked at.</summary>
        public JsonObject? TransientPayload { get => flow.Data[TransientPayload] as JsonObject; set => flow.Remember(TransientPayload, value?.DeepClone()); }

        /// <summary>Hands on what belongs to the client's undertaking and not to the form, when another flow takes this one's place.</summary>
        public void CarryTo(Flow other)
        {
            foreach (var name in (ReadOnlySpan<string>)[IdentitySchema, TransientPayload, OAuth2Challenge, OAuth2Request])
                if (flow.Data[name] is { } value) other.Data[name] = value.DeepClone();
        }

        /// <summary>The OAuth2 client's wish that this flow fulfils.</summary>
        public OAuth2Login? OAuth2Login
        {
            get => (string?)flow.Data[OAuth2Challenge] is { } challenge ? new OAuth2Login(challenge, flow.Data[OAuth2Request] as JsonObject) : null;
            set
            {
                if (value is null) return;
                flow.Data[OAuth2Challenge] = value.Challenge;
                if (value.Request is { } request) flow.Data[OAuth2Request] = request.DeepClone();
            }
        }

        /// <summary>Nothing to remember leaves no name behind: the data stay as they were, and need not be written again.</summary>
        private void Remember(string name, JsonNode? value)
        {
            if (value is null) flow.Data.Remove(name);
            else flow.Data[name] = value;
        }

        /// <summary>A method's own memory in this flow; made on first use.</summary>
        public JsonObject MemoryOf(string method)
        {
            if (flow.Data[method] is JsonObject known) return known;
            var fresh = new JsonObject();
            flow.Data[method] = fresh;
            return fresh;
        }
    }
}

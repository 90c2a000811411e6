using System.Text.Json.Nodes;
using Ascent.Crypto;
using Ascent.Events;
using Ascent.Flows;
using Ascent.Flows.Login;
using Ascent.Identities;
using Ascent.Methods.Oidc.Providers;
using Ascent.Sessions;

namespace Ascent.Methods.Oidc;

/// <summary>
/// An account at a provider that waits in a login flow until the owner of its address has signed in. It holds the provider's
/// tokens and is encrypted, bound to its flow.
/// </summary>
internal sealed class PendingLinks(Ciphers ciphers)
{
    private const string Purpose = "oidc-link", Member = "link";

    public void Put(Flow flow, Guid owner, UpstreamUser user, DateTimeOffset now) => flow.MemoryOf(OidcNodes.Name)[Member] = ciphers.AtRest.Encrypt(Purpose, new JsonObject
    {
        ["owner"] = owner, ["item"] = ProviderLinks.Item(user), ["proven_at"] = now, ["acr"] = user.Acr, ["amr"] = new JsonArray([.. user.Amr.Select(a => (JsonNode)a)]),
    }.ToJsonString(), flow.Id.ToString("N"));

    public static bool Has(Flow flow) => flow.Data[OidcNodes.Name] is JsonObject memory && memory.ContainsKey(Member);

    public LoginCargo? Find(Flow flow)
    {
        if (!Has(flow) || ciphers.AtRest.Decrypt(Purpose, (string)flow.MemoryOf(OidcNodes.Name)[Member]!, flow.Id.ToString("N")) is not { } json) return null;
        var kept = JsonNode.Parse(json)!.AsObject();
        var item = kept["item"]!.AsObject();
        var method = new AuthenticationMethod
        {
            Method = OidcNodes.Name, Aal = SessionAal.Aal1, CompletedAt = (DateTimeOffset)kept["proven_at"]!, Provider = (string)item["provider"]!, Organization = (string?)item["organization"],
            UpstreamAcr = (string?)kept["acr"], UpstreamAmr = kept["amr"] is JsonArray { Count: > 0 } amr ? [.. amr.Select(a => (string)a!)] : null,
        };
        return new LoginCargo((Guid)kept["owner"]!, method, state => Add(state, item));
    }

    /// <summary>The identity with the link; one that has it already stays as it is.</summary>
    public static IdentityEdit.Apply Add(IdentityState state, JsonObject item)
    {
        var draft = IdentityDraft.From(state) with { ReadTraits = false };
        var known = state.Credentials.GetValueOrDefault(CredentialTypes.Oidc);
        if (ProviderLinks.Of(known).Contains(((string)item["provider"]!, (string)item["subject"]!))) return new IdentityEdit.Apply(draft);
        return new IdentityEdit.Apply(draft.With(CredentialTypes.Oidc, ProviderLinks.Add(known, item)))
        {
            Event = new Event("identity.credential_set") { Actor = "self", IdentityId = state.Identity.Id, Data = new JsonObject { ["type"] = CredentialTypes.Oidc, ["provider"] = (string)item["provider"]! } },
        };
    }
}

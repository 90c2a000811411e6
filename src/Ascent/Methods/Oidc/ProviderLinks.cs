using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Identities;
using Ascent.Methods.Oidc.Providers;

namespace Ascent.Methods.Oidc;

/// <summary>The accounts at providers that an identity signs in with, as its credential has them. Their tokens are sealed where they are stored.</summary>
internal static class ProviderLinks
{
    private const string List = "providers";

    /// <summary>Provider and subject of each.</summary>
    public static IReadOnlyList<(string Provider, string Subject)> Of(Credential? credential) => credential is null ? [] :
        [.. Items(credential.Config).Select(i => ((string?)i["provider"] ?? "", (string?)i["subject"] ?? ""))];

    public static bool Has(IdentityState state, string provider) => Of(state.Credentials.GetValueOrDefault(CredentialTypes.Oidc)).Any(l => l.Provider == provider);

    /// <summary>The providers that are configured and linked, in the configuration's order.</summary>
    public static IEnumerable<OidcProvider> Linked(IdentityState state, AscentConfig config) => OidcNodes.Offered(config).Where(p => Has(state, p.Id));

    public static JsonObject Item(UpstreamUser user)
    {
        var item = new JsonObject
        {
            ["initial_id_token"] = user.IdToken, ["initial_access_token"] = user.AccessToken, ["initial_refresh_token"] = user.RefreshToken, ["subject"] = user.Subject, ["provider"] = user.Provider.Id,
        };
        if (user.Provider.OrganizationId is { } organization) item["organization"] = organization;
        return item;
    }

    /// <summary>The credential's config with one more link.</summary>
    public static string Add(Credential? credential, JsonObject item) => Config([.. credential is null ? [] : Items(credential.Config), item]);

    /// <summary>The config without a provider's link; an empty list stays, as it always did.</summary>
    public static string Remove(Credential credential, string provider) => Config([.. Items(credential.Config).Where(i => (string?)i["provider"] != provider)]);

    private static IEnumerable<JsonObject> Items(string config) => JsonNode.Parse(config, null, new JsonDocumentOptions { MaxDepth = 64 })?[List] is JsonArray list ? list.OfType<JsonObject>() : [];

    private static string Config(IEnumerable<JsonObject> items) => new JsonObject { [List] = new JsonArray([.. items.Select(i => i.DeepClone())]) }.ToJsonString();
}

using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Flows;
using Ascent.Http;
using Ascent.Methods.Oidc.Providers;
using Microsoft.Extensions.Logging;

namespace Ascent.Methods.Oidc;

/// <summary>Where the browser goes, or why it cannot.</summary>
internal readonly record struct OidcDeparture(string? Url, ApiError? Error);

/// <summary>Sends a browser to a provider.</summary>
internal sealed partial class OidcStart(ProviderClient client, OidcAttempts attempts, ILogger<OidcStart> log)
{
    public const string CallbackPath = "/self-service/methods/oidc/callback";

    /// <param name="keeps">What the form sent along, for when the browser is back.</param>
    public async Task<OidcDeparture> BeginAsync(FlowContext c, Flow flow, OidcProvider provider, JsonNode? upstream, JsonObject keeps)
    {
        if (!AreParameters(upstream)) return new OidcDeparture(null, ApiError.BadRequest("The field upstream_parameters must be an object of texts."));
        var state = OidcAttempts.New(flow, provider);
        var redirect = RedirectUri(c.Config, provider);
        try
        {
            var ask = new AuthorizationAsk(redirect, attempts.Seal(state), upstream as JsonObject, Again: flow.Kind == FlowKind.Login && flow.IsRefresh);
            var to = await client.AuthorizeAsync(provider, ask, c.Ct);
            await attempts.KeepAsync(c, state, new OidcAttempt(redirect, to.Verifier, to.Nonce, keeps, c.Now), flow.ExpiresAt - c.Now);
            return new OidcDeparture(to.Url, null);
        }
        catch (ProviderException e)
        {
            CannotBegin(provider.Id, e.Message);
            return new OidcDeparture(null, e.ToError());
        }
    }

    private static bool AreParameters(JsonNode? sent) => sent is null || (sent is JsonObject all && all.All(p => p.Value is null || p.Value.GetValueKind() == JsonValueKind.String));

    /// <summary>Where a provider sends browsers back to. Forced proof keys come with one address for all providers, as they always did.</summary>
    public static string RedirectUri(AscentConfig config, OidcProvider provider)
    {
        var root = (config.SelfService.Methods.Oidc.Config.BaseRedirectUri ?? config.Serve.Public.BaseUrl).TrimEnd('/');
        return root + CallbackPath + (provider.Pkce == PkceMode.Force ? "" : "/" + Uri.EscapeDataString(provider.Id));
    }

    [LoggerMessage(1, LogLevel.Warning, "Nobody can be sent to provider {Provider}: {Why}")]
    private partial void CannotBegin(string provider, string why);
}

using System.Runtime.CompilerServices;
using Ascent.Config;
using Ascent.Jsonnet;
using Ascent.Methods.Oidc.Providers;

namespace Ascent.Methods.Oidc;

/// <summary>
/// What social sign-in needs of a configuration, looked at before it comes into force: providers of kinds that are there, with
/// what they need, and their mappers. A mapper lives as long as the provider's settings: a request that began under the former
/// configuration still finds its own.
/// </summary>
internal sealed class OidcPart(ConfigReferences references, Templates templates) : IConfigPart
{
    private readonly ConditionalWeakTable<OidcProvider, Template> mappers = [];

    /// <summary>Null where the document is no mapper: the provider alone cannot be used then.</summary>
    public Template? MapperOf(OidcProvider provider) => mappers.TryGetValue(provider, out var mapper) ? mapper : null;

    public async Task<PreparedPart> PrepareAsync(AscentConfig next, CancellationToken ct)
    {
        var (faults, tolerated) = (new List<ConfigFault>(), new List<ConfigFault>());
        if (!next.SelfService.Methods.Oidc.Enabled) return PreparedPart.Faulty(faults);
        var providers = next.SelfService.Methods.Oidc.Config.Providers;
        for (var i = 0; i < providers.Count; i++)
        {
            var path = $"selfservice.methods.oidc.config.providers.{i}";
            faults.AddRange(Faults(providers[i], path));
            await PrepareAsync(providers[i], $"{path}.mapper_url", next.Clients.Http, faults, tolerated, ct);
        }
        return PreparedPart.Faulty(faults) with { Tolerated = tolerated };
    }

    private static IEnumerable<ConfigFault> Faults(OidcProvider provider, string path)
    {
        if (ProviderKinds.Find(provider.Provider) is not { } kind)
        {
            yield return new ConfigFault($"{path}.provider", $"is not there yet; there are {ProviderKinds.Names}. A provider that speaks OpenID Connect can be had as generic");
            yield break;
        }
        if (kind.Issuer is "" && provider.IssuerUrl is null) yield return new ConfigFault($"{path}.issuer_url", "is required by this provider: without it nobody says which keys its tokens are signed by");
        if (provider.Provider == OidcProviderKind.Apple && provider.ApplePrivateKey is { } key && !ClientSecrets.IsAppleKey(key.Value))
            yield return new ConfigFault($"{path}.apple_private_key", "is no private key on the curve P-256 in PEM, as Apple gives it");
        if (provider.Provider is not (OidcProviderKind.Apple or OidcProviderKind.Generic) && string.IsNullOrEmpty(provider.ClientSecret?.Value))
            yield return new ConfigFault($"{path}.client_secret", "is required by this provider");
    }

    private async Task PrepareAsync(OidcProvider provider, string path, HttpClientConfig limits, List<ConfigFault> faults, List<ConfigFault> tolerated, CancellationToken ct)
    {
        try
        {
            switch (await templates.ReadAsync(await references.FetchAsync(provider.MapperUrl, limits, ct), ct))
            {
                case TemplateResult.Good good: mappers.AddOrUpdate(provider, good.Template); break;
                // One file's own mistake must not keep everybody else from signing in when the server is started again.
                case TemplateResult.Faulty { IsItsOwn: true } faulty: tolerated.Add(new ConfigFault(path, $"{faulty.Message}. Nobody can sign in by provider {provider.Id} until it is put right")); break;
                case TemplateResult.Faulty faulty: faults.Add(new ConfigFault(path, faulty.Message)); break;
                default: throw new System.Diagnostics.UnreachableException();
            }
        }
        catch (ConfigReferenceException e)
        {
            faults.Add(new ConfigFault(path, e.Message));
        }
    }
}

using System.Collections.Frozen;
using Ascent.Config;
using Ascent.Jose;
using Ascent.Jsonnet;

namespace Ascent.Sessions.Tokenizer;

/// <summary>A template with everything it needs at hand; without a key where ours signs for it.</summary>
internal sealed record ReadyTemplate(string Name, TokenizerTemplate Settings, string Issuer, Jwk? Key, Template? Mapper);

/// <summary>All templates of one configuration: keys parsed, mappers read. Those with a fault are left out and told.</summary>
internal sealed record TokenizerTemplates(FrozenDictionary<string, ReadyTemplate> Ready, IReadOnlyList<ConfigFault> Faults)
{
    private static readonly string NoKey = $"has no private key that names its algorithm; alg must be one of {string.Join(", ", JwsAlgorithm.All)}";

    public static async Task<TokenizerTemplates> ReadAsync(AscentConfig config, ConfigReferences references, Templates templates, CancellationToken ct)
    {
        var ready = new Dictionary<string, ReadyTemplate>(StringComparer.Ordinal);
        var faults = new List<ConfigFault>();
        foreach (var (name, settings) in config.Session.Whoami.Tokenizer.Templates.Where(t => t.Value.Enabled))
        {
            var path = $"session.whoami.tokenizer.templates.{name}";
            var key = await ReadKeyAsync(settings, $"{path}.jwks_url", references, config.Clients.Http, faults, ct);
            var mapper = await ReadMapperAsync(settings, $"{path}.claims_mapper_url", references, config.Clients.Http, templates, faults, ct);
            if ((key is not null || settings.OwnKey) && (mapper is not null || settings.ClaimsMapperUrl is null))
                ready.Add(name, new ReadyTemplate(name, settings, settings.Claims.Issuer ?? Issuer(config), key, mapper));
        }
        return new TokenizerTemplates(ready.ToFrozenDictionary(StringComparer.Ordinal), faults);
    }

    private static string Issuer(AscentConfig config) => config.Serve.Public.BaseUrl is [.., '/'] ? config.Serve.Public.BaseUrl : config.Serve.Public.BaseUrl + "/";

    private static async Task<Jwk?> ReadKeyAsync(TokenizerTemplate settings, string path, ConfigReferences references, HttpClientConfig limits, List<ConfigFault> faults, CancellationToken ct)
    {
        if (settings.JwksUrl is null) return null;
        if (await FetchAsync(settings.JwksUrl, path, references, limits, faults, ct) is not { } document) return null;
        var set = JwkSet.Parse(document);
        foreach (var fault in set.Faults) faults.Add(new ConfigFault(path, fault.ToString()));
        if (set.Faults.Count > 0) return null;
        var key = set.Keys.FirstOrDefault(k => k.CanSign);
        if (key is null) faults.Add(new ConfigFault(path, NoKey));
        return key;
    }

    private static async Task<Template?> ReadMapperAsync(TokenizerTemplate settings, string path, ConfigReferences references, HttpClientConfig limits, Templates templates, List<ConfigFault> faults, CancellationToken ct)
    {
        if (settings.ClaimsMapperUrl is null) return null;
        if (await FetchAsync(settings.ClaimsMapperUrl, path, references, limits, faults, ct) is not { } document) return null;
        switch (await templates.ReadAsync(document, ct))
        {
            case TemplateResult.Good good:
                return good.Template;
            case TemplateResult.Faulty faulty:
                faults.Add(new ConfigFault(path, faulty.Message));
                return null;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static async Task<byte[]?> FetchAsync(string reference, string path, ConfigReferences references, HttpClientConfig limits, List<ConfigFault> faults, CancellationToken ct)
    {
        try
        {
            return await references.FetchAsync(reference, limits, ct);
        }
        catch (ConfigReferenceException e)
        {
            faults.Add(new ConfigFault(path, e.Message));
            return null;
        }
    }
}

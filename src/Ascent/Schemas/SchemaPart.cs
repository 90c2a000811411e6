using Ascent.Config;

namespace Ascent.Schemas;

/// <summary>Loads and compiles the configured schemas whenever the configuration changes.</summary>
internal sealed class SchemaPart(ConfigReferences references) : IConfigPart
{
    private SchemaStore? store;

    /// <summary>There once the first configuration was prepared and came into force.</summary>
    public SchemaStore Store => store ?? throw new InvalidOperationException("No configuration is in force yet.");

    public async Task<PreparedPart> PrepareAsync(AscentConfig next, CancellationToken ct)
    {
        var sources = next.Identity.Schemas.Select(s => new SchemaSource(s.Id, s.Url, s.SelfserviceSelectable)).ToArray();
        var options = new SchemaLoadOptions
        {
            DisallowRef = next.Security.DisallowRefInIdentitySchemas, WorkingDirectory = Directory.GetCurrentDirectory(), Fetch = (url, token) => FetchAsync(url, next.Clients.Http, token),
        };
        var result = await SchemaRegistry.LoadAsync(sources, next.Identity.DefaultSchemaId, options, ct);
        return result.Registry is not { } registry
            ? PreparedPart.Faulty([.. result.Issues.Select(i => new ConfigFault(i.Path, i.Message))])
            : new PreparedPart([], () =>
            {
                if (store is null) store = new SchemaStore(registry);
                else store.Replace(registry);
            });
    }

    private async Task<byte[]> FetchAsync(string url, HttpClientConfig limits, CancellationToken ct)
    {
        try
        {
            return await references.FetchAsync(url, limits, ct);
        }
        catch (ConfigReferenceException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}

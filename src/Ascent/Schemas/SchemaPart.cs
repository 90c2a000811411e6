using System.Globalization;
using Ascent.Config;
using Ascent.Http;

namespace Ascent.Schemas;

/// <summary>
/// Loads and compiles the configured schemas whenever the configuration changes. A host that is away is no fault where a copy of
/// what it answered before was kept; one that answers that there is no such schema is.
/// </summary>
internal sealed class SchemaPart(ConfigReferences references) : IConfigPart
{
    private SchemaStore? store;

    /// <summary>Where there is no database, there are no copies.</summary>
    public SchemaCopies? Copies { get; set; }

    /// <summary>There once the first configuration was prepared and came into force.</summary>
    public SchemaStore Store => store ?? throw new InvalidOperationException("No configuration is in force yet.");

    public async Task<PreparedPart> PrepareAsync(AscentConfig next, CancellationToken ct)
    {
        // Told by the key itself.
        if (next.Identity.Schemas.Count == 0) return PreparedPart.Faulty([]);
        var sources = next.Identity.Schemas.Select(s => new SchemaSource(s.Id, s.Url, s.SelfserviceSelectable)).ToArray();
        var round = new Round(references, Copies, next.Clients.Http);
        var options = new SchemaLoadOptions { DisallowRef = next.Security.DisallowRefInIdentitySchemas, WorkingDirectory = Directory.GetCurrentDirectory(), Fetch = round.FetchAsync };
        var result = await SchemaRegistry.LoadAsync(sources, next.Identity.DefaultSchemaId, options, ct);
        if (result.Registry is not { } registry) return PreparedPart.Faulty([.. result.Issues.Select(i => new ConfigFault(i.Path, i.Message))]);
        return new PreparedPart([], () => Take(registry, round.Away.Count))
        {
            Warnings = [.. round.Away.Select(a => new ConfigWarning("identity.schemas", a))],
            Afterwards = Copies is { } copies && round.Fetched.Count > 0 ? token => copies.KeepAsync(round.Fetched, token) : null,
        };
    }

    private void Take(SchemaRegistry registry, int copies)
    {
        if (store is null) store = new SchemaStore(registry);
        else store.Replace(registry);
        store.FromCopies = copies;
    }

    /// <summary>One loading of all schemas: what was fetched, and which hosts were away.</summary>
    private sealed class Round(ConfigReferences references, SchemaCopies? copies, HttpClientConfig limits)
    {
        public Dictionary<string, byte[]> Fetched { get; } = new(StringComparer.Ordinal);
        public List<string> Away { get; } = [];

        public async Task<byte[]> FetchAsync(string url, CancellationToken ct)
        {
            try
            {
                return Fetched[url] = await references.FetchAsync(url, limits, ct);
            }
            catch (ConfigReferenceException e)
            {
                if (!e.HostIsAway || IsForbidden(e) || copies is null || await copies.FindAsync(url, ct) is not { } copy) throw new IOException(e.Message, e);
                Away.Add(string.Create(CultureInfo.InvariantCulture, $"{e.Message}; the copy of {copy.FetchedAt:yyyy-MM-dd HH:mm:ss}Z is used until the next start or reload"));
                return copy.Content;
            }
        }

        private static bool IsForbidden(Exception? e) => e is ForbiddenAddressException || (e is not null && IsForbidden(e.InnerException));
    }
}

using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Ascent.Jose;

namespace Ascent.Methods.Oidc.Providers;

/// <summary>What a provider says of itself (OpenID Connect Discovery 1.0, 3).</summary>
internal sealed record ProviderMetadata
{
    public required string Issuer { get; init; }
    public required string AuthUrl { get; init; }
    public required string TokenUrl { get; init; }
    public required string KeysUrl { get; init; }
    public string? UserUrl { get; init; }
    public bool HasPkce { get; init; }

    /// <summary>It lists auth_time among its claims.</summary>
    public bool TellsWhen { get; init; }

    /// <summary>How clients may authenticate at the token endpoint; empty where it does not say, which means Basic.</summary>
    public IReadOnlyList<string> TokenAuth { get; init; } = [];
}

/// <summary>
/// Providers' metadata and keys, kept for an hour. A key that is not known yet has them fetched anew, once in a while; a provider
/// that does not answer keeps what it said last, for a day.
/// </summary>
internal sealed class Discovery(ProviderHttp http, TimeProvider time)
{
    private const int MostKept = 1000;
    private static readonly TimeSpan Fresh = TimeSpan.FromHours(1), Usable = TimeSpan.FromDays(1), Pause = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Entry<ProviderMetadata>> metadata = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Entry<JwkSet>> keys = new(StringComparer.Ordinal);

    /// <param name="anyIssuer">The document speaks for many issuers and names a pattern.</param>
    public Task<ProviderMetadata> MetadataAsync(string issuer, bool anyIssuer, CancellationToken ct) =>
        GetAsync(metadata, issuer, Fresh, async token => Read(issuer, anyIssuer, await http.GetAsync(issuer.TrimEnd('/') + "/.well-known/openid-configuration", token)), ct);

    public Task<JwkSet> KeysAsync(string url, CancellationToken ct) => GetAsync(keys, url, Fresh, token => FetchKeysAsync(url, token), ct);

    /// <summary>The keys as they are now, unless they were fetched only moments ago.</summary>
    public Task<JwkSet> NewKeysAsync(string url, CancellationToken ct) => GetAsync(keys, url, Pause, token => FetchKeysAsync(url, token), ct);

    private async Task<JwkSet> FetchKeysAsync(string url, CancellationToken ct)
    {
        var answer = await http.GetAsync(url, ct);
        var set = answer.IsGood ? JwkSet.Parse(answer.Body) : null;
        if (set is null || set.Faults.Any(f => f.Path.Length == 0)) throw new ProviderException($"The provider at {new Uri(url).Host} has no key set where it says.");
        return set;
    }

    private static ProviderMetadata Read(string issuer, bool anyIssuer, ProviderAnswer answer)
    {
        if (!answer.IsGood || answer.Json() is not JsonObject json) throw Wrong($"answered {answer.Status} and no description of itself");
        var named = StandardClaims.TextOf(json, "issuer");
        if (!anyIssuer && named?.TrimEnd('/') != issuer.TrimEnd('/')) throw Wrong("describes another issuer than the configuration has");
        return new ProviderMetadata
        {
            Issuer = named ?? issuer, AuthUrl = Endpoint("authorization_endpoint")!, TokenUrl = Endpoint("token_endpoint")!, KeysUrl = Endpoint("jwks_uri")!, UserUrl = Endpoint("userinfo_endpoint", optional: true),
            HasPkce = StandardClaims.TextsOf(json, "code_challenge_methods_supported").Contains("S256"), TellsWhen = StandardClaims.TextsOf(json, "claims_supported").Contains("auth_time"), TokenAuth = StandardClaims.TextsOf(json, "token_endpoint_auth_methods_supported"),
        };

        string? Endpoint(string name, bool optional = false)
        {
            var url = StandardClaims.TextOf(json, name);
            if (url is null && optional) return null;
            var secure = issuer.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
            return Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == "https" || (uri.Scheme == "http" && !secure)) ? url : throw Wrong($"does not say where its {name} is");
        }

        ProviderException Wrong(string what) => new($"The provider at {new Uri(issuer).Host} {what}.");
    }

    private async Task<T> GetAsync<T>(ConcurrentDictionary<string, Entry<T>> kept, string key, TimeSpan age, Func<CancellationToken, Task<T>> fetch, CancellationToken ct) where T : class
    {
        if (kept.Count > MostKept) kept.Clear();
        var entry = kept.GetOrAdd(key, static _ => new Entry<T>());
        if (entry.Value is { } known && time.GetUtcNow() - entry.At < age) return known;
        // One asks for all that wait.
        await entry.Turn.WaitAsync(ct);
        try
        {
            if (entry.Value is { } fresh && time.GetUtcNow() - entry.At < age) return fresh;
            try
            {
                var value = await fetch(ct);
                (entry.Value, entry.At) = (value, time.GetUtcNow());
                return value;
            }
            catch (ProviderException) when (entry.Value is not null && time.GetUtcNow() - entry.At < Usable)
            {
                return entry.Value;
            }
        }
        finally
        {
            entry.Turn.Release();
        }
    }

    private sealed class Entry<T> where T : class
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);
        public T? Value { get; set; }
        public DateTimeOffset At { get; set; }
    }
}

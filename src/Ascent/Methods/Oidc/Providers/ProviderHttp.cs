using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Http;

namespace Ascent.Methods.Oidc.Providers;

/// <summary>What a provider answered. The body is small and was read whole.</summary>
internal sealed record ProviderAnswer(int Status, byte[] Body)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public bool IsGood => Status is >= 200 and < 300;

    /// <summary>Null where it is no JSON without duplicate members.</summary>
    public JsonNode? Json()
    {
        try
        {
            return JsonNode.Parse(Body, null, Strict);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>The one way to providers: by the client that keeps away from private addresses, bounded in time and size. Follows no redirects.</summary>
internal sealed class ProviderHttp(OutboundClient client, ConfigStore config, TimeProvider time)
{
    private const int MostBytes = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public Task<ProviderAnswer> GetAsync(string url, CancellationToken ct) => SendAsync(new HttpRequestMessage(HttpMethod.Get, url), ct);

    public Task<ProviderAnswer> GetAsync(string url, string accessToken, CancellationToken ct) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", accessToken) } }, ct);

    /// <exception cref="ProviderException">There was no answer, or one that is too large. Names the host and nothing else.</exception>
    public async Task<ProviderAnswer> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var host = request.RequestUri!.Host;
        try
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            request.Headers.TryAddWithoutValidation("User-Agent", "Ascent");
            using (request)
            {
                using var response = await client.SendAsync(request, config.Current.Clients.Http, either.Token);
                return new ProviderAnswer((int)response.StatusCode, await ReadAsync(response.Content, host, either.Token));
            }
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new ProviderException($"The provider at {host} did not answer in time. Please try again later.", inner: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ProviderException($"The provider at {host} cannot be reached. Please try again later.", inner: e);
        }
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, string host, CancellationToken ct)
    {
        await using var stream = await content.ReadAsStreamAsync(ct);
        using var all = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0;)
        {
            if (all.Length + read > MostBytes) throw new ProviderException($"The provider at {host} answered more than is read.");
            all.Write(buffer, 0, read);
        }
        return all.ToArray();
    }
}

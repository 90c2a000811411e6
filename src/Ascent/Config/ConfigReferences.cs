using System.Buffers.Text;

namespace Ascent.Config;

/// <summary>A document that could not be had. The message names the reference without what may be secret in it.</summary>
internal sealed class ConfigReferenceException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The host is away or in trouble: it said nothing about the document.</summary>
    public bool HostIsAway { get; init; }
}

/// <summary>Sends a request within the limits of a configuration. Follows no redirects.</summary>
internal delegate Task<HttpResponseMessage> OutboundSend(HttpRequestMessage request, HttpClientConfig limits, CancellationToken ct);

/// <summary>
/// Documents by reference: file:// (relative to the working directory, as file://./x, file://x or file:///x; a bare path is
/// taken as well), base64:// and http(s)://. Bounded in size and time. A redirect
/// is followed as far as the next address may be reached.
/// </summary>
internal sealed class ConfigReferences(OutboundSend send, TimeProvider time)
{
    public const int MaxBytes = 5 * 1024 * 1024;

    private const int MostRedirects = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task<byte[]> FetchAsync(string reference, HttpClientConfig limits, CancellationToken ct)
    {
        if (After(reference, "base64://") is { } data) return Base64(data);
        if (reference.StartsWith("http://", StringComparison.Ordinal) || reference.StartsWith("https://", StringComparison.Ordinal)) return await GetAsync(reference, limits, ct);
        var path = After(reference, "file://") ?? reference;
        if (path.Contains("://", StringComparison.Ordinal)) throw new ConfigReferenceException($"{Shown(reference)}: must begin with file://, base64://, http:// or https://");
        try
        {
            await using var file = File.OpenRead(path);
            return await ReadAsync(file, reference, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigReferenceException($"{reference}: cannot be read: {e.Message}", e);
        }
    }

    private async Task<byte[]> GetAsync(string url, HttpClientConfig limits, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var timer = time.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), limit, Patience, Timeout.InfiniteTimeSpan);
        try
        {
            using var response = await AskAsync(new Uri(url), limits, limit.Token);
            if (!response.IsSuccessStatusCode) throw new ConfigReferenceException($"{Shown(url)}: answered {(int)response.StatusCode}") { HostIsAway = (int)response.StatusCode is 429 or >= 500 };
            await using var body = await response.Content.ReadAsStreamAsync(limit.Token);
            return await ReadAsync(body, url, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new ConfigReferenceException($"{Shown(url)}: did not answer within {GoDuration.Format(Patience)}") { HostIsAway = true };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException)
        {
            throw new ConfigReferenceException($"{Shown(url)}: cannot be reached: {e.Message}", e) { HostIsAway = e is not UriFormatException };
        }
    }

    private async Task<HttpResponseMessage> AskAsync(Uri url, HttpClientConfig limits, CancellationToken ct)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            var response = await send(request, limits, ct);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } next || redirects == MostRedirects) return response;
            next = new Uri(url, next);
            if (next.Scheme != "https" && next.Scheme != url.Scheme) return response;
            response.Dispose();
            url = next;
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, string reference, CancellationToken ct)
    {
        using var content = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0;)
        {
            if (content.Length + read > MaxBytes) throw new ConfigReferenceException($"{Shown(reference)}: is larger than {MaxBytes / 1024 / 1024} MiB");
            content.Write(buffer, 0, read);
        }
        return content.ToArray();
    }

    private static byte[] Base64(string data)
    {
        try
        {
            return data.AsSpan().ContainsAny('+', '/') ? Convert.FromBase64String(data.PadRight((data.Length + 3) / 4 * 4, '=')) : Base64Url.DecodeFromChars(data);
        }
        catch (FormatException e)
        {
            throw new ConfigReferenceException("base64://…: what follows is not base64", e);
        }
    }

    private static string? After(string text, string prefix) => text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : null;

    private static string Shown(string reference) =>
        Uri.TryCreate(reference, UriKind.Absolute, out var uri) && uri.UserInfo.Length + uri.Query.Length > 0 ? $"{uri.Scheme}://{uri.Authority}{uri.AbsolutePath}" : reference;
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ascent.Config;
using Ascent.Http;
using Microsoft.Extensions.Logging;

namespace Ascent.Methods.Password;

/// <summary>
/// Asks a range API of leaked passwords. It is told the first five digits of the password's SHA-1 and answers with the rest of
/// all that begin so, so that it never learns which one was meant; answers are padded, so that their size does not tell either.
/// </summary>
internal sealed partial class LeakedPasswords(OutboundClient client, TimeProvider time, ILogger<LeakedPasswords> log)
{
    private const int PrefixLength = 5;

    /// <summary>A padded answer has about a thousand lines of 40 characters.</summary>
    private const int MostBytes = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>How often the password has leaked; null where there was no answer.</summary>
    /// <param name="host">A host, with a port or not, asked by https; or a base address with its scheme, for a copy of one's own.</param>
    public async Task<long?> CountAsync(string password, string host, HttpClientConfig config, CancellationToken ct)
    {
        var digest = Digest(password);
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Address(host, digest[..PrefixLength]));
            request.Headers.TryAddWithoutValidation("Add-Padding", "true");
            request.Headers.TryAddWithoutValidation("User-Agent", "Ascent");
            using var response = await client.SendAsync(request, config, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                NoAnswer(host, $"status {(int)response.StatusCode}");
                return null;
            }
            await using var body = await response.Content.ReadAsStreamAsync(either.Token);
            return await FindAsync(body, digest[PrefixLength..], either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            NoAnswer(host, $"none within {Patience.TotalSeconds} s");
            return null;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UriFormatException)
        {
            NoAnswer(host, e is HttpRequestException { HttpRequestError: var error } ? error.ToString() : e.Message);
            return null;
        }
    }

    private static Uri Address(string host, string prefix) => new($"{(host.Contains("://", StringComparison.Ordinal) ? "" : "https://")}{host.TrimEnd('/')}/range/{prefix}");

    /// <summary>Lines are <c>SUFFIX:COUNT</c>; padding has the count 0.</summary>
    private static async Task<long?> FindAsync(Stream body, string suffix, CancellationToken ct)
    {
        using var reader = new StreamReader(body, Encoding.ASCII);
        var read = 0;
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            read += line.Length + 1;
            if (read > MostBytes) throw new IOException("the answer is too long");
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon == suffix.Length && line.AsSpan(0, colon).Equals(suffix, StringComparison.OrdinalIgnoreCase))
                return long.TryParse(line.AsSpan(colon + 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : 1;
        }
        return 0;
    }

    private static string Digest(string password) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));

    [LoggerMessage(1, LogLevel.Warning, "The range API of leaked passwords at {Host} gave no answer: {Why}")]
    private partial void NoAnswer(string host, string why);
}

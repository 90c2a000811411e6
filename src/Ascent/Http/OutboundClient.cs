using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Ascent.Config;

namespace Ascent.Http;

/// <summary>
/// Sends requests to addresses that the configuration gave. Where private ranges are disallowed, the resolved address is looked
/// at when the connection is made, and the connection goes to just that address: a name that changes its mind between look and
/// connection gains nothing. Exceptions have connections of their own, which no other request can come to use. Follows no
/// redirects, keeps no cookies.
/// </summary>
internal sealed class OutboundClient : IDisposable
{
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new(StringComparer.Ordinal);

    private readonly HttpMessageInvoker open = new(Handler(guarded: false));
    private readonly HttpMessageInvoker guarded = new(Handler(guarded: true));

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpClientConfig config, CancellationToken ct) =>
        (config.DisallowPrivateIpRanges && !IsException(request.RequestUri!, config.PrivateIpExceptionUrls) ? guarded : open).SendAsync(request, ct);

    public void Dispose()
    {
        open.Dispose();
        guarded.Dispose();
    }

    /// <summary>Compared without query and fragment; <c>*</c> stands for what has neither dot nor slash, <c>**</c> for anything.</summary>
    internal static bool IsException(Uri url, IReadOnlyList<string> patterns)
    {
        if (patterns.Count == 0 || url.UserInfo.Length > 0) return false;
        var text = url.GetComponents(UriComponents.Scheme | UriComponents.Host | UriComponents.Port | UriComponents.Path, UriFormat.UriEscaped);
        return patterns.Any(p => Patterns.GetOrAdd(p, Pattern).IsMatch(text));
    }

    private static Regex Pattern(string glob)
    {
        var text = new StringBuilder("^");
        for (var i = 0; i < glob.Length; i++)
            if (glob[i] == '*' && i + 1 < glob.Length && glob[i + 1] == '*')
            {
                text.Append(".*");
                i++;
            }
            else text.Append(glob[i] == '*' ? "[^./]*" : Regex.Escape(glob[i].ToString()));
        return new Regex(text.Append('$').ToString(), RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline, TimeSpan.FromSeconds(1));
    }

    private static SocketsHttpHandler Handler(bool guarded)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10),
            // Names move: a connection is not kept for longer than that.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), MaxConnectionsPerServer = 64,
        };
        if (!guarded) return handler;
        // A proxy would resolve the name itself, after us and perhaps otherwise.
        handler.UseProxy = false;
        handler.ConnectCallback = static async (context, ct) =>
            new NetworkStream(await OutboundConnection.OpenAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, guarded: true, ct), ownsSocket: true);
        return handler;
    }
}

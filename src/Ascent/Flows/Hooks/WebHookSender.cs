using System.Diagnostics;
using System.Buffers;
using Ascent.Config;
using Ascent.Http;
using Microsoft.Extensions.Logging;

namespace Ascent.Flows.Hooks;

/// <summary>How it ended to send a request.</summary>
internal abstract record WebHookReply
{
    private WebHookReply() { }

    /// <param name="Body">Empty where nobody wants it.</param>
    public sealed record Answered(int Status, byte[] Body) : WebHookReply;

    /// <summary>No answer in time.</summary>
    public sealed record Overdue : WebHookReply;

    /// <summary>No connection, or an answer that is larger than it may be.</summary>
    public sealed record Unusable(string Why) : WebHookReply;
}

/// <summary>
/// Sends a request and sends it again, with growing pauses, where there was no connection or the other side was in trouble, all
/// of it within 30 seconds. The ids in its headers stay the same, so that a receiver can tell a repetition.
/// </summary>
internal sealed partial class WebHookSender(OutboundClient client, TimeProvider time, ILogger<WebHookSender> log)
{
    public const int MaxBytes = 5 * 1024 * 1024;
    public static readonly TimeSpan Total = TimeSpan.FromSeconds(30);

    private static readonly ActivitySource Spans = new("Ascent.Hooks");

    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1)];

    /// <param name="wantsBody">Whether the answer's body is of interest.</param>
    public async Task<WebHookReply> SendAsync(WebHookRequest request, HttpClientConfig config, string name, bool wantsBody, CancellationToken ct)
    {
        using var span = Spans.StartActivity("web hook", ActivityKind.Client)?.SetTag("ascent.hook", name).SetTag("ascent.hook.trigger_id", request.TriggerId);
        using var limit = new CancellationTokenSource(Total, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                var reply = await OnceAsync(request, config, wantsBody, either.Token);
                if (reply is Attempt { Final: true } || attempt == Pauses.Length) return reply.Reply;
                WillRepeat(name, request.TriggerId, reply.Reply is WebHookReply.Answered a ? a.Status : 0, Pauses[attempt].TotalMilliseconds);
                await Task.Delay(Pauses[attempt], time, either.Token);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new WebHookReply.Overdue();
        }
    }

    private readonly record struct Attempt(WebHookReply Reply, bool Final);

    private async Task<Attempt> OnceAsync(WebHookRequest request, HttpClientConfig config, bool wantsBody, CancellationToken ct)
    {
        try
        {
            using var message = request.ToMessage();
            using var response = await client.SendAsync(message, config, ct);
            var status = (int)response.StatusCode;
            if (status is >= 500 and not 501) return new Attempt(new WebHookReply.Answered(status, []), false);
            if (!wantsBody) return new Attempt(new WebHookReply.Answered(status, []), true);
            return new Attempt(await ReadAsync(response.Content, ct) is { } body ? new WebHookReply.Answered(status, body) : new WebHookReply.Unusable($"the answer is larger than {MaxBytes / 1024 / 1024} MiB"), true);
        }
        catch (HttpRequestException e) when (e.InnerException is ForbiddenAddressException forbidden)
        {
            return new Attempt(new WebHookReply.Unusable(forbidden.Message), true);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Its text may name addresses, never what was sent.
            return new Attempt(new WebHookReply.Unusable(e is HttpRequestException { HttpRequestError: var error } ? error.ToString() : "the connection broke"), false);
        }
    }

    /// <summary>Null where it is too large.</summary>
    private static async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken ct)
    {
        if (content.Headers.ContentLength > MaxBytes) return null;
        await using var stream = await content.ReadAsStreamAsync(ct);
        using var all = new MemoryStream();
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer, ct)) > 0;)
            {
                if (all.Length + read > MaxBytes) return null;
                all.Write(buffer, 0, read);
            }
            return all.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Web hook {Hook} (trigger {Trigger}) gave status {Status}; it is called again in {Pause} ms")]
    private partial void WillRepeat(string hook, string trigger, int status, double pause);
}

using System.Text.Json;
using Ascent.Config;
using Ascent.Http;
using Ascent.Jsonnet;
using Microsoft.Extensions.Logging;

namespace Ascent.Flows.Hooks;

/// <summary>
/// Calls one web hook: what it is told is written down at once, its body made by its template, the request sent, the answer read.
/// A hook whose answer is ignored is called in the background and always a success. Logs name hooks and outcomes, never
/// what was sent or answered.
/// </summary>
internal sealed partial class WebHook(WebHookContext context, HookTemplates prepared, Templates templates, WebHookSender sender, HookQueue queue, ILogger<WebHook> log)
{
    public async Task<WebHookResult> CallAsync(HookConfig hook, HookSubject subject, HookMoment moment, CancellationToken ct)
    {
        var (template, config, ctx) = (prepared.For(hook), subject.Context.Config, context.Write(subject, moment));
        if (!hook.Config.Response.Ignore) return await CallAsync(hook, template, ctx, config, ct);
        if (!queue.TryAdd(token => CallAsync(hook, template, ctx, config, token))) QueueFull(WebHookLog.NameOf(hook));
        return new WebHookResult.Done();
    }

    /// <summary>Asks something that is no flow's. Without a template what it would see is sent as it is. Null where no request could be made.</summary>
    public async Task<WebHookReply?> AskAsync(HookConfig hook, byte[] ctx, AscentConfig config, CancellationToken ct)
    {
        var name = WebHookLog.NameOf(hook);
        var template = prepared.For(hook);
        var request = template is null ? WebHookRequest.Of(hook.Config, ctx) : (await MakeAsync(hook.Config, template, ctx, config, name, ct)).Request;
        return request is null ? null : await sender.SendAsync(request, config.Clients.Http, name, wantsBody: true, ct);
    }

    private async Task<WebHookResult> CallAsync(HookConfig hook, Template? template, byte[] ctx, AscentConfig config, CancellationToken ct)
    {
        var name = WebHookLog.NameOf(hook);
        var (request, early) = await MakeAsync(hook.Config, template, ctx, config, name, ct);
        if (request is null) return early!;
        var settings = hook.Config;
        var reply = await sender.SendAsync(request, config.Clients.Http, name, settings.Response.Parse || settings.CanInterrupt, ct);
        var result = WebHookAnswer.Read(reply, settings);
        switch (result)
        {
            case WebHookResult.Failed failed: Failed(name, request.TriggerId, reply is WebHookReply.Unusable unusable ? unusable.Why : failed.Error.Message); break;
            case WebHookResult.Refused: Refused(name, request.TriggerId); break;
            default: Called(name, request.TriggerId); break;
        }
        return result;
    }

    private async Task<(WebHookRequest? Request, WebHookResult? Early)> MakeAsync(HookSettings settings, Template? template, byte[] ctx, AscentConfig config, string name, CancellationToken ct)
    {
        if (template is null) return (WebHookRequest.Of(settings, null), null);
        var input = new TemplateInput { Arguments = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { ["ctx"] = ctx } };
        switch (await templates.EvaluateAsync(template, input, ct))
        {
            case JsonnetResult.Ok ok:
                try
                {
                    return (WebHookRequest.Of(settings, ok.Json), null);
                }
                catch (JsonException e)
                {
                    BadTemplate(name, e.Message);
                    return (null, Broken);
                }
            case JsonnetResult.Cancelled:
                return (null, new WebHookResult.Done());
            case JsonnetResult.Failed failed:
                BadTemplate(name, Tellable(failed.Message, config.Log));
                return (null, Broken);
            case JsonnetResult.Overdue overdue:
                BadTemplate(name, overdue.Message);
                return (null, Broken);
            case JsonnetResult.Lost lost:
                BadTemplate(name, lost.Message);
                return (null, Broken);
            case JsonnetResult.TooLarge large:
                BadTemplate(name, large.Message);
                return (null, new WebHookResult.Failed(ApiError.BadRequest($"What was sent is too much for a web hook: with everything that it is told it may have at most {large.Most} bytes.")));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static WebHookResult.Failed Broken { get; } = new(ApiError.Internal("The body of a web hook could not be made; the log says why."));

    /// <summary>What a template says of its failure may quote what it was given, such as cookies: only the place is safe.</summary>
    private static string Tellable(string message, LogConfig log)
    {
        if (log.LeakSensitiveValues) return message;
        var place = message.StartsWith("line ", StringComparison.Ordinal) ? message.IndexOf(':', StringComparison.Ordinal) : -1;
        return place > 0 ? message[..place] : "what it says may hold personal data; log.leak_sensitive_values shows it";
    }

    [LoggerMessage(1, LogLevel.Debug, "Web hook {Hook} was called (trigger {Trigger})")]
    private partial void Called(string hook, string trigger);

    [LoggerMessage(2, LogLevel.Information, "Web hook {Hook} refused with messages (trigger {Trigger})")]
    private partial void Refused(string hook, string trigger);

    [LoggerMessage(3, LogLevel.Warning, "Web hook {Hook} failed (trigger {Trigger}): {Why}")]
    private partial void Failed(string hook, string trigger, string why);

    [LoggerMessage(4, LogLevel.Error, "The body of web hook {Hook} could not be made: {Why}")]
    private partial void BadTemplate(string hook, string why);

    [LoggerMessage(5, LogLevel.Warning, "Web hook {Hook} was not called: too many calls wait already")]
    private partial void QueueFull(string hook);
}

using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Http;
using Ascent.Jsonnet;

namespace Ascent.Courier.Channels;

/// <summary>Messages handed to an HTTP service, which answers 2xx when it has them. Redirects are not followed.</summary>
internal sealed class HttpChannel : ICourierChannel
{
    private readonly CourierRequest request;
    private readonly Template? body;
    private readonly Ascent.Jsonnet.Templates templates;
    private readonly TimeProvider time;
    private readonly OutboundClient client;
    private readonly HttpClientConfig limits;
    private readonly string shown;

    public HttpChannel(CourierRequest request, Template? body, Ascent.Jsonnet.Templates templates, OutboundClient client, HttpClientConfig limits, TimeProvider time)
    {
        (this.request, this.body, this.templates, this.client, this.limits, this.time) = (request, body, templates, client, limits, time);
        var url = new Uri(request.Url);
        shown = $"{url.Scheme}://{url.Authority}";
    }

    public async Task<Delivery> SendAsync(Outgoing message, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var timer = time.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), limit, ICourierChannel.Patience, Timeout.InfiniteTimeSpan);
        try
        {
            var context = Context(message);
            byte[] json;
            if (body is null) json = Default(context);
            else
            {
                var input = new TemplateInput { Arguments = new Dictionary<string, ReadOnlyMemory<byte>> { ["ctx"] = Encoding.UTF8.GetBytes(context.ToJsonString()) } };
                switch (await templates.EvaluateAsync(body, input, limit.Token))
                {
                    case JsonnetResult.Ok ok:
                        json = ok.Json;
                        break;
                    case JsonnetResult.Cancelled:
                        return new Delivery.Refused("The body's template cancelled it.");
                    default:
                        // What it says may quote what it was given, which is secret.
                        return new Delivery.Failed("The body's template could not be evaluated for this message.");
                }
            }
            return await PostAsync(json, limit.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new Delivery.Failed($"The service at {shown} did not answer in time.");
        }
        catch (HttpRequestException e)
        {
            return new Delivery.Failed($"The service at {shown} cannot be reached ({e.HttpRequestError}).");
        }
    }

    private async Task<Delivery> PostAsync(byte[] json, CancellationToken ct)
    {
        using var outgoing = new HttpRequestMessage(new HttpMethod(request.Method), request.Url) { Content = new ByteArrayContent(json) };
        outgoing.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        foreach (var (name, value) in request.Headers)
        {
            outgoing.Content.Headers.Remove(name);
            if (!outgoing.Headers.TryAddWithoutValidation(name, value)) outgoing.Content.Headers.TryAddWithoutValidation(name, value);
        }
        Authenticate(outgoing);
        using var response = await client.SendAsync(outgoing, limits, ct);
        return response.IsSuccessStatusCode ? new Delivery.Sent() : new Delivery.Failed($"The service at {shown} answered {(int)response.StatusCode}.");
    }

    private void Authenticate(HttpRequestMessage outgoing)
    {
        if (request.Auth is not { } auth) return;
        if (auth.Type == RequestAuthType.BasicAuth)
            outgoing.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{auth.Config.User}:{auth.Config.Password?.Value}")));
        else if (auth.Config.In == ApiKeyPlace.Cookie)
            outgoing.Headers.TryAddWithoutValidation("Cookie", $"{auth.Config.Name}={auth.Config.Value?.Value}");
        else
        {
            outgoing.Headers.Remove(auth.Config.Name!);
            outgoing.Headers.TryAddWithoutValidation(auth.Config.Name!, auth.Config.Value?.Value);
        }
    }

    private static JsonObject Context(Outgoing message)
    {
        var context = new JsonObject
        {
            ["recipient"] = message.Recipient, ["template_type"] = message.TemplateType, ["message_type"] = MessageStore.NameOf(message.Channel),
            ["subject"] = message.Content.Subject, ["body"] = message.Content.Body, ["template_data"] = message.Content.Data.DeepClone(), ["request_headers"] = message.Content.RequestHeaders.DeepClone(),
        };
        if (message.Content.Html is { } html) context["html_body"] = html;
        return context;
    }

    /// <summary>Always the same members, null where a message has no such thing; codes of logins and registrations stand in the text alone.</summary>
    private static byte[] Default(JsonObject context)
    {
        var data = context["template_data"]!.AsObject();
        var flat = new JsonObject();
        foreach (var name in (string[])["recipient", "template_type"]) flat[name] = context[name]?.DeepClone();
        foreach (var name in (string[])["to", "recovery_code", "recovery_url", "verification_url", "verification_code"]) flat[name] = data[name]?.DeepClone();
        foreach (var name in (string[])["subject", "body"]) flat[name] = context[name]?.DeepClone();
        return Encoding.UTF8.GetBytes(flat.ToJsonString());
    }
}

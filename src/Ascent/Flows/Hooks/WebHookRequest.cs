using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ascent.Config;

namespace Ascent.Flows.Hooks;

/// <summary>A request ready to be sent, and sent again: a message can go out only once. Holds secrets, shows none.</summary>
internal sealed class WebHookRequest
{
    public const string RequestIdHeader = "Ory-Webhook-Request-ID";
    public const string TriggerIdHeader = "Ory-Webhook-Trigger-ID";

    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";

    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly HookSettings hook;
    private readonly byte[]? body;
    private readonly string contentType;
    private readonly string requestId = Guid.NewGuid().ToString(), triggerId = Guid.NewGuid().ToString();

    private WebHookRequest(HookSettings hook, byte[]? body, string contentType) => (this.hook, this.body, this.contentType) = (hook, body, contentType);

    public Uri Url => new(hook.Url!);
    public string TriggerId => triggerId;

    /// <param name="json">What the template made, or null without one.</param>
    public static WebHookRequest Of(HookSettings hook, byte[]? json)
    {
        var type = TypeOf(hook) ?? Json;
        if (string.Equals(hook.Method, "TRACE", StringComparison.OrdinalIgnoreCase)) json = null;
        return new WebHookRequest(hook, json is not null && IsForm(type) ? Encoding.UTF8.GetBytes(AsForm(json)) : json, type);
    }

    /// <summary>What is wrong with the settings beyond what the configuration's rules know.</summary>
    public static IEnumerable<(string Key, string Message)> Faults(HookSettings hook)
    {
        foreach (var (name, value) in hook.Headers)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Token)) yield return ($"headers.{name}", "is no name of an HTTP header");
            if (!IsLine(value)) yield return ($"headers.{name}", "must be one line of text");
        }
        if (TypeOf(hook) is { } type && !IsForm(type) && !Is(type, Json)) yield return ("headers.Content-Type", $"must be {Json} or {Form}: only such bodies can be made");
        if (hook.Auth is not { Type: RequestAuthType.ApiKey, Config: var key }) yield break;
        if (key.Name is { } called && called.AsSpan().ContainsAnyExcept(Token)) yield return ("auth.config.name", "is no name of an HTTP header or cookie");
        if (key.Value is { } secret && !IsLine(secret.Value)) yield return ("auth.config.value", "must be one line of text");
    }

    public HttpRequestMessage ToMessage()
    {
        var message = new HttpRequestMessage(new HttpMethod(hook.Method.ToUpperInvariant()), Url);
        if (body is not null)
        {
            message.Content = new ByteArrayContent(body);
            message.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }
        foreach (var (name, value) in hook.Headers.Where(h => !Is(h.Key, "Content-Type") && !Is(h.Key, "Content-Length")))
            if (!message.Headers.TryAddWithoutValidation(name, value))
                message.Content?.Headers.TryAddWithoutValidation(name, value);
        message.Headers.TryAddWithoutValidation(RequestIdHeader, requestId);
        message.Headers.TryAddWithoutValidation(TriggerIdHeader, triggerId);
        Authenticate(message.Headers);
        return message;
    }

    public override string ToString() => $"{hook.Method} {WebHookLog.Shown(hook.Url)}";

    private void Authenticate(HttpRequestHeaders headers)
    {
        switch (hook.Auth)
        {
            case { Type: RequestAuthType.BasicAuth, Config: var c }:
                headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{c.User}:{c.Password?.Value}")));
                break;
            case { Type: RequestAuthType.ApiKey, Config: { In: ApiKeyPlace.Cookie } c }:
                headers.TryAddWithoutValidation("Cookie", $"{c.Name}={c.Value?.Value}");
                break;
            case { Type: RequestAuthType.ApiKey, Config: var c }:
                headers.Remove(c.Name!);
                headers.TryAddWithoutValidation(c.Name!, c.Value?.Value);
                break;
        }
    }

    /// <summary>The members of an object, sorted by name; what is neither text nor number nor boolean goes as JSON.</summary>
    private static string AsForm(byte[] json)
    {
        var root = JsonElement.Parse(json);
        if (root.ValueKind != JsonValueKind.Object) throw new JsonException("The body of a form must be an object.");
        return string.Join('&', root.EnumerateObject().Where(m => m.Value.ValueKind != JsonValueKind.Null).OrderBy(m => m.Name, StringComparer.Ordinal)
            .Select(m => $"{WebUtility.UrlEncode(m.Name)}={WebUtility.UrlEncode(m.Value.ValueKind == JsonValueKind.String ? m.Value.GetString() : m.Value.GetRawText())}"));
    }

    private static string? TypeOf(HookSettings hook) => hook.Headers.FirstOrDefault(h => Is(h.Key, "Content-Type")).Value;

    private static bool IsForm(string type) => Is(type, Form);

    private static bool Is(string text, string wanted) => text.AsSpan(0, text.IndexOf(';', StringComparison.Ordinal) is >= 0 and var end ? end : text.Length).Trim().Equals(wanted, StringComparison.OrdinalIgnoreCase);

    private static bool IsLine(string text) => !text.AsSpan().ContainsAny('\r', '\n', '\0');
}

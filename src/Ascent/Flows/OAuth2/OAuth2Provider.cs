using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Http;
using Ascent.Sessions;
using Microsoft.Extensions.Logging;

namespace Ascent.Flows.OAuth2;

/// <summary>How it ended to ask the provider something.</summary>
internal abstract record ProviderReply<T>
{
    private ProviderReply() { }

    public sealed record Given(T Value) : ProviderReply<T>;

    public sealed record Refused(ApiError Error) : ProviderReply<T>;
}

/// <summary>
/// The admin API of the OAuth2 provider at <c>oauth2_provider.url</c> (Ory Hydra's): what a client wants of a login, and the word
/// that somebody signed in. Neither is asked twice: a login request can be accepted once.
/// </summary>
internal sealed partial class OAuth2Provider(OutboundClient client, TimeProvider time, ILogger<OAuth2Provider> log)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private const int MaxBytes = 1024 * 1024;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };
    private const string Path = "/admin/oauth2/auth/requests/login";

    /// <summary>The login request of a challenge, without what only its client may know.</summary>
    public async Task<ProviderReply<JsonObject>> FindAsync(AscentConfig config, string challenge, CancellationToken ct)
    {
        var (status, body) = await AskAsync(config, HttpMethod.Get, "", challenge, null, ct);
        if (status != 200 || body is null)
        {
            NotFound(status);
            const string reason = "The OAuth 2.0 login challenge could not be fetched from its provider.";
            return new ProviderReply<JsonObject>.Refused(Details(status is >= 400 and < 500 ? ApiError.BadRequest(reason) : ApiError.Internal(reason), status, body));
        }
        foreach (var secret in (string[])["client_secret", "registration_access_token"]) (body["client"] as JsonObject)?.Remove(secret);
        return new ProviderReply<JsonObject>.Given(body);
    }

    /// <summary>Tells the provider who signed in and gives where the browser goes on.</summary>
    public async Task<ProviderReply<string>> AcceptAsync(AscentConfig config, string challenge, Session session, CancellationToken ct)
    {
        var (status, body) = await AskAsync(config, HttpMethod.Put, "/accept", challenge, new JsonObject
        {
            ["subject"] = session.IdentityId.ToString(),
            ["identity_provider_session_id"] = session.Id.ToString(),
            ["remember"] = config.Session.Cookie.Persistent,
            ["remember_for"] = (long)config.Session.Lifespan.TotalSeconds,
            ["amr"] = new JsonArray([.. session.Methods.Select(m => (JsonNode)m.Method)]),
        }, ct);
        if (status == 200 && body?["redirect_to"] is JsonValue text && text.TryGetValue<string>(out var to)
            && ReturnAddress.Parse(to) is { Scheme: "http" or "https", Host.Length: > 0 } address)
            return new ProviderReply<string>.Given(address.ToString());
        NotAccepted(status);
        return new ProviderReply<string>.Refused(Details(ApiError.Internal("The OAuth 2.0 login challenge could not be accepted at its provider."), status, body));
    }

    /// <summary>Status 0 where there was no answer in time; no body where it was no JSON object.</summary>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "A request without a stream holds nothing.")]
    private async Task<(int Status, JsonObject? Body)> AskAsync(AscentConfig config, HttpMethod method, string step, string challenge, JsonObject? body, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var message = new HttpRequestMessage(method, $"{config.OAuth2Provider.Url!.TrimEnd('/')}{Path}{step}?login_challenge={Uri.EscapeDataString(challenge)}");
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        foreach (var (name, value) in config.OAuth2Provider.Headers)
        {
            message.Headers.Remove(name);
            message.Headers.TryAddWithoutValidation(name, value.Value);
        }
        if (body is not null) message.Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/json"));
        try
        {
            using var response = await client.SendAsync(message, config.Clients.Http, either.Token);
            await response.Content.LoadIntoBufferAsync(MaxBytes, either.Token);
            return ((int)response.StatusCode, Read(await response.Content.ReadAsByteArrayAsync(either.Token)));
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            Silent("it did not answer in time");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // Its text may name addresses, never what was sent.
            Silent(e is HttpRequestException { InnerException: ForbiddenAddressException forbidden } ? forbidden.Message : e is HttpRequestException { HttpRequestError: var error } ? error.ToString() : "the connection broke");
        }
        return (0, null);
    }

    private static JsonObject? Read(byte[] text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What the provider said, as far as it says it to people.</summary>
    private static ApiError Details(ApiError error, int status, JsonObject? body)
    {
        if (status == 0) return error;
        var details = new JsonObject { ["status_code"] = status };
        if (body?["error_hint"] is JsonValue hint && hint.TryGetValue<string>(out var text)) details["oauth2_error_hint"] = text;
        return error with { Details = details };
    }

    [LoggerMessage(1, LogLevel.Warning, "The OAuth2 provider gave no login request; its status was {Status}")]
    private partial void NotFound(int status);

    [LoggerMessage(2, LogLevel.Warning, "The OAuth2 provider did not accept a login; its status was {Status}")]
    private partial void NotAccepted(int status);

    [LoggerMessage(3, LogLevel.Warning, "The OAuth2 provider cannot be reached: {Why}")]
    private partial void Silent(string why);
}

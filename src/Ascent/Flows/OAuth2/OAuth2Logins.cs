using System.Text.Json.Nodes;
using Ascent.Http;
using Ascent.Sessions;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.OAuth2;

/// <summary>What an OAuth2 client wants of a login: <c>login_challenge</c> in the query.</summary>
/// <param name="Request">As the provider told it; null for native flows, which only carry the challenge.</param>
internal sealed record OAuth2Login(string Challenge, JsonObject? Request)
{
    /// <summary>Who is signed in need not prove it again.</summary>
    public bool MaySkip => Request?["skip"] is JsonValue v && v.TryGetValue<bool>(out var skip) && skip;

    /// <summary>What the client asked the provider for, where the whole of it can begin anew.</summary>
    public string? RequestUrl => Request?["request_url"] is JsonValue v && v.TryGetValue<string>(out var url) && url.Length > 0 ? url : null;
}

/// <summary>
/// Logins that an OAuth2 provider asks for. To the engine such a login is one that asks for a fresh proof unless the provider says
/// otherwise, and that ends at the provider instead of at the return address.
/// </summary>
internal sealed class OAuth2Logins(OAuth2Provider provider, FlowAnswers answers)
{
    private const string Parameter = "login_challenge";

    private static readonly ApiError NoProvider =
        ApiError.BadRequest("A login_challenge was sent, but there is no OAuth 2.0 provider here that it could be of (oauth2_provider.url).");

    private static readonly ApiError Empty = ApiError.BadRequest("The parameter login_challenge is there but empty.");

    /// <summary>What the request's query asks for; neither where it does not.</summary>
    public async Task<(OAuth2Login? Login, ApiError? Refusal)> ReadAsync(FlowContext c, bool isApi)
    {
        if (!c.Http.Request.Query.ContainsKey(Parameter)) return (null, null);
        if (c.Query(Parameter) is not { } challenge) return (null, Empty);
        if (c.Config.OAuth2Provider.Url is null) return (null, NoProvider);
        if (isApi) return (new OAuth2Login(challenge, null), null);
        return await provider.FindAsync(c.Config, challenge, c.Ct) switch
        {
            ProviderReply<JsonObject>.Given given => (new OAuth2Login(challenge, given.Value), null),
            ProviderReply<JsonObject>.Refused refused => (null, refused.Error),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>A native flow was begun with nothing but the challenge: who reads it hears the rest. An error where there is none.</summary>
    public async Task<ApiError?> CompleteAsync(FlowContext c, Flow flow)
    {
        if (flow.OAuth2Login is not { Request: null } login || c.Config.OAuth2Provider.Url is null) return null;
        switch (await provider.FindAsync(c.Config, login.Challenge, c.Ct))
        {
            case ProviderReply<JsonObject>.Given given:
                flow.OAuth2Login = login with { Request = given.Value };
                return null;
            case ProviderReply<JsonObject>.Refused refused:
                return refused.Error;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>Where the browser of the session goes on at the provider.</summary>
    public Task<ProviderReply<string>> AcceptAsync(FlowContext c, OAuth2Login login, Session session) => provider.AcceptAsync(c.Config, login.Challenge, session, c.Ct);

    /// <summary>A login for a client is done: the browser goes on at the provider.</summary>
    public async Task<IResult> FinishAsync(FlowContext c, Flow flow, OAuth2Login login, Session session) => await AcceptAsync(c, login, session) switch
    {
        ProviderReply<string>.Given to => FlowAnswers.Elsewhere(c, flow, to.Value),
        ProviderReply<string>.Refused refused => await answers.FailAsync(c, refused.Error),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>
    /// Who is signed in already need not sign in again: the provider is told so, unless the session is weaker than our own
    /// <c>whoami</c> would have it.
    /// </summary>
    public async Task<IResult> SkipAsync(FlowContext c, OAuth2Login login, Session session, ApiError alreadyThere)
    {
        if (!SessionSatisfies.Aal(session, c.Config.Session.Whoami.RequiredAal)) return Sent(c, StepUpUrl(c, login.Challenge, c.Query("return_to")), alreadyThere);
        return await AcceptAsync(c, login, session) switch
        {
            ProviderReply<string>.Given to => Sent(c, to.Value, alreadyThere),
            ProviderReply<string>.Refused refused => await answers.FailAsync(c, refused.Error),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>To the second factor and then on with what the first one was for.</summary>
    public static string StepUpUrl(FlowContext c, string? challenge, string? returnTo) =>
        ReturnTo.CarryOver(LoginUrl(c, "aal=aal2" + (challenge is null ? "" : $"&{Parameter}={Uri.EscapeDataString(challenge)}")), returnTo);

    /// <summary>To a login for the same client.</summary>
    public static string LoginUrl(FlowContext c, OAuth2Login login) => LoginUrl(c, $"{Parameter}={Uri.EscapeDataString(login.Challenge)}");

    /// <summary>From another flow's start to the login's, with all that was asked for.</summary>
    public static string LoginUrl(FlowContext c, string query) => $"{c.Config.Serve.Public.BaseUrl}self-service/login/browser?{query}";

    /// <summary>A page with script hears what it always hears of a session, and where to go.</summary>
    private static IResult Sent(FlowContext c, string url, ApiError alreadyThere) =>
        c.IsJson ? alreadyThere with { TopLevel = new JsonObject { ["redirect_browser_to"] = url } } : new RedirectResult(url);
}

using Ascent.Crypto;
using Ascent.Http;
using Ascent.Sessions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Ascent.Flows.Logout;

/// <summary>
/// Signing out. A browser needs a link that only its own session could get, so that no page can sign people out; a native app
/// hands its token in. A session that is over or whose identity is disabled can still be ended by its token.
/// </summary>
internal static class LogoutEndpoints
{
    private static readonly ApiError NoSession = ApiError.Unauthorized("There is no session to sign out of.", "session_inactive") with { Message = "The request has no session" };

    public static IEndpointRouteBuilder MapLogout(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/self-service/logout/browser", LinkAsync);
        routes.MapGet("/self-service/logout", FollowAsync);
        routes.MapPost("/self-service/logout", static (HttpContext http, Config.ConfigStore config) => Csrf.Violation(http, config.Current, token: null));
        routes.MapDelete("/self-service/logout/api", NativeAsync);
        return routes;
    }

    /// <summary>With a token it is the link itself: the published documentation ends a session here.</summary>
    private static async Task<IResult> LinkAsync(HttpContext http, FlowContexts contexts, FlowAnswers answers, LogoutToken tokens, SessionStore sessions, SessionCookie cookie)
    {
        var c = await contexts.OpenAsync(http);
        CsrfCookie.Ensure(http, c.Config);
        if (c.Query("token") is { } given) return await EndAsync(c, answers, tokens, sessions, cookie, given);
        if (c.Session is not { } session) return await answers.FailAsync(c, NoSession);
        string? returnTo = null;
        switch (c.Query("return_to") is { } asked ? ReturnTo.Check(c.Config, asked) : null)
        {
            case ReturnToResult.Forbidden forbidden: return await answers.FailAsync(c, forbidden.Error);
            // The link is followed somewhere else, perhaps by another page: it names the address in full.
            case ReturnToResult.Allowed allowed: returnTo = allowed.Url; break;
        }
        var token = tokens.Of(session.Id);
        var url = $"{c.Config.Serve.Public.BaseUrl}self-service/logout?{(returnTo is null ? "" : $"return_to={Uri.EscapeDataString(returnTo)}&")}token={token}";
        return new JsonResult<(string Url, string Token)>((url, token), static (w, link) =>
        {
            w.WriteStartObject();
            w.WriteString("logout_url"u8, link.Url);
            w.WriteString("logout_token"u8, link.Token);
            w.WriteEndObject();
        });
    }

    private static async Task<IResult> FollowAsync(HttpContext http, FlowContexts contexts, FlowAnswers answers, LogoutToken tokens, SessionStore sessions, SessionCookie cookie)
    {
        var c = await contexts.OpenAsync(http);
        CsrfCookie.Ensure(http, c.Config);
        if (c.Query("token") is not { } token) return await answers.FailAsync(c, ApiError.BadRequest("The link has no token: take it from /self-service/logout/browser as it is."));
        return await EndAsync(c, answers, tokens, sessions, cookie, token);
    }

    private static async Task<IResult> EndAsync(FlowContext c, FlowAnswers answers, LogoutToken tokens, SessionStore sessions, SessionCookie cookie, string token)
    {
        if (c.Session is not { } session) return await answers.FailAsync(c, NoSession);
        if (!tokens.Matches(session.Id, token)) return await answers.FailAsync(c, ApiError.Forbidden("The link's token belongs to another session than the browser's. Fetch a new link."));
        // Checked before anything ends: a link to a forbidden place does nothing at all.
        if (ReturnTo.Complete(c.Config, c.Query("return_to"), null, c.Config.SelfService.Flows.Logout.After.DefaultBrowserReturnUrl) is not ReturnToResult.Allowed to)
            return await answers.FailAsync(c, ((ReturnToResult.Forbidden)ReturnTo.Check(c.Config, c.Query("return_to")!)).Error);
        await sessions.RevokeAsync(c.Nid, session.Id, session.IdentityId, "self", c.Ct);
        cookie.Clear(c.Http.Response);
        CsrfCookie.Rotate(c.Http, c.Config);
        if (c.Config.SelfService.Flows.Logout.ClearBrowserData && RequestUrl.Of(c.Http).StartsWith("https://", StringComparison.Ordinal))
            c.Http.Response.Headers["Clear-Site-Data"] = "\"cookies\", \"storage\", \"cache\"";
        return c.IsJson ? NoContent.Instance : new RedirectResult(to.Url);
    }

    private static async Task<IResult> NativeAsync(HttpContext http, FlowContexts contexts, SessionStore sessions)
    {
        var c = await contexts.OpenAsync(http);
        var body = ObjectReader.Of(await JsonBody.ReadAsync(http, FlowBody.Limit), "");
        var text = body.String("session_token");
        if (text is null || !SessionToken.TryParse(text, out var token) || !await sessions.RevokeByTokenAsync(c.Nid, token.Key, "self", c.Ct))
            return ApiError.Forbidden("This session token is not known, so there is nothing to sign out of.");
        return NoContent.Instance;
    }
}

using System.Text.Json.Nodes;
using Ascent.Crypto;
using Ascent.Flows.OAuth2;
using Ascent.Flows.Verification;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Sessions;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Registration;

/// <summary>What each kind of client hears of a registration that was done. A session is shown only where it is handed out.</summary>
internal sealed class RegistrationAnswer(SessionCookie cookie, SessionJson sessions, IdentityJson identities, FlowAnswers answers, OAuth2Logins oauth2)
{
    /// <param name="HandedOut">The session, where it is the client's to have.</param>
    /// <param name="Begun">Verifications that the client is told of.</param>
    /// <param name="Csrf">The new value of a browser's anti-forgery cookie.</param>
    public sealed record Outcome(IssueResult.Issued? HandedOut, IReadOnlyList<BegunVerification> Begun, byte[]? Csrf, string ReturnTo);

    /// <param name="sendsToPage">A form browser goes to the verification before it goes where it wanted.</param>
    public async Task<IResult> OfAsync(FlowContext c, Flow flow, Identity identity, Outcome outcome, bool sendsToPage)
    {
        var handedOut = outcome.HandedOut;
        var shown = outcome.Begun.Select(b => b.ToContinueWith());
        if (c.App is not null) return handedOut is null ? new RedirectResult(outcome.ReturnTo) : FlowAnswers.ToApp(c, outcome.ReturnTo);
        if (flow.IsApi)
        {
            JsonArray next = [.. shown];
            if (handedOut is not null) next.Add(new JsonObject { ["action"] = "set_ory_session_token", ["ory_session_token"] = handedOut.Token.Value });
            return Sent(identity, handedOut, handedOut?.Token, next.Count == 0 ? null : next);
        }
        CsrfCookie.Rotate(c.Http, c.Config, outcome.Csrf!);
        if (handedOut is not null) cookie.Issue(c.Http.Response, handedOut.Token, handedOut.Session.ExpiresAt);
        // The way to an OAuth2 client goes on from there; until then its provider hears nothing.
        if (!c.IsJson && sendsToPage && outcome.Begun is [.., var last]) return new RedirectResult(last.Page);
        var (to, refused) = await WhereToAsync(c, flow, handedOut, outcome.ReturnTo);
        if (refused is not null) return await answers.FailAsync(c, refused);
        if (!c.IsJson) return new RedirectResult(to);
        return Sent(identity, handedOut, null, [new JsonObject { ["action"] = "redirect_browser_to", ["redirect_browser_to"] = to }, .. shown]);
    }

    /// <summary>For an OAuth2 client: to its provider, or to a login for it where the registration signs nobody in.</summary>
    private async Task<(string To, ApiError? Refused)> WhereToAsync(FlowContext c, Flow flow, IssueResult.Issued? handedOut, string returnTo)
    {
        if (flow.OAuth2Login is not { } login) return (returnTo, null);
        if (handedOut is null) return (OAuth2Logins.LoginUrl(c, login), null);
        return await oauth2.AcceptAsync(c, login, handedOut.Session) switch
        {
            ProviderReply<string>.Given given => (given.Value, null),
            ProviderReply<string>.Refused refused => ("", refused.Error),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private JsonBytesResult Sent(Identity identity, IssueResult.Issued? handedOut, SessionToken? token, JsonArray? next) => new(JsonOut.ToBytes((sessions, identities, identity, handedOut, token, next), static (w, s) =>
    {
        w.WriteStartObject();
        if (s.token is { } shown) w.WriteString("session_token"u8, shown.Value);
        if (s.handedOut is not null)
        {
            w.WritePropertyName("session"u8);
            s.sessions.Write(w, s.handedOut.Session, SessionView.Owner);
        }
        w.WritePropertyName("identity"u8);
        s.identities.WritePublic(w, s.identity);
        w.WritePropertyName("continue_with"u8);
        if (s.next is null) w.WriteNullValue();
        else s.next.WriteTo(w);
        w.WriteEndObject();
    }));
}

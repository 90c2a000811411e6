using System.Text.Json.Nodes;
using Ascent.Crypto;
using Ascent.Flows.Hooks;
using Ascent.Flows.Messages;
using Ascent.Http;
using Ascent.Risk;
using Ascent.Sessions;
using Ascent.Storage;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Login;

/// <summary>
/// A login was proven: hooks, then one transaction that spends the proof, ends the flow and issues or raises the session, then the
/// answer. A person who is signed in already and proves to be the same keeps the session, its id and its token.
/// </summary>
internal sealed class LoginCompletion(Db db, FlowStore store, FlowAnswers answers, HookRunner hooks, SessionIssuer issuer, SessionStore sessions, SessionCookie cookie, SessionJson json, LoginVerification verification)
{
    public abstract record Outcome
    {
        private Outcome() { }

        public sealed record Done(IResult Answer) : Outcome;

        public sealed record Refused(IReadOnlyList<FieldText> Messages) : Outcome;
    }

    public async Task<Outcome> CompleteAsync(FlowContext c, Flow flow, LoginResult.Proven proven, ThrottleVerdict.Admitted attempt)
    {
        flow.Active = proven.Method.Method;
        if (!proven.Identity.IsActive) return Refuse(MessageIds.IdentityDisabled);
        if (ReturnTo.Complete(c.Config, flow.ReturnTo, flow.RequestUrl, c.Config.SelfService.Flows.Login.After.ReturnUrlFor(proven.Method.Method)) is not ReturnToResult.Allowed to)
            return new Outcome.Refused([new FieldText("", UiMessages.Invalid("The address to return to is no longer one that this server may send browsers to."))]);
        var kept = Continues(c, proven) ? c.Session : null;
        switch (await hooks.AfterLoginAsync(new HookSubject(c, flow) { Identity = proven.Identity, Session = Preview(c, kept, proven) }, proven.Method.Method))
        {
            case HookResult.Refused refused: return new Outcome.Refused(refused.Messages);
            case HookResult.Failed failed: return new Outcome.Done(await answers.FailAsync(c, failed.Error, flow.IsApi));
            case HookResult.MustVerify must: return await verification.DemandAsync(c, flow, proven.Identity, must.Address) is { } answer ? new Outcome.Done(answer) : Refuse(MessageIds.AddressNotVerified);
            case HookResult.GoOn goOn: return await IssueAsync(c, flow, proven, attempt, kept, to.Url, goOn.RevokeOthers);
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<Outcome> IssueAsync(FlowContext c, Flow flow, LoginResult.Proven proven, ThrottleVerdict.Admitted attempt, Session? kept, string returnTo, bool revokeOthers)
    {
        var device = DeviceInfo.Of(c.Http);
        var before = flow.State;
        var begun = await verification.BeginAsync(c, flow, proven);
        try
        {
            var won = await db.WriteAsync(async (tx, ct) =>
            {
                if (!await FlowStore.CompleteAsync(tx, c.Nid, flow.Id, ct)) throw new LostException(UiMessages.Of(MessageIds.LoginAlreadyDone));
                if (proven.Consume is not null && !await proven.Consume(tx, ct)) throw new LostException(proven.Lost!);
                if (before == FlowState.SentEmail) flow.State = FlowState.PassedChallenge;
                await store.SaveAsync(tx, c.Nid, flow, ct);
                var issued = kept is null
                    ? Take(await issuer.IssueAsync(tx, c.Nid, proven.Identity.Id, [proven.Method], device, "self", ct))
                    : Take(await issuer.AddMethodAsync(tx, c.Nid, kept.Id, proven.Method, device.IpAddress, "self", ct), c.Presented.Token);
                if (revokeOthers) await sessions.RevokeOthersAsync(tx, c.Nid, issued.Session.IdentityId, issued.Session.Id, "self", ct);
                await LoginThrottle.SucceededAsync(tx, c.Nid, attempt, ct);
                return issued;
            }, c.Ct);
            return new Outcome.Done(Answer(c, flow, kept is null ? won : won with { Session = AsAnswered(won.Session, device, c.Now) }, returnTo, begun));
        }
        catch (LostException lost)
        {
            flow.State = before;
            return new Outcome.Refused([new FieldText("", lost.Text)]);
        }
    }

    private IResult Answer(FlowContext c, Flow flow, Issued issued, string returnTo, LoginVerification.Begun? begun)
    {
        var session = issued.Session;
        var enough = SessionSatisfies.Aal(session, c.Config.Session.Whoami.RequiredAal);
        if (flow.IsApi) return Sent(enough ? session : session with { Identity = null }, issued.Token, begun?.Shown is { } told ? [told.ToContinueWith()] : null);
        if (begun is not null) CsrfCookie.Rotate(c.Http, c.Config, begun.Csrf!);
        else if (c.Session?.IdentityId != session.IdentityId) CsrfCookie.Rotate(c.Http, c.Config);
        cookie.Issue(c.Http.Response, issued.Token, session.ExpiresAt);
        if (!enough)
        {
            var stepUp = ReturnTo.CarryOver($"{c.Config.Serve.Public.BaseUrl}self-service/login/browser?aal=aal2", flow.ReturnTo);
            return FlowAnswers.Elsewhere(c, flow, stepUp);
        }
        if (!Negotiation.PrefersJson(c.Http) && !c.IsJson) return new RedirectResult(begun?.Shown?.Page ?? returnTo);
        JsonArray next = [new JsonObject { ["action"] = "redirect_browser_to", ["redirect_browser_to"] = returnTo }];
        if (begun?.Shown is { } shown) next.Add(shown.ToContinueWith());
        return Sent(session, null, next);
    }

    private JsonBytesResult Sent(Session session, SessionToken? token, JsonArray? next) => new(JsonOut.ToBytes((json, session, token, next), static (w, s) =>
    {
        w.WriteStartObject();
        if (s.token is { } shown) w.WriteString("session_token"u8, shown.Value);
        w.WritePropertyName("session"u8);
        s.json.Write(w, s.session, SessionView.Owner);
        w.WritePropertyName("continue_with"u8);
        if (s.next is null) w.WriteNullValue();
        else s.next.WriteTo(w);
        w.WriteEndObject();
    }));

    /// <summary>The same person proves something more; a social sign-in always opens a session of its own.</summary>
    private static bool Continues(FlowContext c, LoginResult.Proven proven) => c.Session is { } session && session.IdentityId == proven.Identity.Id && proven.Method.Method != "oidc";

    private static Session Preview(FlowContext c, Session? kept, LoginResult.Proven proven)
    {
        IReadOnlyList<AuthenticationMethod> methods = [.. kept?.Methods ?? [], proven.Method];
        var ends = c.Now + c.Config.Session.Lifespan;
        return new Session
        {
            Id = kept?.Id ?? Guid.Empty, IdentityId = proven.Identity.Id, Active = true, Aal = SessionAal.Of(methods), MethodsJson = AuthenticationMethod.Write(methods),
            DevicesJson = kept?.DevicesJson ?? "[]"u8.ToArray(), AuthenticatedAt = c.Now, IssuedAt = kept?.IssuedAt ?? c.Now, ExpiresAt = ends, UsedAt = c.Now, CreatedAt = c.Now, UpdatedAt = c.Now,
        };
    }

    /// <summary>The answer to a repeated login shows it as a new one; what is kept stays as it was.</summary>
    private static Session AsAnswered(Session session, DeviceInfo device, DateTimeOffset now) =>
        session with { IssuedAt = now, DevicesJson = Device.Write([.. session.Devices, device.ToDevice(Guid.Empty)]) };

    private static Outcome.Refused Refuse(int message) => new([new FieldText("", UiMessages.Of(message))]);

    private sealed record Issued(Session Session, SessionToken Token);

    private static Issued Take(IssueResult result) => result switch
    {
        IssueResult.Issued i => new Issued(i.Session, i.Token),
        IssueResult.Disabled => throw new LostException(UiMessages.Of(MessageIds.IdentityDisabled)),
        _ => throw new LostException(UiMessages.Of(MessageIds.InvalidCredentials)),
    };

    private static Issued Take(RaiseResult result, SessionToken token) => result switch
    {
        RaiseResult.Raised r => new Issued(r.Session, r.Rotated ?? token),
        RaiseResult.Disabled => throw new LostException(UiMessages.Of(MessageIds.IdentityDisabled)),
        _ => throw new LostException(UiMessages.Of(MessageIds.InvalidCredentials)),
    };

    /// <summary>Undoes the transaction: somebody else was faster.</summary>
    private sealed class LostException(UiText message) : Exception
    {
        public UiText Text { get; } = message;
    }
}

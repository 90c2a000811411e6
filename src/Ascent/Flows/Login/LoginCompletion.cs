using System.Text.Json.Nodes;
using Ascent.Crypto;
using Ascent.Flows.Hooks;
using Ascent.Flows.Messages;
using Ascent.Flows.OAuth2;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Risk;
using Ascent.Sessions;
using Ascent.Storage;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Login;

/// <summary>
/// A login was proven: hooks, then one transaction that spends the proof, ends the flow and issues or raises the session, then the
/// answer. A person who is signed in already and proves to be the same keeps the session, its id and its token.
/// </summary>
internal sealed class LoginCompletion(Db db, FlowStore store, HookRunner hooks, SessionIssuer issuer, SessionStore sessions, SessionCookie cookie, SessionJson json,
    LoginMethods methods, IdentityWriter writer, SessionExchange exchange, OAuth2Logins oauth2, LoginVerification verification)
{
    public abstract record Outcome
    {
        private Outcome() { }

        public sealed record Done(IResult Answer) : Outcome;

        public sealed record Refused(IReadOnlyList<FieldText> Messages) : Outcome;

        public sealed record Failed(ApiError Error) : Outcome;

        /// <summary>The proof was right, but something has to be done elsewhere before it lets anybody in.</summary>
        public sealed record NotYet(IResult Answer) : Outcome;
    }

    public async Task<Outcome> CompleteAsync(FlowContext c, Flow flow, LoginResult.Proven proven, ThrottleVerdict.Admitted attempt)
    {
        flow.Active = proven.Method.Method;
        if (!proven.Identity.IsActive) return Refuse(MessageIds.IdentityDisabled);
        var cargo = methods.All.Select(m => m.CargoOf(flow)).FirstOrDefault(one => one is not null);
        if (cargo is not null && cargo.Owner != proven.Identity.Id) return Refuse(MessageIds.LoginLinkMismatch);
        if (ReturnTo.Complete(c.Config, flow.ReturnTo, flow.RequestUrl, c.Config.SelfService.Flows.Login.After.ReturnUrlFor(proven.Method.Method)) is not ReturnToResult.Allowed to)
            return new Outcome.Refused([new FieldText("", UiMessages.Invalid("The address to return to is no longer one that this server may send browsers to."))]);
        var kept = Continues(c, proven) ? c.Session : null;
        switch (await hooks.AfterLoginAsync(new HookSubject(c, flow) { Identity = proven.Identity, Session = Preview(c, kept, proven, cargo) }, proven.Method.Method))
        {
            case HookResult.Refused refused: return new Outcome.Refused(refused.Messages);
            case HookResult.Failed failed: return new Outcome.Failed(failed.Error);
            case HookResult.MustVerify must: return await verification.DemandAsync(c, flow, proven.Identity, must.Address) is { } answer ? new Outcome.NotYet(answer) : Refuse(MessageIds.AddressNotVerified);
            case HookResult.GoOn goOn: return await IssueAsync(c, flow, new Proof(proven, cargo, attempt), kept, to.Url, goOn.RevokeOthers);
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private sealed record Proof(LoginResult.Proven Proven, LoginCargo? Cargo, ThrottleVerdict.Admitted Attempt)
    {
        public IReadOnlyList<AuthenticationMethod> Methods => Cargo is null ? [Proven.Method] : [Proven.Method, Cargo.Method];
    }

    private async Task<Outcome> IssueAsync(FlowContext c, Flow flow, Proof proof, Session? kept, string returnTo, bool revokeOthers)
    {
        var device = DeviceInfo.Of(c.Http);
        var before = flow.State;
        var proven = proof.Proven;
        Issued? won = null;
        var begun = await verification.BeginAsync(c, flow, proven);
        try
        {
            var refusal = await WriteAsync(c, proof, async (tx, ct) =>
            {
                // The form that asked for a code says that it was given; another proof leaves it as it stood.
                if (before == FlowState.SentEmail && proven.Method.Method == CredentialTypes.Code) flow.State = FlowState.PassedChallenge;
                var completed = await store.CompleteLaterAsync(tx, c.Nid, flow, ct);
                var identity = kept is null ? await SessionIssuer.LockLaterAsync(tx, c.Nid, proven.Identity.Id, ct) : null;
                var refreshed = await writer.RefreshAvailableAalAsync(tx, c.Nid, proven.Identity, ct);
                if (completed.Value.Count == 0) throw new LostException(UiMessages.Of(MessageIds.LoginAlreadyDone));
                if (proven.Consume is not null && !await proven.Consume(tx, ct)) throw new LostException(proven.Lost!);
                var issued = identity is null ? new Issued(kept!, c.Presented.Token)
                    : Take(refreshed ? await issuer.IssueAsync(tx, c.Nid, proven.Identity.Id, proof.Methods, device, "self", ct)
                        : await issuer.IssueAsync(tx, c.Nid, proven.Identity.Id, identity.Value.FirstOrDefault(), proof.Methods, device, "self", ct));
                if (kept is not null)
                    foreach (var method in proof.Methods)
                        issued = Take(await issuer.AddMethodAsync(tx, c.Nid, kept.Id, method, device.IpAddress, "self", ct), issued.Token);
                if (revokeOthers) await sessions.RevokeOthersAsync(tx, c.Nid, issued.Session.IdentityId, issued.Session.Id, "self", ct);
                if (c.App is not null) await exchange.KeepAsync(tx, c.Nid, flow.Id, issued.Session.Id, issued.Token, ct);
                await LoginThrottle.SucceededAsync(tx, c.Nid, proof.Attempt, s => IsTheirs(s, proven), ct);
                won = issued;
            });
            if (refusal is not null)
            {
                flow.State = before;
                return refusal;
            }
            return new Outcome.Done(await AnswerAsync(c, flow, kept is null ? won! : won! with { Session = AsAnswered(won.Session, device, c.Now) }, returnTo, begun));
        }
        catch (LostException lost)
        {
            flow.State = before;
            return new Outcome.Refused([new FieldText("", lost.Text)]);
        }
    }

    /// <summary>Wrong guesses are forgotten for who has proven themselves; what was typed beside that may be somebody else's.</summary>
    private static bool IsTheirs(ThrottleSubject subject, LoginResult.Proven proven) =>
        subject.Kind == ThrottleKind.Factor ? subject.IdentityId == proven.Identity.Id : proven.IsWhoWasClaimed;

    /// <summary>In one transaction with what the login changes of the identity, if anything. Null when it is done.</summary>
    private async Task<Outcome.Refused?> WriteAsync(FlowContext c, Proof proof, Func<Tx, CancellationToken, Task> work)
    {
        var id = proof.Proven.Identity.Id;
        if (proof.Cargo is { } cargo)
            return await writer.UpdateAsync(c.Nid, id, cargo.Change, "self", (tx, _, ct) => work(tx, ct), c.Ct) switch
            {
                IdentityWrite.Updated => null,
                IdentityWrite.Conflict => Refuse(MessageIds.DuplicateAccount),
                IdentityWrite.Refused refused => new Outcome.Refused([new FieldText("", UiMessages.Invalid(refused.Error.Reason ?? refused.Error.Message))]),
                _ => Refuse(MessageIds.InvalidCredentials),
            };
        if (proof.Proven.Update is { } update)
        {
            var written = await writer.UpdateAsync(c.Nid, id, update, "self", (tx, _, ct) => work(tx, ct), c.Ct);
            if (written is IdentityWrite.Updated) return null;
            proof.Proven.NotUpdated?.Invoke(written);
        }
        await db.WriteAsync(work, c.Ct);
        return null;
    }

    private async Task<IResult> AnswerAsync(FlowContext c, Flow flow, Issued issued, string returnTo, LoginVerification.Begun? begun)
    {
        var session = issued.Session;
        if (c.App is not null) return FlowAnswers.ToApp(c, returnTo);
        var enough = SessionSatisfies.Aal(session, c.Config.Session.Whoami.RequiredAal);
        if (flow.IsApi) return Sent(enough ? session : session with { Identity = null }, issued.Token, begun?.Shown is { } told ? [told.ToContinueWith()] : null);
        if (begun is not null) CsrfCookie.Rotate(c.Http, c.Config, begun.Csrf!);
        else if (c.Session?.IdentityId != session.IdentityId) CsrfCookie.Rotate(c.Http, c.Config);
        cookie.Issue(c.Http.Response, issued.Token, session.ExpiresAt);
        if (!enough) return FlowAnswers.Elsewhere(c, flow, OAuth2Logins.StepUpUrl(c, flow.OAuth2Login?.Challenge, flow.ReturnTo));
        if (flow.OAuth2Login is { } login) return await oauth2.FinishAsync(c, flow, login, session);
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

    /// <summary>The same person proves something more.</summary>
    private static bool Continues(FlowContext c, LoginResult.Proven proven) => c.Session is { } session && session.IdentityId == proven.Identity.Id && !proven.OpensOwnSession;

    private static Session Preview(FlowContext c, Session? kept, LoginResult.Proven proven, LoginCargo? cargo)
    {
        IReadOnlyList<AuthenticationMethod> all = [.. kept?.Methods ?? [], proven.Method, .. cargo is null ? (AuthenticationMethod[])[] : [cargo.Method]];
        var ends = c.Now + c.Config.Session.Lifespan;
        return new Session
        {
            Id = kept?.Id ?? Guid.Empty, IdentityId = proven.Identity.Id, Active = true, Aal = SessionAal.Of(all), MethodsJson = AuthenticationMethod.Write(all),
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
}

using System.Diagnostics;
using System.Text.Json.Nodes;
using Ascent.Flows.Hooks;
using Ascent.Flows.Messages;
using Ascent.Flows.Verification;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Sessions;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Settings;

/// <summary>
/// A change of settings is carried out: hooks that may forbid or alter it, then one transaction with the identity, the session that
/// a new factor raises, the sessions that end and the addresses that are written to, then the hooks that are told, the fresh form and the answer.
/// </summary>
internal sealed class SettingsCompletion(
    FlowStore store, FlowAnswers answers, HookRunner hooks, IdentityStore identities, IdentityWriter writer, SessionIssuer issuer, SessionStore sessions,
    SessionCookie cookie, AddressMails mails, AddressParking parking, SettingsStart starts)
{
    /// <summary>How often hooks are asked anew because the identity changed while they thought.</summary>
    private const int Attempts = 5;

    private static readonly ApiError Stale = ApiError.Conflict("The account was changed by somebody else meanwhile. Please try again.");

    public abstract record Outcome
    {
        private Outcome() { }

        public sealed record Done(IResult Answer) : Outcome;

        public sealed record Refused(IReadOnlyList<FieldText> Messages) : Outcome;

        public sealed record Failed(ApiError Error) : Outcome;

        /// <summary>The change waits until its new address is verified.</summary>
        public sealed record Parked(BegunVerification Begun) : Outcome;
    }

    public async Task<Outcome> CompleteAsync(SettingsSubmission s, string method, SettingsResult.Saved saved)
    {
        var (c, flow) = (s.Context, s.Flow);
        var after = c.Config.SelfService.Flows.Settings.After.ReturnUrlFor(method) ?? FlowAnswers.PageOf(c, flow);
        var returnTo = ReturnTo.Complete(c.Config, flow.ReturnTo, flow.RequestUrl, after);
        if (returnTo is ReturnToResult.Forbidden forbidden) return new Outcome.Failed(forbidden.Error);
        var state = s.State;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var work = new Work(s, method, saved);
            switch (await WriteAsync(work, state))
            {
                case IdentityWrite.Updated updated: return await FinishAsync(work, updated.State, ((ReturnToResult.Allowed)returnTo).Url);
                case IdentityWrite.Refused { Error: var error } when ReferenceEquals(error, Stale): break;
                case { } failed: return Explain(failed);
                default: return work.Stopped!;
            }
            if (await identities.StateAsync(c.Nid, state.Identity.Id, c.Ct) is not { } newer) return new Outcome.Failed(SettingsAccess.SessionMissing);
            state = newer;
        }
        return new Outcome.Failed(Stale);
    }

    /// <summary>Null where a hook or the method itself stopped it.</summary>
    private async Task<IdentityWrite?> WriteAsync(Work work, IdentityState state)
    {
        var (s, saved) = (work.Submission, work.Saved);
        var c = s.Context;
        var edit = Change(s, saved, state);
        if (edit is IdentityEdit.Refuse refuse) return new IdentityWrite.Refused(refuse.Error);
        var apply = (IdentityEdit.Apply)edit;
        var subject = new HookSubject(c, s.Flow) { Session = Preview(s, saved) };
        switch (await hooks.AfterSettingsBeforeWriteAsync(subject, state, apply.Draft, work.Method))
        {
            case DraftHookResult.Refused refused:
                work.Stopped = new Outcome.Refused(refused.Messages);
                return null;
            case DraftHookResult.Failed failed:
                work.Stopped = new Outcome.Failed(failed.Error);
                return null;
            case DraftHookResult.GoOn goOn:
                var after = c.Config.SelfService.Flows.Settings.After.HooksFor(work.Method);
                var parks = after.Has(HookLists.VerifyNewAddress);
                if (parks && await ParkAsync(work, state, goOn.Draft)) return null;
                var asked = parks || after.Any(h => h.RunsBeforeWriting);
                // What a hook has seen is what is written; without one the change is worked out on whatever there is by then.
                var change = asked ? Only(state, apply with { Draft = goOn.Draft }) : now => Change(s, saved, now);
                return await SaveAsync(work, state, change, goOn.RevokeOthers);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Whether the change is not to be made now: it waits for its new address, or cannot.</summary>
    private async Task<bool> ParkAsync(Work work, IdentityState state, IdentityDraft draft)
    {
        work.Stopped = await parking.ParkAsync(work.Submission.Context, work.Submission.Flow, state, draft) switch
        {
            ParkingResult.NothingToWaitFor => null,
            ParkingResult.Parked parked => new Outcome.Parked(parked.Begun),
            ParkingResult.Refused refused => new Outcome.Refused([new FieldText("", refused.Message)]),
            _ => throw new UnreachableException(),
        };
        return work.Stopped is not null;
    }

    /// <summary>The level is looked at once more: a factor enrolled by somebody else meanwhile may ask for a stronger session.</summary>
    private static IdentityEdit Change(SettingsSubmission s, SettingsResult.Saved saved, IdentityState state) =>
        SettingsAccess.TooWeak(s.Context, s.Session, state, null) is { } tooWeak ? new IdentityEdit.Refuse(tooWeak) : saved.Change(state);

    private static Func<IdentityState, IdentityEdit> Only(IdentityState seen, IdentityEdit.Apply apply) =>
        now => now.Identity.Version == seen.Identity.Version ? apply : new IdentityEdit.Refuse(Stale);

    private async Task<IdentityWrite?> SaveAsync(Work work, IdentityState state, Func<IdentityState, IdentityEdit> change, bool revokeOthers)
    {
        var (s, saved) = (work.Submission, work.Saved);
        var (c, session) = (s.Context, s.Session);
        var after = c.Config.SelfService.Flows.Settings.After.HooksFor(work.Method);
        AddressesToMail? toMail = null;
        IdentityEdit Announce(IdentityState now)
        {
            var edit = change(now);
            if (edit is not IdentityEdit.Apply apply) return edit;
            toMail = mails.OfChange(c.Config, now, apply.Draft, after);
            return apply with { Draft = toMail.Draft };
        }

        var writesTo = Announce(state) is IdentityEdit.Apply && toMail!.Any;
        var alone = saved is { AddsMethod: null, Also: null } && !revokeOthers && !writesTo;
        try
        {
            return await writer.UpdateAsync(c.Nid, session.IdentityId, writesTo ? Announce : change, "self", alone ? null : async (tx, identity, ct) =>
            {
                if (writesTo) work.Begun = await mails.SendAsync(tx, c, s.Flow, identity, toMail!, s.Flow.IsApi ? null : CsrfCookie.Current(c.Http, c.Config), ct);
                if (saved.Also is not null) await saved.Also(tx, identity, ct);
                if (saved.AddsMethod is { } added)
                    work.Raised = await issuer.AddMethodAsync(tx, c.Nid, session.Id, added, DeviceInfo.Of(c.Http).IpAddress, "self", ct) as RaiseResult.Raised ?? throw new SessionGoneException();
                if (revokeOthers) await sessions.RevokeOthersAsync(tx, c.Nid, identity.Id, session.Id, "self", ct);
            }, c.Ct);
        }
        catch (SessionGoneException)
        {
            work.Stopped = new Outcome.Failed(SettingsAccess.SessionMissing);
            return null;
        }
    }

    private async Task<Outcome> FinishAsync(Work work, IdentityState state, string returnTo)
    {
        var s = work.Submission;
        var (c, flow) = (s.Context, s.Flow);
        var session = work.Raised?.Session ?? s.Session;
        if (!flow.IsApi) cookie.Issue(c.Http.Response, work.Raised?.Rotated ?? c.Presented.Token, session.ExpiresAt);
        if (await hooks.AfterSettingsAsync(new HookSubject(c, flow) { Identity = state.Identity, Session = session }, work.Method) is { } failed) return new Outcome.Failed(failed);
        if (await starts.RenewAsync(c, flow, state) is { } stopped) return new Outcome.Failed(stopped);
        await store.SaveAsync(c.Nid, flow, c.Ct);
        return new Outcome.Done(Answer(work, state.Identity, returnTo));
    }

    private IResult Answer(Work work, Identity identity, string returnTo)
    {
        var (c, flow) = (work.Submission.Context, work.Submission.Flow);
        if (!flow.IsApi && !c.IsJson && !Negotiation.PrefersJson(c.Http)) return new RedirectResult(returnTo);
        var shown = AddressMails.IsShown(c.Config, c.Config.SelfService.Flows.Settings.After.HooksFor(work.Method)) ? work.Begun : [];
        // Old pages are told of all addresses, new ones of the last.
        JsonArray next = [.. (c.Config.FeatureFlags.LegacyContinueWithVerificationUi ? shown : shown.TakeLast(1)).Select(b => b.ToContinueWith())];
        if (!flow.IsApi) next.Add(new JsonObject { ["action"] = "redirect_browser_to", ["redirect_browser_to"] = returnTo });
        else if (work.Raised?.Rotated is { } token) next.Add(new JsonObject { ["action"] = "set_ory_session_token", ["ory_session_token"] = token.Value });
        return answers.Shown(flow, new FlowJson.Extras(identity, next.Count == 0 ? null : next));
    }

    private static Outcome Explain(IdentityWrite failed) => failed switch
    {
        IdentityWrite.InvalidTraits invalid => new Outcome.Refused(SchemaMessages.Of(invalid.Check.Errors)),
        IdentityWrite.Conflict => new Outcome.Refused([new FieldText("", UiMessages.Of(MessageIds.DuplicateAccount))]),
        IdentityWrite.Refused { Error.Code: StatusCodes.Status400BadRequest } refused => new Outcome.Refused([new FieldText("", UiMessages.Invalid(refused.Error.Reason ?? refused.Error.Message))]),
        IdentityWrite.Refused refused => new Outcome.Failed(refused.Error),
        IdentityWrite.UnknownSchema => new Outcome.Failed(ApiError.Internal("The account's identity schema is no longer configured.")),
        IdentityWrite.NotFound => new Outcome.Failed(SettingsAccess.SessionMissing),
        IdentityWrite.Contended => new Outcome.Failed(Stale),
        _ => throw new UnreachableException(),
    };

    /// <summary>The session as it will be, for hooks.</summary>
    private static Session Preview(SettingsSubmission s, SettingsResult.Saved saved)
    {
        if (saved.AddsMethod is not { } added) return s.Session;
        IReadOnlyList<AuthenticationMethod> methods = [.. s.Session.Methods, added];
        return s.Session with { Aal = SessionAal.Of(methods), MethodsJson = AuthenticationMethod.Write(methods), AuthenticatedAt = s.Context.Now };
    }

    /// <summary>One attempt, and what became of it beside the identity.</summary>
    private sealed record Work(SettingsSubmission Submission, string Method, SettingsResult.Saved Saved)
    {
        public RaiseResult.Raised? Raised { get; set; }
        public IReadOnlyList<BegunVerification> Begun { get; set; } = [];
        public Outcome? Stopped { get; set; }
    }

    /// <summary>Undoes the transaction: the session ended meanwhile.</summary>
    private sealed class SessionGoneException() : Exception("The session ended before its settings were saved.");
}

using System.Diagnostics;
using System.Text.Json.Nodes;
using Ascent.Events;
using Ascent.Flows.Hooks;
using Ascent.Flows.Messages;
using Ascent.Flows.Settings;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Risk;
using Ascent.Sessions;
using Ascent.Storage;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Recovery;

/// <summary>
/// An account was recovered: hooks, then one transaction that uses up what proved it, ends the flow, marks the address, issues the
/// session and keeps the settings flow that follows, then the answer. The session is aal1, whatever was proven before: settings
/// demand a second factor of who has one.
/// </summary>
internal sealed class RecoveryCompletion(
    Db db, FlowStore store, FlowAnswers answers, RecoveryAnswers outcomes, HookRunner hooks, IdentityStore identities, IdentityWriter writer, SessionIssuer issuer,
    SessionStore sessions, SessionCookie cookie, SettingsStart settings, EventWriter events)
{
    private static readonly RecoveryResult.Again Broken = new(UiMessages.Of(MessageIds.RecoveryFailed));

    /// <summary>The answer, and whether the account was recovered by this very submission.</summary>
    public async Task<(IResult Answer, bool Done)> CompleteAsync(RecoverySubmission submission, IRecoveryMethod method, RecoveryResult.Proven proven, ThrottleVerdict.Admitted attempt)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (await identities.StateAsync(c.Nid, proven.IdentityId, c.Ct) is not { } state) return (await outcomes.AgainAsync(c, flow, method, Broken), false);
        var after = c.Config.SelfService.Flows.Recovery.After;
        var to = ReturnTo.Complete(c.Config, flow.ReturnTo, flow.RequestUrl, after.DefaultBrowserReturnUrl);
        if (to is ReturnToResult.Forbidden forbidden) return (await answers.FailAsync(c, forbidden.Error, flow.IsApi), false);
        flow.State = FlowState.PassedChallenge;
        flow.Ui.ResetMessages();
        var work = new Work(submission, proven, attempt);
        if (state.Identity.IsActive && await PrepareAsync(work, method, state, after.DefaultBrowserReturnUrl) is { } stopped) return (stopped, false);
        return await WriteAsync(work, state) switch
        {
            Written.Recovered done => (Answer(work, done.Session, ((ReturnToResult.Allowed)to).Url), true),
            // Who may not have a session has shown all the same that the address is theirs, and what showed it is used up.
            Written.Disabled => (await outcomes.AgainAsync(c, flow, method, Disabled(proven)), true),
            Written.Lost => (await outcomes.AgainAsync(c, flow, method, proven.Lost), false),
            Written.Contended => (await answers.FailAsync(c, ApiError.Conflict("The account was changed by somebody else meanwhile. Please try again."), flow.IsApi), false),
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Hooks, and the settings flow that follows; an answer where one of them stops it, with nothing used up.</summary>
    private async Task<IResult?> PrepareAsync(Work work, IRecoveryMethod method, IdentityState state, string? afterUrl)
    {
        var (c, flow, proven) = (work.Context, work.Flow, work.Proven);
        switch (await hooks.AfterRecoveryAsync(new HookSubject(c, flow) { Identity = Marked(state.Identity, proven.Address, c.Now) }))
        {
            case HookResult.Refused refused:
                var words = string.Join(' ', refused.Messages.Select(m => m.Text.Text));
                return await outcomes.AgainAsync(c, flow, method, new RecoveryResult.Again(UiMessages.Invalid(words)) { AsBrowser = proven.InBrowser, ToPage = proven.InBrowser }, refused.Messages);
            case HookResult.Failed failed:
                return await answers.FailAsync(c, failed.Error, flow.IsApi && !proven.InBrowser);
            case HookResult.GoOn goOn:
                work.RevokesOthers = goOn.RevokeOthers;
                break;
        }
        if (work.InBrowser) Rotate(c, flow);
        if (flow.SkipsSettings) return null;
        // Settings check once more where they end: what they would refuse there is left to their own configuration.
        var returnTo = flow.ReturnTo ?? ReturnTo.FromUrl(flow.RequestUrl) ?? (afterUrl is not null && ReturnTo.Check(c.Config, afterUrl) is ReturnToResult.Allowed ? afterUrl : null);
        var window = c.Config.SelfService.Flows.Settings.PrivilegedSessionMaxAge;
        var (next, stopped) = await settings.PrepareAsync(c, state, !work.InBrowser, returnTo, UiMessages.RecoverySuccessful(c.Now + window, c.Now));
        if (next is null) return await answers.FailAsync(c, stopped!, flow.IsApi && !proven.InBrowser);
        next.RequestUrl = WithReturnTo(next.RequestUrl, returnTo);
        work.Settings = next;
        return null;
    }

    private async Task<Written> WriteAsync(Work work, IdentityState state)
    {
        var (c, proven) = (work.Context, work.Proven);
        IssueResult? issued = null;
        try
        {
            // Where there is nothing to mark the identity's row stays as it is.
            if (proven.Address is not { } address || !state.Identity.VerifiableAddresses.Any(a => IsSame(a, address) && !a.Verified))
                issued = await db.WriteAsync((tx, ct) => IssueAsync(tx, work, ct), c.Ct);
            else if (await writer.MarkAddressAsync(c.Nid, state.Identity.Id, new AddressMark(address.Via, address.Value, Verified: true), "self", async (tx, _, ct) => issued = await IssueAsync(tx, work, ct), c.Ct) is var write
                && write is not IdentityWrite.Updated)
                return write is IdentityWrite.NotFound ? new Written.Lost() : new Written.Contended();
        }
        catch (LostException)
        {
            return new Written.Lost();
        }
        return issued switch
        {
            IssueResult.Issued done => new Written.Recovered(done),
            IssueResult.Disabled => new Written.Disabled(),
            _ => new Written.Lost(),
        };
    }

    private async Task<IssueResult> IssueAsync(Tx tx, Work work, CancellationToken ct)
    {
        var (c, flow, proven) = (work.Context, work.Flow, work.Proven);
        if (!await store.CompleteAsync(tx, c.Nid, flow, ct) || !await proven.Consume(tx, ct)) throw new LostException(proven.Lost.Text);
        var device = DeviceInfo.Of(c.Http);
        var result = await issuer.IssueAsync(tx, c.Nid, proven.IdentityId, [proven.Method], device, "self", ct);
        if (result is IssueResult.Issued issued)
        {
            if (work.Settings is { } next) await store.InsertAsync(tx, c.Nid, next, ct);
            if (work.RevokesOthers) await sessions.RevokeOthersAsync(tx, c.Nid, proven.IdentityId, issued.Session.Id, "self", ct);
        }
        await events.WriteAsync(tx, c.Nid, new Event(result is IssueResult.Issued ? "recovery.completed" : "recovery.refused")
        {
            Actor = "self", IdentityId = proven.IdentityId, SessionId = (result as IssueResult.Issued)?.Session.Id, Address = device.IpAddress, Data = new JsonObject { ["method"] = proven.Method.Method },
        }, ct);
        await LoginThrottle.SucceededAsync(tx, c.Nid, work.Attempt, ct);
        return result;
    }

    private IResult Answer(Work work, IssueResult.Issued issued, string returnTo)
    {
        if (work.InBrowser) cookie.Issue(work.Context.Http.Response, issued.Token, issued.Session.ExpiresAt);
        return outcomes.Done(work.Context, work.Flow, work.Proven, work.Settings, issued, returnTo);
    }

    /// <summary>Somebody else's browser becomes the account's: forms of before are void.</summary>
    private static void Rotate(FlowContext c, Flow flow)
    {
        CsrfCookie.Rotate(c.Http, c.Config);
        if (flow.IsApi) return;
        flow.Csrf = Csrf.OwnerOf(c.Http, c.Config);
        flow.Ui.SetCsrf(Csrf.Token(c.Http, c.Config));
    }

    private static RecoveryResult.Again Disabled(RecoveryResult.Proven proven)
    {
        var text = UiMessages.Of(MessageIds.IdentityDisabled);
        var error = ApiError.BadRequest(text.Text, "identity_disabled") with { Message = "The identity is disabled", Details = new JsonObject { ["identity_id"] = proven.IdentityId.ToString() } };
        return new RecoveryResult.Again(text) { Error = error, AsBrowser = proven.InBrowser, ToPage = proven.InBrowser };
    }

    /// <summary>The identity as it will be, for hooks.</summary>
    private static Identity Marked(Identity identity, RecoveryRecipient? address, DateTimeOffset now) => address is null ? identity : identity with
    {
        VerifiableAddressesJson = AddressJson.Write(identity.VerifiableAddresses.Select(a => IsSame(a, address) && !a.Verified
            ? a with { Verified = true, Status = AddressStatuses.Completed, VerifiedAt = now } : a)),
    };

    private static bool IsSame(VerifiableAddress a, RecoveryRecipient b) => a.Via == b.Via && a.Value == b.Value;

    /// <summary>The parameters in the order of their names, as recorded.</summary>
    private static string WithReturnTo(string url, string? returnTo)
    {
        if (string.IsNullOrEmpty(returnTo)) return url;
        var with = ReturnTo.CarryOver(url, returnTo);
        var at = with.IndexOf('?', StringComparison.Ordinal);
        return $"{with[..at]}?{string.Join('&', with[(at + 1)..].Split('&').Order(StringComparer.Ordinal))}";
    }

    private abstract record Written
    {
        public sealed record Recovered(IssueResult.Issued Session) : Written;

        public sealed record Disabled : Written;

        public sealed record Lost : Written;

        public sealed record Contended : Written;
    }

    private sealed record Work(RecoverySubmission Submission, RecoveryResult.Proven Proven, ThrottleVerdict.Admitted Attempt)
    {
        public FlowContext Context => Submission.Context;
        public Flow Flow => Submission.Flow;

        /// <summary>A browser gets a cookie; a native app its token.</summary>
        public bool InBrowser => Proven.InBrowser || !Flow.IsApi;
        public bool RevokesOthers { get; set; }
        public Flow? Settings { get; set; }
    }
}

using System.Diagnostics;
using System.Text.Json.Nodes;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Risk;
using Ascent.Storage;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Recovery;

/// <summary>
/// A recovery's form comes in, or its link is opened. The phases stand here in their order; a method is asked only after all of
/// them let the submission through, and what it answers is carried out here, so that no method can leave one out.
/// </summary>
internal sealed class RecoverySubmit(
    FlowContexts contexts, FlowAnswers answers, FlowStore store, FlowGate gate, RecoveryMethods methods, RecoveryAnswers outcomes, RecoveryCompletion completion, LoginThrottle throttle)
{
    public async Task<IResult> SubmitAsync(HttpContext http)
    {
        var c = await contexts.OpenAsync(http);
        var (flow, refusal) = await gate.FindAsync(c, FlowKind.Recovery);
        if (flow is null) return await answers.FailAsync(c, refusal!.Reason is null ? refusal with { Reason = "There is no such recovery in progress. Begin a new one." } : refusal);
        if (!c.Config.SelfService.Flows.Recovery.Enabled && !flow.IsByAdmin) return await answers.FailAsync(c, RecoveryStart.Disabled, flow.IsApi);
        if (flow.IsExpired(c.Now)) return await outcomes.ExpiredAsync(c, flow);
        var (body, unreadable) = await FlowGate.ReadBodyAsync(c);
        if (body is null) return await RefusedAsync(c, flow, [unreadable!]);
        var submission = new RecoverySubmission(c, flow, body);
        var (method, intent) = methods.Find(submission);
        if (intent is not RecoveryIntent.Opens)
        {
            // A link alone, as mail scanners follow them, opens nothing but what was mailed.
            if (FlowGate.SentByAddress(c) is { } link) return await RefusedAsync(c, flow, [link]);
            // A flow that is done looks at its token first, as whoever is signed in may be so by it.
            var isSignedIn = intent is null or RecoveryIntent.Asks && c.Session is not null;
            if (isSignedIn && flow.State != FlowState.PassedChallenge) return RecoveryStart.SignedIn(c, flow.IsApi, null);
            // A code that was handed out may be taken to any browser; whoever asks for a message has to have the form.
            if (!(flow.IsForAnyBrowser && intent is RecoveryIntent.Proves) && FlowGate.Guard(c, flow, body) is { } guarded) return await ForgedAsync(submission, method ?? methods.Of(flow, c.Config), guarded);
            if (isSignedIn) return RecoveryStart.SignedIn(c, flow.IsApi, null);
        }
        // A link that came from somebody else must not make their account of who is signed in here.
        if (intent is RecoveryIntent.Opens && c.Config.Security.StricterThanKratos && c.Session is not null) return RecoveryStart.SignedIn(c, flow.IsApi, null);
        if (method is null) return await NoMethodAsync(c, flow);
        if (!method.IsEnabled(c.Config)) return await answers.FailAsync(c, FlowGate.MethodDisabled, flow.IsApi);
        flow.TransientPayload = body["transient_payload"] as JsonObject;
        return intent is RecoveryIntent.Proves proves
            ? await JudgeAsync(submission, method, proves)
            : await LookAsync(submission, method, ThrottleVerdict.Admitted.Uncounted);
    }

    /// <summary>Counts the code before it is looked at: for the flow always, for its addressee and the client unless it was right.</summary>
    private async Task<IResult> JudgeAsync(RecoverySubmission submission, IRecoveryMethod method, RecoveryIntent.Proves proves)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (await store.CountSubmissionAsync(c.Nid, flow.Id, c.Ct) > proves.Most)
            return await outcomes.AgainAsync(c, flow, method, new RecoveryResult.Again(UiMessages.Invalid("There were too many tries with this code. Please request another one.")));
        var verdict = await throttle.AdmitAsync(c.Nid, Subjects(c, proves), c.Ct);
        if (verdict is ThrottleVerdict.Blocked) FlowOutcomes.Blocked(flow, method.Name);
        if (verdict is ThrottleVerdict.Blocked blocked) return await answers.FailAsync(c, blocked.ToApiError(), flow.IsApi);
        return await LookAsync(submission, method, (ThrottleVerdict.Admitted)verdict);
    }

    /// <summary>An attempt that was judged and found wrong stays counted; one that came to nothing is taken back.</summary>
    private async Task<IResult> LookAsync(RecoverySubmission submission, IRecoveryMethod method, ThrottleVerdict.Admitted attempt)
    {
        var (result, answer) = await throttle.SettleAsync(submission.Context.Nid, attempt, async () =>
        {
            var result = await method.SubmitAsync(submission, submission.Context.Ct);
            if (result is not RecoveryResult.Proven proven) return ((result, null), result is RecoveryResult.Wrong wrong ? EndOf(submission, method, wrong) : AttemptEnd.TakenBack);
            var (answer, done) = await completion.CompleteAsync(submission, method, proven, attempt);
            if (done) FlowOutcomes.Completed(submission.Context, submission.Flow, method.Name, proven.IdentityId);
            return ((result, (IResult?)answer), done ? AttemptEnd.Settled : AttemptEnd.TakenBack);
        });
        return answer ?? await CarryOutAsync(submission, method, result);
    }

    private static AttemptEnd EndOf(RecoverySubmission submission, IRecoveryMethod method, RecoveryResult.Wrong wrong)
    {
        FlowOutcomes.Failed(submission.Context, submission.Flow, method.Name);
        return AttemptEnd.WrongOf(null, new FailedAttempt("recovery.failed", method.Name, submission.Context.Http) { Messages = [wrong.Text.Id] });
    }

    private async Task<IResult> CarryOutAsync(RecoverySubmission submission, IRecoveryMethod method, RecoveryResult result)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        switch (result)
        {
            case RecoveryResult.Shown shown:
                await SaveAsync(c, flow, shown.Write);
                return answers.Again(c, flow, new FlowJson.Extras(Transient: true), StatusCodes.Status200OK);
            case RecoveryResult.Wrong wrong:
                flow.Ui.ResetMessages();
                flow.Ui.Messages.Add(wrong.Text);
                await SaveAsync(c, flow);
                return answers.Again(c, flow, new FlowJson.Extras(Transient: wrong.ShowsTransientPayload), StatusCodes.Status200OK);
            case RecoveryResult.Refused refused:
                flow.Active = method.Name;
                return await RefusedAsync(c, flow, refused.Messages);
            case RecoveryResult.Again again:
                return await outcomes.AgainAsync(c, flow, method, again);
            default:
                throw new UnreachableException();
        }
    }

    private static List<ThrottleSubject> Subjects(FlowContext c, RecoveryIntent.Proves proves)
    {
        var subjects = new List<ThrottleSubject>();
        if (ThrottleClient.Of(c.Http) is { } client) subjects.Add(client);
        if (proves.To is { } to) subjects.Add(ThrottleSubject.Recovery(to));
        return subjects;
    }

    private async Task<IResult> ForgedAsync(RecoverySubmission submission, IRecoveryMethod method, FlowGate.Stop guarded)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (guarded.Forged is { } forged)
        {
            if (method.ForgeryEndsFlow && !flow.IsForAnyBrowser) CsrfCookie.Rotate(c.Http, c.Config);
            return await answers.FailAsync(c, forged, flow.IsApi);
        }
        return method.ForgeryEndsFlow
            ? await outcomes.AgainAsync(c, flow, method, new RecoveryResult.Again(guarded.Message!.Text) { AsBrowser = true })
            : await RefusedAsync(c, flow, [guarded.Message!]);
    }

    /// <summary>Recorded so: what names no method ends what the flow was about.</summary>
    private Task<IResult> NoMethodAsync(FlowContext c, Flow flow)
    {
        flow.Active = NodeGroups.Default;
        return RefusedAsync(c, flow, [new FieldText("", UiMessages.Of(MessageIds.RecoveryNoMethod))]);
    }

    private async Task<IResult> RefusedAsync(FlowContext c, Flow flow, IReadOnlyList<FieldText> messages)
    {
        flow.Ui.ResetMessages();
        flow.Ui.AddMessages(messages);
        await SaveAsync(c, flow);
        return answers.Again(c, flow);
    }

    private Task SaveAsync(FlowContext c, Flow flow, Func<Tx, CancellationToken, Task>? also = null)
    {
        if (!flow.IsApi) flow.Ui.SetValue(UiContainer.CsrfName, Csrf.Token(c.Http, c.Config));
        return store.SaveAsync(c.Nid, flow, also, c.Ct);
    }
}

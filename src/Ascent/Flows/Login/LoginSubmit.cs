using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Http;
using Ascent.Risk;
using Ascent.Sessions;
using Ascent.Storage;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Login;

/// <summary>
/// A login's form comes in. The phases stand here in their order; a method is asked only after all of them let it through,
/// and what it answers is carried out here, so that no method can leave one out.
/// </summary>
internal sealed class LoginSubmit(
    FlowContexts contexts, FlowAnswers answers, FlowStore store, FlowGate gate, LoginMethods methods, LoginStart starts, LoginCompletion completion, LoginThrottle throttle)
{
    public async Task<IResult> SubmitAsync(HttpContext http)
    {
        var c = await contexts.OpenAsync(http);
        var (flow, refusal) = await gate.FindAsync(c, FlowKind.Login);
        if (flow is null) return await answers.FailAsync(c, refusal!);
        if (await StandsInTheWayAsync(c, flow) is { } stop) return stop;
        if (flow.IsExpired(c.Now)) return FlowGate.Expired(c, flow, await starts.ReplaceAsync(c, flow));
        if (FlowGate.SentByAddress(c) is { } link) return await AgainAsync(c, flow, [link]);
        var (body, unreadable) = await FlowGate.ReadBodyAsync(c);
        if (body is null) return await AgainAsync(c, flow, [unreadable!]);
        if (methods.Find(body, flow.RequestedAal, c.Config) is not { } method || (LoginTrial.Of(flow) is not null && !method.TakesTrials)) return await AgainAsync(c, flow, [new FieldText("", UiMessages.Of(MessageIds.LoginNoMethod))]);
        if (!method.IsEnabled(c.Config)) return await answers.FailAsync(c, FlowGate.MethodDisabled, flow.IsApi);
        var submission = new LoginSubmission(c, flow, body);
        if (FlowGate.Guard(c, flow, body) is { } guarded)
            return guarded.Forged is { } forged ? await answers.FailAsync(c, forged, flow.IsApi) : await RefusedAsync(submission, new LoginResult.Refused(guarded.Message!));
        flow.TransientPayload = body["transient_payload"] as System.Text.Json.Nodes.JsonObject;
        return await answers.UnlessOverloadedAsync(c, flow, () => CarryOutAsync(submission, method, () => method.SubmitAsync(submission, c.Ct)));
    }

    /// <summary>
    /// The browser is back from where <see cref="LoginResult.Elsewhere"/> sent it. What it brings is no form, so <paramref name="look"/>
    /// takes the form's place; that it is the browser that left, the method has made sure of.
    /// </summary>
    public async Task<IResult> ReturnAsync(LoginSubmission submission, ILoginMethod method, Func<Task<LoginResult>> look)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (await StandsInTheWayAsync(c, flow) is { } stop) return stop;
        if (flow.IsExpired(c.Now)) return FlowGate.Expired(c, flow, await starts.ReplaceAsync(c, flow));
        if (!method.IsEnabled(c.Config)) return await answers.FailAsync(c, FlowGate.MethodDisabled, flow.IsApi);
        return await CarryOutAsync(submission, method, look);
    }

    /// <summary>Counts the attempt before it is looked at, and takes it back unless a proof was judged and found wrong.</summary>
    private async Task<IResult> CarryOutAsync(LoginSubmission submission, ILoginMethod method, Func<Task<LoginResult>> look)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        var verdict = await throttle.AdmitAsync(c.Nid, Subjects(submission, method), c.Ct);
        if (verdict is ThrottleVerdict.Blocked) FlowOutcomes.Blocked(flow, method.Name);
        if (verdict is ThrottleVerdict.Blocked blocked) return await answers.FailAsync(c, blocked.ToApiError(), flow.IsApi);
        var attempt = (ThrottleVerdict.Admitted)verdict;
        var (result, outcome) = await throttle.SettleAsync(c.Nid, attempt, async () =>
        {
            var result = await look();
            // Whatever a trial came to, it signs nobody in.
            if (result is LoginResult.Proven && LoginTrial.Of(flow) is not null) result = new LoginResult.Failed(FlowGate.MethodDisabled);
            var outcome = result is LoginResult.Proven proven ? await completion.CompleteAsync(c, flow, proven, attempt) : null;
            return ((result, outcome), EndOf(submission, method, result, outcome));
        });
        if (outcome is LoginCompletion.Outcome.Done) FlowOutcomes.Completed(c, flow, method.Name, ((LoginResult.Proven)result).Identity.Id);
        else if (result is LoginResult.Refused { Subject: not null } wrong) FlowOutcomes.Failed(c, flow, method.Name, wrong.IdentityId);
        return outcome is not null ? await AnswerAsync(submission, outcome) : await AnswerAsync(submission, result);
    }

    private static AttemptEnd EndOf(LoginSubmission submission, ILoginMethod method, LoginResult result, LoginCompletion.Outcome? outcome) => (result, outcome) switch
    {
        (LoginResult.Refused { Subject: not null } wrong, _) => AttemptEnd.WrongOf(wrong.IdentityId, new FailedAttempt("login.failed", method.Name, submission.Context.Http)
        {
            Aal = submission.Flow.RequestedAal, NamesAccount = true, Messages = [.. wrong.Messages.Select(m => m.Text.Id)],
        }),
        (_, LoginCompletion.Outcome.Done) => AttemptEnd.Settled,
        _ => AttemptEnd.TakenBack,
    };

    private async Task<IResult> AnswerAsync(LoginSubmission submission, LoginCompletion.Outcome outcome) => outcome switch
    {
        LoginCompletion.Outcome.Done done => done.Answer,
        LoginCompletion.Outcome.Refused refused => await AgainAsync(submission.Context, submission.Flow, refused.Messages),
        LoginCompletion.Outcome.Failed failed => await answers.FailAsync(submission.Context, failed.Error, submission.Flow.IsApi),
        LoginCompletion.Outcome.NotYet notYet => notYet.Answer,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private async Task<IResult> AnswerAsync(LoginSubmission submission, LoginResult result)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        switch (result)
        {
            case LoginResult.Refused refused:
                return await RefusedAsync(submission, refused);
            case LoginResult.NextStep next:
                await SaveAsync(c, flow, next.Write);
                return answers.Again(c, flow, new FlowJson.Extras(Transient: true));
            case LoginResult.Elsewhere elsewhere:
                await SaveAsync(c, flow);
                return FlowAnswers.Elsewhere(c, flow, elsewhere.Url);
            case LoginResult.Answered answered:
                return answered.Answer;
            case LoginResult.Failed failed:
                return await answers.FailAsync(c, failed.Error, flow.IsApi);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>A first factor is guessed at for an identifier, a second one for an account; both from an address.</summary>
    private static List<ThrottleSubject> Subjects(LoginSubmission submission, ILoginMethod method)
    {
        var subjects = new List<ThrottleSubject>();
        if (ThrottleClient.Of(submission.Context.Http) is { } client) subjects.Add(client);
        if (submission.Flow.RequestedAal == SessionAal.Aal2 && submission.Context.Session is { } session) subjects.Add(ThrottleSubject.Factor(session.IdentityId, method.Name));
        else if (method.Claimed(submission) is { } identifier) subjects.Add(ThrottleSubject.Identifier(identifier));
        return subjects;
    }

    /// <summary>A session that makes the flow pointless, or that it lacks.</summary>
    private async Task<IResult?> StandsInTheWayAsync(FlowContext c, Flow flow)
    {
        if (c.Session is not { } session)
            return flow.RequestedAal == SessionAal.Aal1 ? null : await answers.FailAsync(c, LoginStart.SessionNeeded, flow.IsApi);
        if (flow.IsRefresh || !SessionAal.Reaches(session.Aal, flow.RequestedAal)) return null;
        if (flow.IsApi || c.IsJson) return await AgainAsync(c, flow, [new FieldText("", UiMessages.Invalid(LoginStart.AlreadyThere.Reason!))]);
        return new RedirectResult(c.Config.SelfService.DefaultBrowserReturnUrl);
    }

    private Task<IResult> RefusedAsync(LoginSubmission submission, LoginResult.Refused refused)
    {
        var ui = submission.Flow.Ui;
        ui.ResetNodes(refused.Forget);
        if (!refused.LeavesIdentifier && submission.Body[LoginNodes.Identifier] is System.Text.Json.Nodes.JsonValue typed) ui.SetValue(LoginNodes.Identifier, typed.ToString());
        return AgainAsync(submission.Context, submission.Flow, refused.Messages);
    }

    private async Task<IResult> AgainAsync(FlowContext c, Flow flow, IReadOnlyList<FieldText> messages)
    {
        flow.Ui.ResetMessages();
        flow.Ui.AddMessages(messages);
        NodeOrder.Login.Sort(flow.Ui.Nodes);
        await SaveAsync(c, flow);
        return answers.Again(c, flow);
    }

    private Task SaveAsync(FlowContext c, Flow flow, Func<Tx, CancellationToken, Task>? also = null)
    {
        if (!flow.IsApi) flow.Ui.SetValue(UiContainer.CsrfName, LoginTrial.Of(flow)?.Token ?? Csrf.Token(c.Http, c.Config));
        return store.SaveAsync(c.Nid, flow, also, c.Ct);
    }
}

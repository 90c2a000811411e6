using System.Text.Json.Nodes;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Http;
using Ascent.Risk;
using Ascent.Schemas;
using Ascent.Storage;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Registration;

/// <summary>
/// A registration's form comes in. The phases stand here in their order; a method is asked only after all of them let it through,
/// and what it answers is carried out here, so that no method can leave one out.
/// </summary>
internal sealed class RegistrationSubmit(
    FlowContexts contexts, FlowAnswers answers, FlowStore store, FlowGate gate, RegistrationMethods methods, RegistrationForms forms, RegistrationStart starts, RegistrationCompletion completion,
    LoginThrottle throttle)
{
    private static readonly FieldText NoMethod = new("", UiMessages.Of(MessageIds.RegistrationNoMethod));

    public async Task<IResult> SubmitAsync(HttpContext http)
    {
        var c = await contexts.OpenAsync(http);
        var (flow, refusal) = await gate.FindAsync(c, FlowKind.Registration);
        if (flow is null) return await answers.FailAsync(c, refusal!);
        if (!c.Config.SelfService.Flows.Registration.Enabled) return await answers.FailAsync(c, RegistrationStart.Disabled, flow.IsApi);
        if (c.Session is not null) return flow.IsApi || c.IsJson ? RegistrationStart.AlreadyThere : new RedirectResult(c.Config.SelfService.DefaultBrowserReturnUrl, StatusCodes.Status302Found);
        if (forms.SchemaOf(flow) is not { } schema) return await answers.FailAsync(c, ApiError.BadRequest("The identity schema of this registration does not exist any more. Begin a new one."), flow.IsApi);
        if (flow.IsExpired(c.Now)) return FlowGate.Expired(c, flow, await starts.ReplaceAsync(c, flow, schema));
        if (FlowGate.SentByAddress(c) is { } link) return await AgainAsync(c, flow, schema, [link]);
        var (body, unreadable) = await FlowGate.ReadBodyAsync(c, TraitInput.TypesOf(schema));
        if (body is null) return await AgainAsync(c, flow, schema, [unreadable!]);
        var submission = new RegistrationSubmission(c, flow, body, schema);
        if (FlowGate.Guard(c, flow, body) is { } guarded)
            return guarded.Forged is { } forged ? await answers.FailAsync(c, forged, flow.IsApi) : await RefusedAsync(submission, new RegistrationResult.Refused(guarded.Message!));
        if (flow.Completed) return await AgainAsync(c, flow, schema, [new FieldText("", UiMessages.Of(MessageIds.RegistrationAlreadyDone))]);
        if (methods.Find(body, c.Config) is not { } method) return await NoMethodAsync(submission);
        if (!method.IsEnabled(c.Config)) return await answers.FailAsync(c, FlowGate.MethodDisabled, flow.IsApi);
        flow.TransientPayload = body["transient_payload"] as JsonObject;
        return await answers.UnlessOverloadedAsync(c, flow, () => CarryOutAsync(submission, method, () => method.SubmitAsync(submission, c.Ct)));
    }

    /// <summary>
    /// The browser is back from where <see cref="RegistrationResult.Elsewhere"/> sent it. What it brings is no form, so
    /// <paramref name="look"/> takes the form's place; that it is the browser that left, the method has made sure of.
    /// </summary>
    public async Task<IResult> ReturnAsync(RegistrationSubmission submission, IRegistrationMethod method, Func<Task<RegistrationResult>> look)
    {
        var (c, flow, schema) = (submission.Context, submission.Flow, submission.Schema);
        if (!c.Config.SelfService.Flows.Registration.Enabled) return await answers.FailAsync(c, RegistrationStart.Disabled, flow.IsApi);
        if (c.Session is not null) return flow.IsApi || c.IsJson ? RegistrationStart.AlreadyThere : new RedirectResult(c.Config.SelfService.DefaultBrowserReturnUrl);
        if (flow.IsExpired(c.Now)) return FlowGate.Expired(c, flow, await starts.ReplaceAsync(c, flow, schema));
        if (flow.Completed) return await AgainAsync(c, flow, schema, [new FieldText("", UiMessages.Of(MessageIds.RegistrationAlreadyDone))]);
        if (!method.IsEnabled(c.Config)) return await answers.FailAsync(c, FlowGate.MethodDisabled, flow.IsApi);
        return await CarryOutAsync(submission, method, look);
    }

    /// <summary>
    /// Counts the attempt before it is looked at. Where a proof was guessed at, it is taken back unless it was wrong; what came as far as an
    /// account, with all its work, stays counted for the client, whether the account could be made or not.
    /// </summary>
    private async Task<IResult> CarryOutAsync(RegistrationSubmission submission, IRegistrationMethod method, Func<Task<RegistrationResult>> look)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        var verdict = await throttle.AdmitAsync(c.Nid, Subjects(submission, method), c.Ct);
        if (verdict is ThrottleVerdict.Blocked) FlowOutcomes.Blocked(flow, method.Name);
        if (verdict is ThrottleVerdict.Blocked blocked) return await answers.FailAsync(c, blocked.ToApiError(), flow.IsApi);
        return await AnswerAsync(submission, await throttle.SettleAsync(c.Nid, (ThrottleVerdict.Admitted)verdict, async () =>
        {
            var result = await look();
            return (result, result switch
            {
                RegistrationResult.Refused { WrongProof: true } wrong => EndOf(submission, method, wrong),
                RegistrationResult.Accepted => AttemptEnd.Spent,
                _ => AttemptEnd.TakenBack,
            });
        }));
    }

    private static AttemptEnd EndOf(RegistrationSubmission submission, IRegistrationMethod method, RegistrationResult.Refused wrong)
    {
        FlowOutcomes.Failed(submission.Context, submission.Flow, method.Name);
        return AttemptEnd.WrongOf(null, new FailedAttempt("registration.failed", method.Name, submission.Context.Http) { Messages = [.. wrong.Messages.Select(m => m.Text.Id)] });
    }

    private static List<ThrottleSubject> Subjects(RegistrationSubmission submission, IRegistrationMethod method)
    {
        List<ThrottleSubject> subjects = [.. method.GuessedAt(submission).Select(ThrottleSubject.Identifier)];
        if (ThrottleClient.Of(submission.Context.Http) is not { } client) return subjects;
        if (subjects.Count > 0) subjects.Add(client);
        subjects.Add(ThrottleSubject.Registration(client));
        return subjects;
    }

    private async Task<IResult> AnswerAsync(RegistrationSubmission submission, RegistrationResult result)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        switch (result)
        {
            case RegistrationResult.Accepted accepted:
                return await completion.CompleteAsync(submission, accepted) switch
                {
                    RegistrationCompletion.Outcome.Done done => Done(submission, accepted, done.Answer),
                    RegistrationCompletion.Outcome.Refused refused => await RefusedAsync(submission, new RegistrationResult.Refused(refused.Messages)),
                    _ => throw new System.Diagnostics.UnreachableException(),
                };
            case RegistrationResult.Refused refused:
                return await RefusedAsync(submission, refused);
            case RegistrationResult.NextStep next:
                if (next.Stage is { } stage) await forms.BuildAsync(c, flow, submission.Schema, stage, submission.Traits.Sent);
                flow.Ui.Messages.AddRange(next.Messages);
                await SaveAsync(c, flow, next.Write);
                return answers.NextStep(c, flow, FlowJson.Extras.None with { Transient = next.ShowsTransientPayload });
            case RegistrationResult.Elsewhere elsewhere:
                await SaveAsync(c, flow);
                return FlowAnswers.Elsewhere(c, flow, elsewhere.Url);
            case RegistrationResult.Answered answered:
                return answered.Answer;
            case RegistrationResult.Failed failed:
                return await answers.FailAsync(c, failed.Error, flow.IsApi);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private static IResult Done(RegistrationSubmission submission, RegistrationResult.Accepted accepted, IResult answer)
    {
        FlowOutcomes.Completed(submission.Context, submission.Flow, accepted.Method.Method);
        return answer;
    }

    /// <summary>Who names no method hears of the traits first, and only then that a method is missing.</summary>
    private Task<IResult> NoMethodAsync(RegistrationSubmission submission) =>
        submission.Text("method") is null && !submission.Traits.IsValid
            ? RefusedAsync(submission, new RegistrationResult.Refused(submission.Traits.Messages))
            : AgainAsync(submission.Context, submission.Flow, submission.Schema, [NoMethod]);

    private Task<IResult> RefusedAsync(RegistrationSubmission submission, RegistrationResult.Refused refused)
    {
        var ui = submission.Flow.Ui;
        ui.ResetNodes(refused.Forget);
        TraitNodes.Fill(ui, RegistrationTraits.Element(submission.Traits.Sent), NodeGroups.Default);
        return AgainAsync(submission.Context, submission.Flow, submission.Schema, refused.Messages);
    }

    private async Task<IResult> AgainAsync(FlowContext c, Flow flow, IdentitySchema schema, IReadOnlyList<FieldText> messages)
    {
        flow.Ui.ResetMessages();
        flow.Ui.AddMessages(messages);
        RegistrationForms.Sort(flow, schema);
        await SaveAsync(c, flow);
        return answers.Again(c, flow);
    }

    private Task SaveAsync(FlowContext c, Flow flow, Func<Tx, CancellationToken, Task>? also = null)
    {
        if (!flow.IsApi) flow.Ui.SetValue(UiContainer.CsrfName, Csrf.Token(c.Http, c.Config));
        return store.SaveAsync(c.Nid, flow, also, c.Ct);
    }
}

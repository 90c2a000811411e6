using System.Diagnostics;
using System.Text.Json.Nodes;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Identities;
using Ascent.Risk;
using Ascent.Schemas;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Verification;

/// <summary>
/// A verification's form comes in, or a link of its mail is opened. The phases stand here in their order; the wish for a message has
/// to come from the browser that began, a proof may come from wherever the mail was read.
/// </summary>
internal sealed class VerificationSubmit(
    FlowContexts contexts, FlowStore store, FlowGate gate, VerificationMethods methods, VerificationSending sending,
    VerificationCompletion completion, VerificationAnswers replies, LoginThrottle throttle)
{
    private const string Email = "email", Sms = "sms";
    private const int LongestAddress = 512;

    private static readonly FieldText NoMethod = new("", UiMessages.Of(MessageIds.VerificationNoMethod));
    private static readonly UiText TooOften = UiMessages.Invalid("There were too many tries. Please ask for another code.");

    public async Task<IResult> SubmitAsync(HttpContext http)
    {
        var c = await contexts.OpenAsync(http);
        var (flow, refusal) = await gate.FindAsync(c, FlowKind.Verification);
        if (flow is null) return await replies.FailAsync(c, refusal!.Reason is null ? refusal with { Reason = "There is no such verification in progress. Begin anew." } : refusal);
        if (!c.Config.SelfService.Flows.Verification.Enabled) return await replies.FailAsync(c, VerificationStart.Disabled, flow.IsApi);
        var isLink = HttpMethods.IsGet(http.Request.Method);
        var (body, unreadable) = isLink ? (FromQuery(c), null) : await FlowGate.ReadBodyAsync(c);
        if (body is null) return await AgainAsync(c, flow, [unreadable!]);
        if (!methods.Knows(body)) return await AgainAsync(c, flow, [new FieldText("#/method", UiMessages.Invalid("The method must be code or link."))]);
        var submission = new VerificationSubmission(c, flow, body, isLink);
        if (methods.Find(body, flow, c.Config) is not { } method)
        {
            flow.Active = NodeGroups.Default;
            return await AskAgainAsync(submission, methods.InUse(c.Config), NoMethod);
        }
        return method.HasProof(submission) ? await ProveAsync(submission, method) : await SendAsync(submission, method);
    }

    /// <summary>Somebody wants a message. Whether anybody has the address changes nothing that can be seen.</summary>
    private async Task<IResult> SendAsync(VerificationSubmission submission, IVerificationMethod method)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        if (flow.IsExpired(c.Now)) return await replies.ExpiredAsync(c, flow);
        if (flow.Completed) return await replies.OverAsync(submission, new VerificationResult.Over(UiMessages.Of(MessageIds.VerificationAlreadyDone)));
        // The button that sends anew bears the name of the way where the message was sent by itself.
        if ((submission.Text(Email) ?? submission.Text(Sms)) is not { } typed) return await AskAgainAsync(submission, method, new FieldText("#/email", UiMessages.Required(Email)));
        if (typed.Length > LongestAddress) return await AskAgainAsync(submission, method, new FieldText("#/email", UiMessages.MaxLength(LongestAddress, typed.Length)));
        if (FlowGate.Guard(c, flow, submission.Body) is { } guarded)
            return guarded.Forged is { } forged ? await replies.FailAsync(c, forged, flow.IsApi) : await AskAgainAsync(submission, method, guarded.Message!);
        if (!flow.IsApi && !Csrf.OwnedBy(c.Http, c.Config, flow.Csrf)) return await replies.FailAsync(c, Csrf.Violation(c.Http, c.Config, submission.Text(UiContainer.CsrfName)));
        flow.TransientPayload = submission.Body["transient_payload"] as JsonObject;
        flow.Active = method.Name;
        flow.State = FlowState.SentEmail;
        flow.SentTo = new SentTo(method.ViaOf(typed), Normal(method.ViaOf(typed), typed));
        method.AwaitAsked(VerificationForm.Of(c, flow), typed);
        await sending.SendAsync(c, flow, method);
        return replies.Shown(submission);
    }

    private async Task<IResult> ProveAsync(VerificationSubmission submission, IVerificationMethod method)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        flow.TransientPayload = submission.Body["transient_payload"] as JsonObject;
        var most = method.MostTries(c.Config);
        // What is too long to be guessed is as good as it says, however old the form is.
        if (most is not null && flow.IsExpired(c.Now)) return await replies.ExpiredAsync(c, flow);
        if (most is not null && flow.Completed) return await replies.OverAsync(submission, new VerificationResult.Over(UiMessages.Of(MessageIds.VerificationAlreadyDone)));
        var isGuess = most is not null && !submission.IsLink;
        var verdict = await throttle.AdmitAsync(c.Nid, isGuess ? Subjects(c, flow) : [], c.Ct);
        if (verdict is ThrottleVerdict.Blocked) FlowOutcomes.Blocked(flow, method.Name);
        if (verdict is ThrottleVerdict.Blocked blocked) return await replies.FailAsync(c, blocked.ToApiError(), flow.IsApi);
        var attempt = (ThrottleVerdict.Admitted)verdict;
        return await AnswerAsync(submission, await throttle.SettleAsync(c.Nid, attempt, async () =>
        {
            if (isGuess && await store.CountSubmissionAsync(c.Nid, flow.Id, c.Ct) > most) return (new VerificationResult.Over(TooOften), AttemptEnd.TakenBack);
            var result = await method.ProveAsync(submission, c.Ct);
            if (result is VerificationResult.Proven proven) result = await completion.CompleteAsync(submission, proven, attempt);
            return (result, EndOf(submission, method, result));
        }));
    }

    private static AttemptEnd EndOf(VerificationSubmission submission, IVerificationMethod method, VerificationResult result) => result switch
    {
        VerificationResult.Wrong wrong => AttemptEnd.WrongOf(null, new FailedAttempt("verification.failed", method.Name, submission.Context.Http) { Messages = [wrong.Message.Id] }),
        VerificationResult.Done => AttemptEnd.Settled,
        _ => AttemptEnd.TakenBack,
    };

    private async Task<IResult> AnswerAsync(VerificationSubmission submission, VerificationResult result)
    {
        switch (result)
        {
            case VerificationResult.Done:
                FlowOutcomes.Completed(submission.Context, submission.Flow, submission.Flow.Active);
                return replies.Shown(submission);
            case VerificationResult.Wrong wrong:
                FlowOutcomes.Failed(submission.Context, submission.Flow, submission.Flow.Active);
                submission.Flow.Ui.ResetMessages();
                submission.Flow.Ui.Messages.Add(wrong.Message);
                await SaveAsync(submission.Context, submission.Flow);
                return replies.Shown(submission, new FlowJson.Extras(Transient: true));
            case VerificationResult.Opened:
                return await replies.OpenAsync(submission);
            case VerificationResult.Over over:
                return await replies.OverAsync(submission, over);
            case VerificationResult.Failed failed:
                return await replies.FailAsync(submission.Context, failed.Error, submission.Flow.IsApi);
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>Guesses are counted for the client and for the address written to, whosever it is and if it is nobody's.</summary>
    private static List<ThrottleSubject> Subjects(FlowContext c, Flow flow)
    {
        var subjects = new List<ThrottleSubject>();
        if (ThrottleClient.Of(c.Http) is { } client) subjects.Add(client);
        if (flow.SentTo is { } to) subjects.Add(ThrottleSubject.Verification(to.Address));
        return subjects;
    }

    private static string Normal(string via, string typed) => (via == AddressVias.Email ? Identifiers.NormalizeEmail(typed) : Identifiers.NormalizePhone(typed)) ?? typed;

    private static JsonObject FromQuery(FlowContext c)
    {
        var fields = new JsonObject();
        foreach (var (name, values) in c.Http.Request.Query)
            if (values is [{ Length: > 0 } value, ..] && name != "flow")
                fields[name] = value;
        return fields;
    }

    private Task<IResult> AskAgainAsync(VerificationSubmission submission, IVerificationMethod? method, FieldText message)
    {
        method?.AskAgain(VerificationForm.Of(submission.Context, submission.Flow), submission.Text(Email) ?? "");
        return AgainAsync(submission.Context, submission.Flow, [message]);
    }

    private async Task<IResult> AgainAsync(FlowContext c, Flow flow, IReadOnlyList<FieldText> messages)
    {
        flow.Ui.ResetMessages();
        flow.Ui.AddMessages(messages);
        await SaveAsync(c, flow);
        return replies.Again(c, flow);
    }

    private Task SaveAsync(FlowContext c, Flow flow)
    {
        if (!flow.IsApi) flow.Ui.SetValue(UiContainer.CsrfName, Csrf.Token(c.Http, c.Config));
        return store.SaveAsync(c.Nid, flow, c.Ct);
    }
}

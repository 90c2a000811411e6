using System.Diagnostics;
using System.Text.Json.Nodes;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Flows.Verification;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Schemas;
using Ascent.Sessions;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Settings;

/// <summary>
/// Settings come in. The phases stand here in their order: session, flow, whose it is, level, expiry, body, method, forgery, age of
/// the proof. A method is asked only after all of them let the submission through.
/// </summary>
internal sealed class SettingsSubmit(
    FlowContexts contexts, FlowAnswers answers, FlowStore store, FlowGate gate, SettingsMethods methods, SettingsStart starts,
    SettingsPrivilege privilege, SettingsCompletion completion, IdentityStore identities, SchemaStore schemas)
{
    public async Task<IResult> SubmitAsync(HttpContext http)
    {
        var c = await contexts.OpenAsync(http);
        if (c.Session is not { } session || await identities.StateAsync(c.Nid, session.IdentityId, c.Ct) is not { } state) return SettingsAccess.Missing(c);
        var (flow, refusal) = await gate.FindAsync(c, FlowKind.Settings);
        if (flow is null) return await answers.FailAsync(c, refusal!.Reason is null ? refusal with { Reason = "There are no such settings in progress. Open them anew." } : refusal);
        if (flow.IdentityId != session.IdentityId) return await answers.FailAsync(c, SettingsAccess.OtherIdentity, flow.IsApi);
        if (SettingsAccess.TooWeak(c, session, state, Flow.ActionUrl(c.Config, FlowKind.Settings, flow.Id)) is { } tooWeak) return SettingsAccess.Answer(c, flow.IsApi, tooWeak);
        if (flow.IsExpired(c.Now)) return FlowGate.Expired(c, flow, await starts.ReplaceAsync(c, flow, state));
        var (body, unreadable, resumed) = await ReadAsync(c, flow, session, state);
        if (body is null) return await AgainAsync(c, flow, state, [unreadable!]);
        var (method, bad) = methods.Find(body);
        if (bad is not null) return await AgainAsync(c, flow, state, [new FieldText("", UiMessages.Invalid($"The field {bad} says neither true nor false."))]);
        if (method is null) return await AgainAsync(c, flow, state, [new FieldText("", UiMessages.Of(MessageIds.SettingsNoMethod))]);
        if (!method.IsEnabled(c.Config)) return await answers.FailAsync(c, FlowGate.MethodDisabled, flow.IsApi);
        var submission = new SettingsSubmission(c, flow, body, state, session);
        // A form that waited was guarded before it began to wait.
        if (!resumed && FlowGate.Guard(c, flow, body) is { } guarded)
            return guarded.Forged is { } forged ? await answers.FailAsync(c, forged, flow.IsApi) : await RefusedAsync(submission, method, [guarded.Message!]);
        flow.TransientPayload = body["transient_payload"] as JsonObject;
        if (SettingsAccess.OnlyEnrols(c, session, state) && !method.EnrolsSecondFactor(submission)) return await EnrolFirstAsync(submission, method);
        if (!submission.HasPrivilege && method.IsPrivileged(submission)) return await privilege.AskAsync(submission);
        return await answers.UnlessOverloadedAsync(c, flow, async () => await CarryOutAsync(submission, method, await method.SubmitAsync(submission, c.Ct)));
    }

    /// <summary>
    /// The browser is back from where <see cref="SettingsResult.Elsewhere"/> sent it. What it brings is no form, so <paramref name="look"/>
    /// takes the form's place; that it is the browser that left, the method has made sure of.
    /// </summary>
    /// <param name="body">The form that sent it there, which is carried out anew where a fresh proof is needed first.</param>
    public async Task<IResult> ReturnAsync(FlowContext c, Flow flow, JsonObject body, ISettingsMethod method, Func<SettingsSubmission, Task<SettingsResult>> look)
    {
        if (c.Session is not { } session || await identities.StateAsync(c.Nid, session.IdentityId, c.Ct) is not { } state) return SettingsAccess.Missing(c);
        if (flow.IdentityId != session.IdentityId) return await answers.FailAsync(c, SettingsAccess.OtherIdentity, flow.IsApi);
        if (SettingsAccess.TooWeak(c, session, state, Flow.ActionUrl(c.Config, FlowKind.Settings, flow.Id)) is { } tooWeak) return SettingsAccess.Answer(c, flow.IsApi, tooWeak);
        if (flow.IsExpired(c.Now)) return FlowGate.Expired(c, flow, await starts.ReplaceAsync(c, flow, state));
        if (!method.IsEnabled(c.Config)) return await answers.FailAsync(c, FlowGate.MethodDisabled, flow.IsApi);
        var submission = new SettingsSubmission(c, flow, body, state, session);
        if (SettingsAccess.OnlyEnrols(c, session, state)) return await EnrolFirstAsync(submission, method);
        if (!submission.HasPrivilege && method.IsPrivileged(submission)) return await privilege.AskAsync(submission);
        return await CarryOutAsync(submission, method, await look(submission));
    }

    private async Task<IResult> CarryOutAsync(SettingsSubmission submission, ISettingsMethod method, SettingsResult result)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        switch (result)
        {
            case SettingsResult.Saved saved:
                return await CompleteAsync(submission, method, saved);
            case SettingsResult.NothingToDo:
                return await CompleteAsync(submission, method, new SettingsResult.Saved(state => new IdentityEdit.Apply(IdentityDraft.From(state) with { ReadTraits = false })));
            case SettingsResult.Shown:
                flow.Ui.ResetMessages();
                await SaveAsync(c, flow);
                return answers.Again(c, flow, new FlowJson.Extras(submission.Identity, Transient: true), StatusCodes.Status200OK);
            case SettingsResult.Refused refused:
                return await RefusedAsync(submission, method, refused.Messages);
            case SettingsResult.Elsewhere elsewhere:
                await SaveAsync(c, flow);
                return FlowAnswers.Elsewhere(c, flow, elsewhere.Url);
            case SettingsResult.Failed failed:
                return await answers.FailAsync(c, failed.Error, flow.IsApi);
            default:
                throw new UnreachableException();
        }
    }

    private async Task<IResult> CompleteAsync(SettingsSubmission submission, ISettingsMethod method, SettingsResult.Saved saved) =>
        await completion.CompleteAsync(submission, method.Name, saved) switch
        {
            SettingsCompletion.Outcome.Done done => Done(submission, method, done.Answer),
            SettingsCompletion.Outcome.Refused refused => await RefusedAsync(submission, method, refused.Messages),
            SettingsCompletion.Outcome.Failed failed => await answers.FailAsync(submission.Context, failed.Error, submission.Flow.IsApi),
            SettingsCompletion.Outcome.Parked parked => await ParkedAsync(submission, method, parked.Begun),
            _ => throw new UnreachableException(),
        };

    private static IResult Done(SettingsSubmission submission, ISettingsMethod method, IResult answer)
    {
        FlowOutcomes.Completed(submission.Context, submission.Flow, method.Name);
        return answer;
    }

    /// <summary>The form stays as it was sent, and the way leads to the verification that the change waits for.</summary>
    private async Task<IResult> ParkedAsync(SettingsSubmission submission, ISettingsMethod method, BegunVerification begun)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        method.Refill(submission);
        flow.Ui.ResetMessages();
        await SaveAsync(c, flow);
        if (!flow.IsApi && !c.IsJson) return new RedirectResult(begun.Page);
        return answers.Shown(flow, new FlowJson.Extras(submission.Identity, [begun.ToContinueWith()]));
    }

    /// <summary>What was sent; or, where a browser merely comes back by a link, what waited for it. A link alone changes nothing.</summary>
    private async Task<(JsonObject? Body, FieldText? Unreadable, bool Resumed)> ReadAsync(FlowContext c, Flow flow, Session session, IdentityState state)
    {
        if (HttpMethods.IsGet(c.Http.Request.Method) || HttpMethods.IsHead(c.Http.Request.Method))
        {
            var waited = flow.IsApi || c.IsJson ? null : await privilege.ResumeAsync(c, flow, session);
            return (waited ?? [], null, waited is not null);
        }
        var traits = TraitInput.TypesOf(schemas.Current.Find(state.Identity.SchemaId));
        var (body, unreadable) = await FlowGate.ReadBodyAsync(c, name => methods.IsButton(name) ? FormType.Boolean : traits(name));
        return (body, unreadable, false);
    }

    private Task<IResult> EnrolFirstAsync(SettingsSubmission submission, ISettingsMethod method)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        return flow.IsApi || c.IsJson
            ? Task.FromResult<IResult>(SettingsAccess.EnrolFirst(c, flow))
            : RefusedAsync(submission, method, [new FieldText("", UiMessages.Invalid(SettingsAccess.EnrolFirstReason))]);
    }

    private async Task<IResult> RefusedAsync(SettingsSubmission submission, ISettingsMethod method, IReadOnlyList<FieldText> messages)
    {
        method.Refill(submission);
        return await ShowAsync(submission.Context, submission.Flow, submission.State, messages);
    }

    private Task<IResult> AgainAsync(FlowContext c, Flow flow, IdentityState state, IReadOnlyList<FieldText> messages)
    {
        flow.Ui.ResetMessages();
        return ShowAsync(c, flow, state, messages);
    }

    private async Task<IResult> ShowAsync(FlowContext c, Flow flow, IdentityState state, IReadOnlyList<FieldText> messages)
    {
        flow.Ui.AddMessages(messages);
        starts.Sort(flow, state);
        await SaveAsync(c, flow);
        return answers.Again(c, flow, new FlowJson.Extras(state.Identity));
    }

    private Task SaveAsync(FlowContext c, Flow flow)
    {
        if (!flow.IsApi) flow.Ui.SetValue(UiContainer.CsrfName, Csrf.Token(c.Http, c.Config));
        return store.SaveAsync(c.Nid, flow, c.Ct);
    }
}

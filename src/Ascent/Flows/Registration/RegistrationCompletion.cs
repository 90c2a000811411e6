using System.Diagnostics;
using Ascent.Flows.Hooks;
using Ascent.Flows.Messages;
using Ascent.Flows.OAuth2;
using Ascent.Flows.Verification;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Sessions;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Registration;

/// <summary>
/// A registration was accepted: the hooks that may change or refuse it, then one transaction that creates the identity, spends what
/// may be used once, ends the flow, issues the session and writes to the address to verify, then the hooks that are told, then the
/// answer. Of many submissions of one form exactly one gets through.
/// </summary>
internal sealed class RegistrationCompletion(
    FlowStore store, FlowAnswers answers, HookRunner hooks, IdentityWriter writer, SessionIssuer issuer, DuplicateAccount duplicates, AddressMails mails, QuietRegistration quiet,
    RegistrationAnswer success, SessionExchange exchange)
{
    public abstract record Outcome
    {
        private Outcome() { }

        public sealed record Done(IResult Answer) : Outcome;

        public sealed record Refused(IReadOnlyList<FieldText> Messages) : Outcome;
    }

    public async Task<Outcome> CompleteAsync(RegistrationSubmission submission, RegistrationResult.Accepted accepted)
    {
        var (c, flow, method) = (submission.Context, submission.Flow, accepted.Method.Method);
        var after = c.Config.SelfService.Flows.Registration.After;
        var returnTo = ReturnTo.Complete(c.Config, flow.ReturnTo, flow.RequestUrl, after.ReturnUrlFor(method));
        if (returnTo is not ReturnToResult.Allowed to) return await FailAsync(c, flow, ((ReturnToResult.Forbidden)returnTo).Error);
        if (mails.IsOn(c.Config) && VerificationReturn.Refusal(c.Config, flow.RequestUrl) is { } refusal) return await FailAsync(c, flow, refusal);
        return await hooks.AfterRegistrationBeforeWriteAsync(new HookSubject(c, flow), accepted.Draft, method) switch
        {
            DraftHookResult.GoOn goOn => await WriteAsync(submission, accepted with { Draft = goOn.Draft }, to.Url),
            DraftHookResult.Refused refused => new Outcome.Refused(refused.Messages),
            DraftHookResult.Failed failed => await FailAsync(c, flow, failed.Error),
            _ => throw new UnreachableException(),
        };
    }

    private async Task<Outcome> WriteAsync(RegistrationSubmission submission, RegistrationResult.Accepted accepted, string returnTo)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        var (device, state) = (DeviceInfo.Of(c.Http), flow.State);
        IssueResult.Issued? issued = null;
        // Who signed up gets another anti-forgery cookie, which the verification belongs to already.
        var csrf = flow.IsApi ? null : CsrfCookie.Draw();
        IReadOnlyList<BegunVerification> begun = [];
        var toMail = mails.OfNew(c.Config, accepted.Draft);
        var isQuiet = QuietRegistration.IsAsked(c.Config, toMail);
        var afterwards = AfterVerification(c, flow, accepted.Method.Method, isQuiet);
        try
        {
            var write = await writer.CreateAsync(c.Nid, toMail.Draft, "self", async (tx, identity, ct) =>
            {
                flow.State = FlowState.PassedChallenge;
                if (!await store.CompleteAsync(tx, c.Nid, flow, ct)) throw new LostException(UiMessages.Of(MessageIds.RegistrationAlreadyDone));
                if (accepted.Consume is not null && !await accepted.Consume(tx, identity, ct)) throw new LostException(accepted.Lost!);
                // A hook may have it created inactive: then there is no session to hand out.
                if (!isQuiet) issued = await issuer.IssueAsync(tx, c.Nid, identity.Id, [accepted.Method], device, "self", ct) as IssueResult.Issued;
                if (c.App is not null && issued is not null && HandsOut(c, accepted.Method.Method)) await exchange.KeepAsync(tx, c.Nid, flow.Id, issued.Session.Id, issued.Token, ct);
                begun = await mails.SendAsync(tx, c, flow, identity, toMail, csrf, ct, afterwards);
            }, c.Ct);
            return write switch
            {
                IdentityWrite.Created created => await AnswerAsync(c, flow, accepted.Method.Method, created.State.Identity, new RegistrationAnswer.Outcome(issued, begun, csrf, returnTo), isQuiet),
                IdentityWrite.Conflict { With.Kind: not CredentialTypes.Oidc } when isQuiet => await PretendAsync(submission, accepted, toMail, csrf, returnTo, afterwards),
                IdentityWrite.Conflict conflict when accepted.IfTaken is { } taken => new Outcome.Done(await taken(conflict.With)),
                IdentityWrite.Conflict conflict => Refuse(await duplicates.MessageAsync(c, conflict.With)),
                IdentityWrite.InvalidTraits invalid => new Outcome.Refused(SchemaMessages.Of(invalid.Check.Errors)),
                IdentityWrite.Refused refused => Refuse(UiMessages.Invalid(refused.Error.Reason ?? refused.Error.Message)),
                IdentityWrite.UnknownSchema unknown => await FailAsync(c, flow, ApiError.BadRequest($"The identity schema '{unknown.SchemaId}' does not exist.")),
                _ => throw new UnreachableException(),
            };
        }
        catch (LostException lost)
        {
            flow.State = state;
            return Refuse(lost.Text);
        }
    }

    /// <summary>A form browser that verifies before it goes on for an OAuth2 client finds back to that; whoever else does is there already.</summary>
    private static string? AfterVerification(FlowContext c, Flow flow, string method, bool isQuiet) =>
        flow is { IsApi: false, OAuth2Login: { } login } && !c.IsJson && (isQuiet || c.Config.SelfService.Flows.Registration.After.HooksFor(method).Has(HookLists.ShowVerificationUi)) ? OAuth2Logins.LoginUrl(c, login) : null;

    /// <summary>Hooks that are told of new accounts hear nothing: there is none.</summary>
    private async Task<Outcome> PretendAsync(RegistrationSubmission submission, RegistrationResult.Accepted accepted, AddressesToMail toMail, byte[]? csrf, string returnTo, string? afterwards)
    {
        var (c, flow) = (submission.Context, submission.Flow);
        var (identity, begun) = await quiet.PretendAsync(c, flow, accepted, toMail, csrf, afterwards);
        return new Outcome.Done(await success.OfAsync(c, flow, identity, new RegistrationAnswer.Outcome(null, begun, csrf, returnTo), sendsToPage: true));
    }

    private async Task<Outcome> AnswerAsync(FlowContext c, Flow flow, string method, Identity identity, RegistrationAnswer.Outcome outcome, bool isQuiet)
    {
        if (await hooks.AfterRegistrationAsync(new HookSubject(c, flow) { Identity = identity }, method) is { } error) return await FailAsync(c, flow, error);
        // Whoever was not told whether there is a new account goes on by mail, whatever the hooks are.
        if (isQuiet) return new Outcome.Done(await success.OfAsync(c, flow, identity, outcome, sendsToPage: true));
        var list = c.Config.SelfService.Flows.Registration.After.HooksFor(method);
        if (!HandsOut(c, method)) outcome = outcome with { HandedOut = null };
        if (!AddressMails.IsShown(c.Config, list)) outcome = outcome with { Begun = [] };
        return new Outcome.Done(await success.OfAsync(c, flow, identity, outcome, sendsToPage: list.Has(HookLists.ShowVerificationUi)));
    }

    private static bool HandsOut(FlowContext c, string method) => c.Config.SelfService.Flows.Registration.After.HooksFor(method).Has(HookLists.Session);

    private async Task<Outcome> FailAsync(FlowContext c, Flow flow, ApiError error) => new Outcome.Done(await answers.FailAsync(c, error, flow.IsApi));

    private static Outcome.Refused Refuse(UiText text) => new([new FieldText("", text)]);
}

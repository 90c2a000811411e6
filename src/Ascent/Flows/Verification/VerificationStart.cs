using Ascent.Flows.Hooks;
using Ascent.Flows.Messages;
using Ascent.Http;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Verification;

/// <summary>Begins verifications, and takes up those that expired or lead nowhere any more.</summary>
internal sealed class VerificationStart(FlowContexts contexts, FlowAnswers answers, FlowStore store, VerificationMethods methods, HookRunner hooks)
{
    public static ApiError Disabled { get; } = ApiError.BadRequest("Addresses are not verified here: selfservice.flows.verification.enabled is false.");

    public async Task<IResult> StartAsync(HttpContext http, bool isApi)
    {
        var c = await contexts.OpenAsync(http);
        if (!isApi) CsrfCookie.Ensure(http, c.Config);
        if (!c.Config.SelfService.Flows.Verification.Enabled) return await answers.FailAsync(c, Disabled, isApi);
        if (methods.InUse(c.Config) is not { } method) return await answers.FailAsync(c, FlowGate.MethodDisabled, isApi);
        // Browsers, too, get this one as JSON: recorded so.
        var returnTo = c.Query("return_to");
        if (returnTo is not null && ReturnTo.Check(c.Config, returnTo) is ReturnToResult.Forbidden forbidden) return forbidden.Error;
        var flow = New(c, method, isApi, RequestUrl.Of(http), returnTo, isApi ? null : CsrfCookie.Current(http, c.Config));
        method.Ask(VerificationForm.Of(c, flow));
        if (await hooks.BeforeAsync(c, flow) is { } stopped) return await answers.FailAsync(c, stopped, isApi);
        await store.InsertAsync(c.Nid, flow, c.Ct);
        return answers.Started(c, flow);
    }

    /// <summary>A flow in place of one that expired: the same request, a fresh form, and a word about it.</summary>
    public Task<Flow> ReplaceAsync(FlowContext c, Flow expired) =>
        InsertAsync(c, expired.IsApi, expired.RequestUrl, expired.ReturnTo, [UiMessages.VerificationExpired(expired.ExpiresAt, c.Now)]);

    /// <summary>A flow that says why another came to nothing; it begins with this request, wherever that one began.</summary>
    public Task<Flow> RetryAsync(FlowContext c, bool isApi, IReadOnlyList<UiText> messages) =>
        InsertAsync(c, isApi, RequestUrl.Of(c.Http), c.Query("return_to") is { } to && ReturnTo.Check(c.Config, to) is ReturnToResult.Allowed ? to : null, messages);

    /// <summary>A flow without a form, which is not kept yet.</summary>
    /// <param name="csrf">The value of the anti-forgery cookie that it belongs to; null for native clients.</param>
    public static Flow New(FlowContext c, IVerificationMethod method, bool isApi, string requestUrl, string? returnTo, byte[]? csrf)
    {
        var flow = Flow.New(c, FlowKind.Verification, isApi, requestUrl, returnTo);
        flow.Active = method.Name;
        if (csrf is not null) flow.Csrf = Csrf.OwnerOf(csrf);
        return flow;
    }

    private async Task<Flow> InsertAsync(FlowContext c, bool isApi, string requestUrl, string? returnTo, IReadOnlyList<UiText> messages)
    {
        // Whoever sent the old form may be another browser than the one that began it; native clients get the cookie as they always did.
        var csrf = CsrfCookie.Rotate(c.Http, c.Config);
        var method = methods.InUse(c.Config) ?? methods.All[0];
        var flow = New(c, method, isApi, requestUrl, returnTo, isApi ? null : csrf);
        method.Ask(VerificationForm.Of(c, flow));
        flow.Ui.Messages.AddRange(messages);
        await store.InsertAsync(c.Nid, flow, c.Ct);
        return flow;
    }
}

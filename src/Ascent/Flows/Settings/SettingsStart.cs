using System.Text.Json.Nodes;
using Ascent.Flows.Hooks;
using Ascent.Flows.Messages;
using Ascent.Flows.Nodes;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Schemas;
using Microsoft.AspNetCore.Http;

namespace Ascent.Flows.Settings;

/// <summary>Begins settings: for whom, and with which form.</summary>
internal sealed class SettingsStart(
    FlowContexts contexts, FlowAnswers answers, FlowStore store, SettingsMethods methods, IdentityStore identities, SchemaStore schemas, HookRunner hooks)
{
    public async Task<IResult> StartAsync(HttpContext http, bool isApi)
    {
        var c = await contexts.OpenAsync(http);
        if (!isApi) CsrfCookie.Ensure(http, c.Config);
        if (c.Session is not { } session || await identities.StateAsync(c.Nid, session.IdentityId, c.Ct) is not { } state) return WithoutSession(c, isApi);
        var returnTo = c.Query("return_to");
        var here = returnTo is null ? null : RequestUrl.Of(http);
        if (SettingsAccess.TooWeak(c, session, state, here) is { } tooWeak) return SettingsAccess.Answer(c, isApi, tooWeak);
        if (returnTo is not null && ReturnTo.Check(c.Config, returnTo) is ReturnToResult.Forbidden forbidden) return await answers.FailAsync(c, forbidden.Error, isApi);
        var flow = NewFlow(c, state, isApi, returnTo);
        if (await hooks.BeforeAsync(c, flow) is { } stopped) return await answers.FailAsync(c, stopped, isApi);
        await FillAsync(c, flow, state);
        await store.InsertAsync(c.Nid, flow, c.Ct);
        return answers.Started(c, flow, new FlowJson.Extras(state.Identity));
    }

    /// <summary>
    /// A flow for whoever gets in by another way, after a recovery. It is the caller's to keep, in the transaction that lets them in;
    /// an error where a hook forbids to begin.
    /// </summary>
    public async Task<(Flow? Flow, ApiError? Stopped)> PrepareAsync(FlowContext c, IdentityState state, bool isApi, string? returnTo, UiText message)
    {
        var flow = NewFlow(c, state, isApi, returnTo);
        if (await hooks.BeforeAsync(c, flow) is { } stopped) return (null, stopped);
        await FillAsync(c, flow, state);
        flow.Ui.Messages.Add(message);
        return (flow, null);
    }

    /// <summary>A flow in place of one that expired: the same request, a fresh form, and a word about it.</summary>
    public async Task<Flow> ReplaceAsync(FlowContext c, Flow expired, IdentityState state)
    {
        var flow = NewFlow(c, state, expired.IsApi, expired.ReturnTo);
        flow.RequestUrl = expired.RequestUrl;
        await FillAsync(c, flow, state);
        flow.Ui.Messages.Add(UiMessages.SettingsExpired(expired.ExpiresAt, c.Now));
        await store.InsertAsync(c.Nid, flow, c.Ct);
        return flow;
    }

    /// <summary>
    /// The form after a change: a new flow takes the next one, and the old one shows that flow's form, so that whoever reloads
    /// the old page goes on with fresh secrets. An error where a hook forbids to begin.
    /// </summary>
    public async Task<ApiError?> RenewAsync(FlowContext c, Flow flow, IdentityState state)
    {
        var next = NewFlow(c, state, flow.IsApi, flow.ReturnTo);
        if (await hooks.BeforeAsync(c, next) is { } stopped) return stopped;
        await FillAsync(c, next, state);
        flow.Ui = UiContainer.Parse(next.Ui.ToJson());
        flow.Ui.Messages.Add(UiMessages.Of(MessageIds.SettingsSaved));
        flow.State = FlowState.Success;
        flow.Data.Clear();
        foreach (var (name, value) in next.Data) flow.Data[name] = value?.DeepClone();
        await store.InsertAsync(c.Nid, next, c.Ct);
        return null;
    }

    /// <summary>Brings the nodes into their order; messages may have added some.</summary>
    public void Sort(Flow flow, IdentityState state) => NodeOrder.Settings(TraitNodes.Keys(schemas.Current.Find(state.Identity.SchemaId)?.Fields ?? [])).Sort(flow.Ui.Nodes);

    private async Task FillAsync(FlowContext c, Flow flow, IdentityState state)
    {
        flow.Ui.SetCsrf(flow.IsApi ? "" : Csrf.Token(c.Http, c.Config));
        var form = new SettingsForm(c, flow, state);
        foreach (var method in methods.For(c.Config)) await method.PopulateAsync(form, c.Ct);
        Sort(flow, state);
    }

    private static Flow NewFlow(FlowContext c, IdentityState state, bool isApi, string? returnTo)
    {
        var flow = Flow.New(c, FlowKind.Settings, isApi, RequestUrl.Of(c.Http), returnTo, identity: state.Identity.Id);
        flow.State = FlowState.ShowForm;
        if (!isApi) flow.Csrf = Csrf.OwnerOf(c.Http, c.Config);
        return flow;
    }

    private static IResult WithoutSession(FlowContext c, bool isApi)
    {
        if (isApi) return SettingsAccess.SessionNeeded;
        // Recorded so: the browser's start has this member beside the error.
        if (c.IsJson) return SettingsAccess.SessionNeeded with { TopLevel = new JsonObject { ["CredentialsMissing"] = false } };
        return new RedirectResult(ReturnTo.CarryOver($"{c.Config.Serve.Public.BaseUrl}self-service/login/browser", c.Query("return_to")));
    }
}

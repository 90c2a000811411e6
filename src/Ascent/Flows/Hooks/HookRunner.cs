using System.Diagnostics;
using Ascent.Config;
using Ascent.Http;
using Ascent.Identities;

namespace Ascent.Flows.Hooks;

/// <summary>
/// Runs the configured hooks in their order; a method's own list takes the place of the flow's. At registration and settings
/// web hooks that may change or refuse run before the identity is written, the others after it; everywhere else all of them
/// run before anything is written. Hooks that are no web hooks are carried out by the flow, which finds them by <see cref="HookLists"/>.
/// </summary>
internal sealed class HookRunner(WebHook webHook, IdentityPlanner planner)
{
    /// <summary>When a flow starts; an error where it may not. Settings call it again inside a successful submission.</summary>
    public async Task<ApiError?> BeforeAsync(FlowContext c, Flow flow)
    {
        foreach (var hook in flow.Kind.BeforeHooks(c.Config).Where(h => h.Hook == HookLists.WebHook))
            switch (await webHook.CallAsync(hook, new HookSubject(c, flow), HookMoment.Before, c.Ct))
            {
                case WebHookResult.Failed failed: return failed.Error;
                case WebHookResult.Refused refused: return ApiError.BadRequest(string.Join(' ', refused.Messages.Select(m => m.Text.Text)));
            }
        return null;
    }

    public async Task<HookResult> AfterLoginAsync(HookSubject subject, string method)
    {
        var revoke = false;
        foreach (var hook in subject.Context.Config.SelfService.Flows.Login.After.HooksFor(method))
            switch (hook.Hook)
            {
                case HookLists.RevokeActiveSessions:
                    revoke = true;
                    break;
                case HookLists.RequireVerifiedAddress:
                    if (RequireVerifiedAddress.Check(subject, method) is { } refused) return refused;
                    break;
                case HookLists.WebHook:
                    if (await RunWebHookAsync(hook, subject) is { } stopped) return stopped;
                    break;
            }
        return new HookResult.GoOn(revoke);
    }

    /// <summary>Before a registered identity is written. Hooks see it with an id of zeros, since it has none yet.</summary>
    public Task<DraftHookResult> AfterRegistrationBeforeWriteAsync(HookSubject subject, IdentityDraft draft, string method) =>
        ChangeDraftAsync(subject, null, draft, subject.Context.Config.SelfService.Flows.Registration.After.HooksFor(method));

    /// <summary>After it was written; an error is told to the client, but the identity stays.</summary>
    public Task<ApiError?> AfterRegistrationAsync(HookSubject subject, string method) =>
        TellAsync(subject, subject.Context.Config.SelfService.Flows.Registration.After.HooksFor(method));

    /// <summary>Before changed settings are written. <paramref name="before"/> is what the draft was made from.</summary>
    public Task<DraftHookResult> AfterSettingsBeforeWriteAsync(HookSubject subject, IdentityState before, IdentityDraft draft, string method) =>
        ChangeDraftAsync(subject, before, draft, subject.Context.Config.SelfService.Flows.Settings.After.HooksFor(method));

    /// <summary>After they were written; an error is told to the client, but the change stays.</summary>
    public Task<ApiError?> AfterSettingsAsync(HookSubject subject, string method) =>
        TellAsync(subject, subject.Context.Config.SelfService.Flows.Settings.After.HooksFor(method));

    public Task<HookResult> AfterRecoveryAsync(HookSubject subject) => AskAsync(subject, subject.Context.Config.SelfService.Flows.Recovery.After.Hooks);

    public Task<HookResult> AfterVerificationAsync(HookSubject subject) => AskAsync(subject, subject.Context.Config.SelfService.Flows.Verification.After.Hooks);

    private async Task<HookResult> AskAsync(HookSubject subject, IReadOnlyList<HookConfig> hooks)
    {
        foreach (var hook in hooks.Where(h => h.Hook == HookLists.WebHook))
            if (await RunWebHookAsync(hook, subject) is { } stopped)
                return stopped;
        return new HookResult.GoOn(hooks.Has(HookLists.RevokeActiveSessions));
    }

    private async Task<HookResult?> RunWebHookAsync(HookConfig hook, HookSubject subject) => await webHook.CallAsync(hook, subject, HookMoment.After, subject.Context.Ct) switch
    {
        WebHookResult.Failed failed => new HookResult.Failed(failed.Error),
        WebHookResult.Refused refused => new HookResult.Refused(refused.Messages),
        _ => null,
    };

    private async Task<DraftHookResult> ChangeDraftAsync(HookSubject subject, IdentityState? before, IdentityDraft draft, IReadOnlyList<HookConfig> hooks)
    {
        foreach (var hook in hooks.Where(h => h.RunsBeforeWriting))
        {
            // A draft that cannot be written is nothing to ask about: the write says what is wrong with it.
            if (planner.Plan(before, draft).Plan is not { } plan) break;
            var identity = plan.After.Identity;
            var asked = subject with { Identity = before is null ? identity with { Id = Guid.Empty } : identity };
            switch (await webHook.CallAsync(hook, asked, HookMoment.After, subject.Context.Ct))
            {
                case WebHookResult.Done: break;
                case WebHookResult.Changed changed: draft = changed.Identity.ApplyTo(draft); break;
                case WebHookResult.Refused refused: return new DraftHookResult.Refused(refused.Messages);
                case WebHookResult.Failed failed: return new DraftHookResult.Failed(failed.Error);
                default: throw new UnreachableException();
            }
        }
        return new DraftHookResult.GoOn(draft, hooks.Has(HookLists.RevokeActiveSessions));
    }

    private async Task<ApiError?> TellAsync(HookSubject subject, IReadOnlyList<HookConfig> hooks)
    {
        foreach (var hook in hooks.Where(h => h.RunsAfterWriting))
            if (await webHook.CallAsync(hook, subject, HookMoment.After, subject.Context.Ct) is WebHookResult.Failed failed)
                return failed.Error;
        return null;
    }
}

/// <summary>Whether the flow only begins or was submitted: hooks see more of a submission.</summary>
internal enum HookMoment { Before, After }

using Ascent.Config;
using Ascent.Flows.Messages;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Sessions;

namespace Ascent.Flows.Hooks;

/// <summary>What the hooks of a list came to.</summary>
internal abstract record HookResult
{
    private HookResult() { }

    /// <param name="RevokeOthers">All other sessions of the identity end in the transaction that issues this one.</param>
    public sealed record GoOn(bool RevokeOthers) : HookResult;

    /// <summary>A hook has something to say to the person; nothing was done.</summary>
    public sealed record Refused(IReadOnlyList<FieldText> Messages) : HookResult;

    public sealed record Failed(ApiError Error) : HookResult;
}

/// <summary>What a hook is told about.</summary>
internal sealed record HookSubject(FlowContext Context, Flow Flow)
{
    public Identity? Identity { get; init; }

    /// <summary>The session as it will be.</summary>
    public Session? Session { get; init; }
}

/// <summary>Runs the configured hooks in their order, before anything is written. A method's own list takes the place of the flow's.</summary>
internal sealed class HookRunner(WebHook webHook)
{
    /// <summary>When a flow starts; an error where it may not.</summary>
    public async Task<ApiError?> BeforeAsync(FlowContext c, Flow flow)
    {
        foreach (var hook in flow.Kind.BeforeHooks(c.Config))
            switch (await webHook.CallAsync(hook, new HookSubject(c, flow), c.Ct))
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
                case "revoke_active_sessions":
                    revoke = true;
                    break;
                case "require_verified_address":
                    if (RequireVerifiedAddress.Check(subject) is { } refused) return refused;
                    break;
                case "web_hook":
                    if (await RunWebHookAsync(hook, subject) is { } stopped) return stopped;
                    break;
            }
        return new HookResult.GoOn(revoke);
    }

    private async Task<HookResult?> RunWebHookAsync(HookConfig hook, HookSubject subject) => await webHook.CallAsync(hook, subject, subject.Context.Ct) switch
    {
        WebHookResult.Failed failed => new HookResult.Failed(failed.Error),
        WebHookResult.Refused refused => new HookResult.Refused(refused.Messages),
        _ => null,
    };
}

using Ascent.Config;

namespace Ascent.Flows.Hooks;

internal sealed class WebHook
{
    public Task<WebHookResult> CallAsync(HookConfig hook, HookSubject subject, CancellationToken ct) => Task.FromResult<WebHookResult>(new WebHookResult.Done());
}

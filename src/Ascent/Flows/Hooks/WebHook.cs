using Ascent.Config;

namespace Ascent.Flows.Hooks;

internal sealed class WebHook(TimeProvider time)
{
    public Task<WebHookResult> CallAsync(HookConfig hook, HookSubject subject, CancellationToken ct)
    {
        _ = time.GetTimestamp();
        return Task.FromResult<WebHookResult>(new WebHookResult.Done());
    }
}

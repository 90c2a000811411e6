using Ascent.Config;

namespace Ascent.Flows.Hooks;

/// <summary>How logs name a hook: by its id, or by its address without what may be secret in it.</summary>
internal static class WebHookLog
{
    public static string NameOf(HookConfig hook) => hook.Config.Id is { Length: > 0 } id ? id : Shown(hook.Config.Url);

    public static string Shown(string? url) => Uri.TryCreate(url, UriKind.Absolute, out var u) ? $"{u.Scheme}://{u.Authority}{u.AbsolutePath}" : "a web hook";
}

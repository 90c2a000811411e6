using Ascent.Config;

namespace Ascent.Flows.Hooks;

/// <summary>Questions about a list of hooks; what is not a web hook is carried out by the flow that finds it here.</summary>
internal static class HookLists
{
    public const string WebHook = "web_hook";
    public const string Session = "session";
    public const string RevokeActiveSessions = "revoke_active_sessions";
    public const string RequireVerifiedAddress = "require_verified_address";
    public const string Verification = "verification";
    public const string ShowVerificationUi = "show_verification_ui";
    public const string VerifyNewAddress = "verify_new_address";
    public const string NotifyPreviousAddresses = "notify_previous_addresses";

    extension(IReadOnlyList<HookConfig> hooks)
    {
        public bool Has(string name) => hooks.Any(h => h.Hook == name);

        /// <summary>Null where it is not in the list.</summary>
        public HookConfig? Named(string name) => hooks.FirstOrDefault(h => h.Hook == name);
    }

    extension(HookConfig hook)
    {
        /// <summary>A web hook that may change what is written, or keep it from being written, has to be asked before.</summary>
        public bool RunsBeforeWriting => hook.Hook == WebHook && (hook.Config.Response.Parse || hook.Config.CanInterrupt);

        public bool RunsAfterWriting => hook.Hook == WebHook && !hook.RunsBeforeWriting;
    }
}

namespace Ascent.Config.Validation;

/// <summary>Which hook may stand where, and what each needs.</summary>
internal static class HookRules
{
    private static readonly string[] Plain = ["web_hook", "b2b_sso", "organization"];
    private static readonly string[] Login = [.. Plain, "revoke_active_sessions", "require_verified_address", "verification", "show_verification_ui"];
    private static readonly string[] SocialLogin = [.. Plain, "revoke_active_sessions", "require_verified_address"];
    private static readonly string[] Registration = [.. Plain, "verification", "show_verification_ui"];
    private static readonly string[] RegistrationMethod = [.. Registration, "session"];
    private static readonly string[] Settings = [.. Plain, "revoke_active_sessions", "show_verification_ui"];
    private static readonly string[] Profile = [.. Plain, "show_verification_ui", "verify_new_address", "notify_previous_addresses"];
    private static readonly string[] Recovery = ["web_hook", "revoke_active_sessions"];

    private static readonly string[] Known = [.. Login.Concat(RegistrationMethod).Concat(Settings).Concat(Profile).Distinct(StringComparer.Ordinal)];

    public static void Check(AscentConfig config, Findings findings)
    {
        foreach (var (path, hooks, allowed) in Places(config.SelfService.Flows))
            for (var i = 0; i < hooks.Count; i++)
                One(hooks[i], $"selfservice.flows.{path}.hooks.{i}", allowed, findings);
        Verification(config.SelfService, findings);
        if (config.SelfService.Methods.Password.Config.MigrateHook is { Enabled: true } migrate)
            Request(migrate.Config, "selfservice.methods.password.config.migrate_hook.config", findings);
    }

    /// <summary>A change that waits for something that cannot happen would wait for ever.</summary>
    private static void Verification(SelfServiceConfig selfService, Findings findings)
    {
        var (verification, methods) = (selfService.Flows.Verification, selfService.Methods);
        var usable = verification.Enabled && (verification.Use == AddressProof.Code ? methods.Code.Enabled : methods.Link.Enabled);
        var hooks = selfService.Flows.Settings.After.Profile?.Hooks ?? [];
        for (var i = 0; i < hooks.Count; i++)
            if (hooks[i].Hook == "verify_new_address" && !usable)
                findings.Fault($"selfservice.flows.settings.after.profile.hooks.{i}.hook",
                    "verify_new_address needs selfservice.flows.verification.enabled: true and the method that selfservice.flows.verification.use names");
    }

    private static IEnumerable<(string Path, IReadOnlyList<HookConfig> Hooks, string[] Allowed)> Places(FlowsConfig flows)
    {
        yield return ("login.before", flows.Login.Before.Hooks, Plain);
        yield return ("registration.before", flows.Registration.Before.Hooks, Plain);
        yield return ("settings.before", flows.Settings.Before.Hooks, Plain);
        yield return ("recovery.before", flows.Recovery.Before.Hooks, Plain);
        yield return ("verification.before", flows.Verification.Before.Hooks, Plain);
        yield return ("login.after", flows.Login.After.Hooks, Login);
        yield return ("registration.after", flows.Registration.After.Hooks, Registration);
        yield return ("settings.after", flows.Settings.After.Hooks, Settings);
        yield return ("recovery.after", flows.Recovery.After.Hooks, Recovery);
        yield return ("verification.after", flows.Verification.After.Hooks, Plain);
        foreach (var (name, own) in Own(flows.Login.After)) yield return ($"login.after.{name}", own.Hooks, name == "oidc" ? SocialLogin : Login);
        foreach (var (name, own) in Own(flows.Registration.After)) yield return ($"registration.after.{name}", own.Hooks, RegistrationMethod);
        foreach (var (name, own) in Own(flows.Settings.After)) yield return ($"settings.after.{name}", own.Hooks, name == "profile" ? Profile : Recovery);
    }

    private static IEnumerable<(string Name, MethodAfter After)> Own(FactorAfter after)
    {
        (string Name, MethodAfter? After)[] shared = [("password", after.Password), ("oidc", after.Oidc), ("webauthn", after.Webauthn), ("passkey", after.Passkey)];
        (string Name, MethodAfter? After)[] more = after switch
        {
            LoginAfter a => [("code", a.Code), ("totp", a.Totp), ("lookup_secret", a.LookupSecret)],
            RegistrationAfter a => [("code", a.Code)],
            SettingsAfter a => [("profile", a.Profile), ("totp", a.Totp), ("lookup_secret", a.LookupSecret)],
            _ => [],
        };
        foreach (var (name, own) in shared.Concat(more))
            if (own is not null)
                yield return (name, own);
    }

    private static void One(HookConfig hook, string path, string[] allowed, Findings findings)
    {
        if (findings.HasFaultBelow(path)) return;
        if (!allowed.Contains(hook.Hook))
        {
            findings.Fault($"{path}.hook", hook.Hook == "session" && allowed == Registration
                ? "session must stand in a method's own list, such as registration.after.password.hooks"
                : Known.Contains(hook.Hook)
                    ? $"{hook.Hook} cannot stand here; allowed are {string.Join(", ", allowed)}"
                    : $"unknown hook {hook.Hook}; allowed here are {string.Join(", ", allowed)}");
            return;
        }
        if (hook.Hook == "web_hook") Request(hook.Config, $"{path}.config", findings);
    }

    private static void Request(HookSettings config, string path, Findings findings)
    {
        if (findings.HasFaultBelow(path)) return;
        if (string.IsNullOrEmpty(config.Url)) findings.Fault($"{path}.url", "is required: where the request goes");
        HttpMethod(config.Method, $"{path}.method", findings);
        Auth(config.Auth, $"{path}.auth", findings);
        if (config.Response is { Ignore: true, Parse: true }) findings.Fault($"{path}.response.parse", "must be false while ignore is true: an answer nobody waits for cannot be read");
        if (config is { CanInterrupt: true, Response.Ignore: true }) findings.Fault($"{path}.can_interrupt", "must be false while response.ignore is true: an answer nobody waits for stops nothing");
    }

    public static void HttpMethod(string method, string path, Findings findings)
    {
        if (method.Length == 0 || !method.All(char.IsAsciiLetter)) findings.Fault(path, "must be an HTTP method such as POST");
    }

    public static void Auth(RequestAuth? auth, string path, Findings findings)
    {
        if (auth is null || findings.HasFaultBelow(path)) return;
        if (auth.Type == RequestAuthType.ApiKey)
        {
            if (string.IsNullOrEmpty(auth.Config.Name)) findings.Fault($"{path}.config.name", "is required: the header's or cookie's name");
            if (auth.Config.Value is null) findings.Fault($"{path}.config.value", "is required: the key");
        }
        else
        {
            if (string.IsNullOrEmpty(auth.Config.User)) findings.Fault($"{path}.config.user", "is required");
            if (auth.Config.Password is null) findings.Fault($"{path}.config.password", "is required");
        }
    }
}

using System.Runtime.CompilerServices;
using Ascent.Config;
using Ascent.Jsonnet;

namespace Ascent.Flows.Hooks;

/// <summary>
/// The body templates of web hooks, read before a configuration comes into force, so that a fault is told at the start or at the
/// reload and changes nothing. A template lives as long as the settings that name it: a request that began under the former
/// configuration still finds its own.
/// </summary>
internal sealed class HookTemplates(ConfigReferences references, Templates templates) : IConfigPart
{
    private static readonly string[] Methods = ["password", "oidc", "webauthn", "passkey", "code", "totp", "lookup_secret", "profile"];

    private readonly ConditionalWeakTable<HookSettings, Template> ready = [];

    /// <summary>Null where the hook has no body.</summary>
    public Template? For(HookConfig hook)
    {
        if (hook.Config.Body is null) return null;
        return ready.TryGetValue(hook.Config, out var template) ? template : throw new InvalidOperationException($"The body of {WebHookLog.NameOf(hook)} was not prepared.");
    }

    public async Task<PreparedPart> PrepareAsync(AscentConfig next, CancellationToken ct)
    {
        var faults = new List<ConfigFault>();
        var read = new Dictionary<string, TemplateResult>(StringComparer.Ordinal);
        foreach (var (place, hooks) in Places(next.SelfService.Flows))
            for (var i = 0; i < hooks.Count; i++)
                if (hooks[i].Hook == HookLists.WebHook)
                    await PrepareAsync(hooks[i].Config, $"selfservice.flows.{place}.hooks.{i}.config", next.Clients.Http, read, faults, ct);
        if (next.SelfService.Methods.Password.Config.MigrateHook is { Enabled: true } migrate)
            await PrepareAsync(migrate.Config, "selfservice.methods.password.config.migrate_hook.config", next.Clients.Http, read, faults, ct);
        return new PreparedPart(faults, static () => { });
    }

    private static IEnumerable<(string Place, IReadOnlyList<HookConfig> Hooks)> Places(FlowsConfig flows)
    {
        yield return ("login.before", flows.Login.Before.Hooks);
        yield return ("registration.before", flows.Registration.Before.Hooks);
        yield return ("settings.before", flows.Settings.Before.Hooks);
        yield return ("recovery.before", flows.Recovery.Before.Hooks);
        yield return ("verification.before", flows.Verification.Before.Hooks);
        (string Name, PlainAfter After)[] ends =
        [
            ("login", flows.Login.After), ("registration", flows.Registration.After), ("settings", flows.Settings.After),
            ("recovery", flows.Recovery.After), ("verification", flows.Verification.After),
        ];
        foreach (var (name, after) in ends)
        {
            yield return ($"{name}.after", after.Hooks);
            foreach (var method in Methods)
                if (after.HooksFor(method) is var own && own != after.Hooks)
                    yield return ($"{name}.after.{method}", own);
        }
    }

    private async Task PrepareAsync(HookSettings hook, string path, HttpClientConfig limits, Dictionary<string, TemplateResult> read, List<ConfigFault> faults, CancellationToken ct)
    {
        faults.AddRange(WebHookRequest.Faults(hook).Select(f => new ConfigFault($"{path}.{f.Key}", f.Message)));
        if (hook.Body is not { } reference) return;
        if (!read.TryGetValue(reference, out var result)) read.Add(reference, result = await ReadAsync(reference, limits, ct));
        switch (result)
        {
            case TemplateResult.Good good: ready.AddOrUpdate(hook, good.Template); break;
            case TemplateResult.Faulty faulty: faults.Add(new ConfigFault($"{path}.body", faulty.Message)); break;
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<TemplateResult> ReadAsync(string reference, HttpClientConfig limits, CancellationToken ct)
    {
        try
        {
            return await templates.ReadAsync(await references.FetchAsync(reference, limits, ct), ct);
        }
        catch (ConfigReferenceException e)
        {
            return new TemplateResult.Faulty(e.Message);
        }
    }
}

using System.Diagnostics;
using Ascent.Config;

namespace Ascent.Flows;

internal enum FlowKind { Login, Registration, Settings, Recovery, Verification }

internal static class FlowKinds
{
    extension(FlowKind kind)
    {
        public string Name => kind switch
        {
            FlowKind.Login => "login",
            FlowKind.Registration => "registration",
            FlowKind.Settings => "settings",
            FlowKind.Recovery => "recovery",
            FlowKind.Verification => "verification",
            _ => throw new UnreachableException(),
        };

        public string UiUrl(AscentConfig config) => kind switch
        {
            FlowKind.Login => config.SelfService.Flows.Login.UiUrl,
            FlowKind.Registration => config.SelfService.Flows.Registration.UiUrl,
            FlowKind.Settings => config.SelfService.Flows.Settings.UiUrl,
            FlowKind.Recovery => config.SelfService.Flows.Recovery.UiUrl,
            FlowKind.Verification => config.SelfService.Flows.Verification.UiUrl,
            _ => throw new UnreachableException(),
        };

        public TimeSpan Lifespan(AscentConfig config) => kind switch
        {
            FlowKind.Login => config.SelfService.Flows.Login.Lifespan,
            FlowKind.Registration => config.SelfService.Flows.Registration.Lifespan,
            FlowKind.Settings => config.SelfService.Flows.Settings.Lifespan,
            FlowKind.Recovery => config.SelfService.Flows.Recovery.Lifespan,
            FlowKind.Verification => config.SelfService.Flows.Verification.Lifespan,
            _ => throw new UnreachableException(),
        };

        public IReadOnlyList<HookConfig> BeforeHooks(AscentConfig config) => kind switch
        {
            FlowKind.Login => config.SelfService.Flows.Login.Before.Hooks,
            FlowKind.Registration => config.SelfService.Flows.Registration.Before.Hooks,
            FlowKind.Settings => config.SelfService.Flows.Settings.Before.Hooks,
            FlowKind.Recovery => config.SelfService.Flows.Recovery.Before.Hooks,
            FlowKind.Verification => config.SelfService.Flows.Verification.Before.Hooks,
            _ => throw new UnreachableException(),
        };
    }
}

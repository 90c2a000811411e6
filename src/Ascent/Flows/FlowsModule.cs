using Ascent.Config;
using Ascent.Flows.Codes;
using Ascent.Flows.Errors;
using Ascent.Flows.Hooks;
using Ascent.Flows.Login;
using Ascent.Flows.Logout;
using Ascent.Flows.OAuth2;
using Ascent.Flows.Recovery;
using Ascent.Flows.Registration;
using Ascent.Flows.Settings;
using Ascent.Flows.Verification;
using Ascent.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Flows;

/// <summary>
/// Owns the self-service flows: loading and expiry, CSRF, the three kinds of client, hooks, the session at the end. Methods plug in
/// as <see cref="ILoginMethod"/> and its likes and only prove. Refuses: knowing any method by name beyond the configuration's keys, and telling whether anybody has an address.
/// </summary>
internal static class FlowsModule
{
    public static IServiceCollection AddFlows(this IServiceCollection services) => services
        .AddSingleton<FlowContexts>()
        .AddSingleton<FlowStore>()
        .AddSingleton<FlowErrorStore>()
        .AddSingleton<FlowSweep>()
        .AddSingleton<SessionExchange>()
        .AddSingleton<CodeStore>()
        .AddSingleton<FlowMail>()
        .AddSingleton<FlowJson>()
        .AddSingleton<FlowAnswers>()
        .AddSingleton<FlowGate>()
        .AddSingleton<FlowReading>()
        .AddSingleton<HookQueue>()
        .AddHostedService(s => s.GetRequiredService<HookQueue>())
        .AddSingleton<WebHookContext>()
        .AddSingleton<WebHookSender>()
        .AddSingleton<WebHook>()
        .AddSingleton<HookRunner>()
        .AddSingleton<OAuth2Provider>()
        .AddSingleton<OAuth2Logins>()
        .AddSingleton<LoginMethods>()
        .AddSingleton<LoginStart>()
        .AddSingleton<LoginSubmit>()
        .AddSingleton<LoginCompletion>()
        .AddSingleton<LoginVerification>()
        .AddSingleton<Continuity>()
        .AddSingleton<SettingsMethods>()
        .AddSingleton<SettingsStart>()
        .AddSingleton<SettingsReading>()
        .AddSingleton<SettingsPrivilege>()
        .AddSingleton<SettingsSubmit>()
        .AddSingleton<SettingsCompletion>()
        .AddSingleton<RegistrationMethods>()
        .AddSingleton<RegistrationForms>()
        .AddSingleton<RegistrationStart>()
        .AddSingleton<RegistrationSubmit>()
        .AddSingleton<RegistrationCompletion>()
        .AddSingleton<RegistrationAnswer>()
        .AddSingleton<QuietRegistration>()
        .AddSingleton<DuplicateAccount>()
        .AddSingleton<VerificationMethods>()
        .AddSingleton<VerificationStart>()
        .AddSingleton<VerificationMail>()
        .AddSingleton<AddressMails>()
        .AddSingleton<AddressParking>()
        .AddSingleton<VerificationSending>()
        .AddSingleton<VerificationAnswers>()
        .AddSingleton<VerificationCompletion>()
        .AddSingleton<VerificationSubmit>()
        .AddSingleton<RecoveryMethods>()
        .AddSingleton<RecoveryFlows>()
        .AddSingleton<RecoveryStart>()
        .AddSingleton<RecoveryAnswers>()
        .AddSingleton<RecoverySubmit>()
        .AddSingleton<RecoveryCompletion>()
        .AddSingleton<RecoverySender>()
        .AddSingleton<RecoveryByAdmin>();

    /// <summary>Routes of other modules at which browsers get their anti-forgery cookie too.</summary>
    public static IEndpointRouteBuilder WithCsrfCookie(this IEndpointRouteBuilder routes)
    {
        var config = routes.ServiceProvider.GetRequiredService<ConfigStore>();
        var group = routes.MapGroup("");
        ((IEndpointConventionBuilder)group).Add(endpoint =>
        {
            var run = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = http =>
            {
                CsrfCookie.Ensure(http, config.Current);
                return run(http);
            };
        });
        return group;
    }

    public static void MapFlows(this IEndpointRouteBuilder routes)
    {
        routes.MapLogin().MapRegistration().MapSettings().MapVerification().MapRecovery().MapLogout().MapErrors().MapExchange();
        // Where password managers send their people.
        routes.MapGet("/.well-known/change-password", static (ConfigStore config) => new RedirectResult(FlowKind.Settings.UiUrl(config.Current)));
    }
}

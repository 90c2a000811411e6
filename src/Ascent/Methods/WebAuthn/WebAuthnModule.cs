using Ascent.Flows.Login;
using Ascent.Flows.Registration;
using Ascent.Flows.Settings;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Methods.WebAuthn;

/// <summary>
/// Security keys, as a second factor or, where the configuration has it so, instead of a password. The ceremonies of Web
/// Authentication are in Ceremony, what authenticators say of themselves in Attestation; passkeys use both.
/// Refuses: keeping anything but public keys; native apps, which have no origin.
/// </summary>
internal static class WebAuthnModule
{
    public static IServiceCollection AddWebAuthn(this IServiceCollection services) => services
        .AddSingleton<Ceremonies>()
        .AddSingleton<KeyUse>()
        .AddSingleton<DecoyKeys>()
        .AddSingleton<ILoginMethod, WebAuthnLogin>()
        .AddSingleton<IRegistrationMethod, WebAuthnRegistration>()
        .AddSingleton<ISettingsMethod, WebAuthnSettings>();

    public static void MapWebAuthnScript(this IEndpointRouteBuilder routes) => WebAuthnScript.Map(routes);
}

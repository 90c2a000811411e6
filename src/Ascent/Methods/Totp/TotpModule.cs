using Ascent.Flows.Login;
using Ascent.Flows.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Methods.Totp;

/// <summary>
/// Authenticator apps: the codes, their single use, linking and unlinking an app. Owns totp_step. Refuses a code twice, and to
/// show the secret once it is linked.
/// </summary>
internal static class TotpModule
{
    public static IServiceCollection AddTotp(this IServiceCollection services) => services
        .AddSingleton<TotpSteps>()
        .AddSingleton<ILoginMethod, TotpLogin>()
        .AddSingleton<ISettingsMethod, TotpSettings>();
}

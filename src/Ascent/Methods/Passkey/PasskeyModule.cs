using Ascent.Flows.Login;
using Ascent.Flows.Registration;
using Ascent.Flows.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Methods.Passkey;

/// <summary>
/// Passkeys: keys that their authenticator finds by itself and that say whose they are, so that nobody has to type a name. Always a
/// first factor. The ceremonies are those of WebAuthn.
/// </summary>
internal static class PasskeyModule
{
    public static IServiceCollection AddPasskey(this IServiceCollection services) => services
        .AddSingleton<ILoginMethod, PasskeyLogin>()
        .AddSingleton<IRegistrationMethod, PasskeyRegistration>()
        .AddSingleton<ISettingsMethod, PasskeySettings>();
}

using Ascent.Flows.Login;
using Ascent.Flows.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Methods.LookupSecret;

/// <summary>Backup codes: each of a list opens the way once where the usual second factor is not at hand. Refuses a used one for ever.</summary>
internal static class LookupSecretModule
{
    public static IServiceCollection AddLookupSecret(this IServiceCollection services) => services
        .AddSingleton<LookupSpending>()
        .AddSingleton<ILoginMethod, LookupLogin>()
        .AddSingleton<ISettingsMethod, LookupSettings>();
}

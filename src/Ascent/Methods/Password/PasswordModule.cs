using Ascent.Flows.Login;
using Ascent.Flows.Registration;
using Ascent.Flows.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Methods.Password;

/// <summary>Passwords: the policy, the comparison, the forms.</summary>
internal static class PasswordModule
{
    public static IServiceCollection AddPassword(this IServiceCollection services) => services
        .AddSingleton<PasswordCredentials>()
        .AddSingleton<PasswordMigration>()
        .AddSingleton<LeakedPasswords>()
        .AddSingleton<PasswordPolicy>()
        .AddSingleton<ILoginMethod, PasswordLogin>()
        .AddSingleton<IRegistrationMethod, PasswordRegistration>()
        .AddSingleton<ISettingsMethod, PasswordChange>();
}

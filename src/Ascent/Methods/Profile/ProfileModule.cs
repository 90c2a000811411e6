using Ascent.Flows.Registration;
using Ascent.Flows.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Methods.Profile;

/// <summary>The traits as people fill them in, when they sign up and later.</summary>
internal static class ProfileModule
{
    public static IServiceCollection AddProfile(this IServiceCollection services) => services
        .AddSingleton<IRegistrationMethod, ProfileRegistration>()
        .AddSingleton<ISettingsMethod, ProfileSettings>();
}

using Ascent.Flows.Registration;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Methods.Profile;

/// <summary>The traits as people fill them in.</summary>
internal static class ProfileModule
{
    public static IServiceCollection AddProfile(this IServiceCollection services) => services
        .AddSingleton<IRegistrationMethod, ProfileRegistration>();
}

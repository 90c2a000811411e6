using Ascent.Flows.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Methods.Profile;

/// <summary>The traits that people may change themselves.</summary>
internal static class ProfileModule
{
    public static IServiceCollection AddProfile(this IServiceCollection services) => services.AddSingleton<ISettingsMethod, ProfileSettings>();
}

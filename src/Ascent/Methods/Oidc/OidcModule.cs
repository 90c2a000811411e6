using Ascent.Config;
using Ascent.Flows.Login;
using Ascent.Flows.Registration;
using Ascent.Flows.Settings;
using Ascent.Methods.Oidc.Providers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Methods.Oidc;

/// <summary>
/// Social sign-in: the way to a provider and back, who came back, and what that comes to in each flow. Owns no table: what waits
/// is Continuity's, links are credentials. Refuses: answers that another browser, another flow or another time asked for, and to
/// hand an account to whoever knows its address at a provider.
/// </summary>
internal static class OidcModule
{
    public static IServiceCollection AddOidc(this IServiceCollection services) => services
        .AddSingleton<ProviderHttp>()
        .AddSingleton<Discovery>()
        .AddSingleton<IdTokens>()
        .AddSingleton<ProviderClient>()
        .AddSingleton<OidcMapper>()
        .AddSingleton<OidcAttempts>()
        .AddSingleton<OidcStart>()
        .AddSingleton<PendingLinks>()
        .AddSingleton<OidcConflicts>()
        .AddSingleton<OidcSignIn>()
        .AddSingleton(s => new Lazy<OidcSignIn>(s.GetRequiredService<OidcSignIn>))
        .AddSingleton<OidcTrials>()
        .AddSingleton<OidcCallback>()
        .AddSingleton<OidcLogin>()
        .AddSingleton<ILoginMethod>(s => s.GetRequiredService<OidcLogin>())
        .AddSingleton<OidcRegistration>()
        .AddSingleton<IRegistrationMethod>(s => s.GetRequiredService<OidcRegistration>())
        .AddSingleton<OidcSettings>()
        .AddSingleton<ISettingsMethod>(s => s.GetRequiredService<OidcSettings>());

    public static void MapAdminOidc(this IEndpointRouteBuilder admin) => admin.MapPost("/test-login-flows", static (HttpContext http, OidcTrials trials) => trials.BeginAsync(http));

    public static IEndpointRouteBuilder MapOidc(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(OidcStart.CallbackPath, static (HttpContext http, OidcCallback callback) => callback.HandleAsync(http, null));
        routes.MapGet(OidcStart.CallbackPath + "/{provider}", static (string provider, HttpContext http, OidcCallback callback) => callback.HandleAsync(http, provider));
        routes.MapPost(OidcStart.CallbackPath, static (HttpContext http, ConfigStore config) => OidcCallback.HandleFormAsync(http, config));
        routes.MapPost(OidcStart.CallbackPath + "/{provider}", static (HttpContext http, ConfigStore config) => OidcCallback.HandleFormAsync(http, config));
        routes.MapDelete("/self-service/login/test", static (HttpContext http, OidcTrials trials) => trials.DeleteAsync(http));
        return routes;
    }
}

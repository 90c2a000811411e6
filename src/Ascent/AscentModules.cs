using Ascent.Config;
using Ascent.Courier;
using Ascent.Crypto;
using Ascent.Crypto.Hashing;
using Ascent.Events;
using Ascent.Flows;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Methods.Code;
using Ascent.Methods.IdentifierFirst;
using Ascent.Methods.Link;
using Ascent.Methods.LookupSecret;
using Ascent.Methods.Oidc;
using Ascent.Methods.Passkey;
using Ascent.Methods.Password;
using Ascent.Methods.Profile;
using Ascent.Methods.Totp;
using Ascent.Methods.WebAuthn;
using Ascent.Risk;
using Ascent.Schemas;
using Ascent.Sessions;
using Ascent.Tenancy;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent;

/// <summary>The table of contents: every module once, in the order in which they build on each other.</summary>
internal static class AscentModules
{
    public static void Add(IServiceCollection services) => services
        .AddSingleton<IReadinessProbe, DatabaseProbe>()
        .AddDatabaseWatch()
        .AddEvents()
        .AddCrypto()
        .AddSingleton(s => new PasswordHasher(() => ConfiguredHasher.OptionsOf(s.GetRequiredService<ConfigStore>().Current), s.GetRequiredService<TimeProvider>()))
        .AddIdentities()
        .AddSessions()
        .AddRisk()
        .AddCourier()
        .AddFlows()
        .AddProfile()
        .AddPassword()
        .AddOidc()
        .AddCode()
        .AddTotp()
        .AddPasskey()
        .AddWebAuthn()
        .AddLookupSecret()
        .AddIdentifierFirst()
        .AddLink()
        .AddSingleton<ConfigReloader>()
        .AddHostedService(s => s.GetRequiredService<ConfigReloader>())
        .AddSingleton<Cleanup>()
        .AddHostedService(s => s.GetRequiredService<Cleanup>());

    public static void MapPublic(IEndpointRouteBuilder routes)
    {
        SchemaEndpoints.MapSchemas(routes.WithCsrfCookie());
        routes.MapPublicSessions();
        routes.MapSessionKeys();
        routes.MapFlows();
        routes.MapOidc();
        routes.MapWebAuthnScript();
    }

    public static void MapAdmin(IEndpointRouteBuilder routes)
    {
        routes.MapIdentitiesAdmin();
        routes.MapAdminSessions();
        routes.MapAdminLockouts();
        routes.MapAdminEvents();
        routes.MapAdminCourier();
        routes.MapAdminCodeRecovery();
        routes.MapAdminLinkRecovery();
        routes.MapAdminOidc();
    }
}

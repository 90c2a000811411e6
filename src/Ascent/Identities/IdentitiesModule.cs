using Ascent.Identities.Admin;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Identities;

/// <summary>
/// Owns identities, their credentials, the identifiers that lead to them and their addresses. Every change goes through
/// <see cref="IdentityWriter"/>: whole, in one transaction, on the version that was seen, with its event.
/// Refuses: proving anything (the methods do), sessions, and identifiers chosen by callers.
/// </summary>
internal static class IdentitiesModule
{
    public static IServiceCollection AddIdentities(this IServiceCollection services) => services
        .AddSingleton<CredentialSecrets>()
        .AddSingleton<IdentityStore>()
        .AddSingleton<IdentityTable>()
        .AddSingleton<IdentityPlanner>()
        .AddSingleton<IdentityWriter>()
        .AddSingleton<IdentityJson>()
        .AddSingleton<IdentityAnswers>()
        .AddSingleton<IdentityDrafts>()
        .AddSingleton<CredentialReads>()
        .AddSingleton<HashSurvey>()
        .AddHostedService(s => s.GetRequiredService<HashSurvey>())
        .AddSingleton<PageTokens>();

    public static void MapIdentitiesAdmin(this IEndpointRouteBuilder admin) => IdentityAdminEndpoints.Map(admin);
}

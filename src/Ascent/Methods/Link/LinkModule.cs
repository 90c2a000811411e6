using Ascent.Flows.Recovery;
using Ascent.Flows.Verification;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Methods.Link;

/// <summary>Links by mail: proving an address and getting back into an account. Refuses: a link twice.</summary>
internal static class LinkModule
{
    public static IServiceCollection AddLink(this IServiceCollection services) => services
        .AddSingleton<IVerificationMethod, LinkVerification>()
        .AddSingleton<IRecoveryMethod, LinkRecovery>();
}

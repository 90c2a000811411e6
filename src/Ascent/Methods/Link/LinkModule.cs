using Ascent.Flows.Verification;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Methods.Link;

/// <summary>Links by mail.</summary>
internal static class LinkModule
{
    public static IServiceCollection AddLink(this IServiceCollection services) => services
        .AddSingleton<IVerificationMethod, LinkVerification>();
}

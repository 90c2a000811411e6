using Ascent.Flows.Verification;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Methods.Code;

/// <summary>Six digits by mail or text message.</summary>
internal static class CodeModule
{
    public static IServiceCollection AddCode(this IServiceCollection services) => services
        .AddSingleton<IVerificationMethod, CodeVerification>();
}

using Ascent.Flows.Login;
using Ascent.Flows.Recovery;
using Ascent.Flows.Registration;
using Ascent.Flows.Verification;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Methods.Code;

/// <summary>
/// Six digits by mail or text message: signing in and up by them, as a second factor, proving an address and getting back into an
/// account. Refuses: a code twice, a code in another flow or for another account than it was sent for, and sending one to an address
/// that nobody signs in with.
/// </summary>
internal static class CodeModule
{
    public static IServiceCollection AddCode(this IServiceCollection services) => services
        .AddSingleton<CodeAccounts>()
        .AddSingleton<CodeMail>()
        .AddSingleton<CodeProof>()
        .AddSingleton<CodeRecoveryChoice>()
        .AddSingleton<ILoginMethod, CodeLogin>()
        .AddSingleton<IRegistrationMethod, CodeRegistration>()
        .AddSingleton<IVerificationMethod, CodeVerification>()
        .AddSingleton<IRecoveryMethod, CodeRecovery>();
}

using Ascent.Flows.Login;
using Ascent.Identities;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Methods.IdentifierFirst;

/// <summary>Signing in by two forms: the identifier, then a credential. Comes after all other methods, whose forms it builds on.</summary>
internal static class IdentifierFirstModule
{
    public static IServiceCollection AddIdentifierFirst(this IServiceCollection services) => services
        .AddSingleton<ILoginMethod>(s => new IdentifierFirstLogin(s.GetRequiredService<IdentityStore>(), new Lazy<LoginStart>(s.GetRequiredService<LoginStart>)));
}

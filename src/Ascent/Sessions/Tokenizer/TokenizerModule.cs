using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Sessions.Tokenizer;

/// <summary>Sessions as tokens: needs <c>AddJsonnet</c> and <c>ConfigReferences</c>.</summary>
internal static class TokenizerModule
{
    public static IServiceCollection AddSessionTokenizer(this IServiceCollection services) => services
        .AddSingleton<SessionTokenizer>()
        .AddSingleton<ISessionTokenizer>(s => s.GetRequiredService<SessionTokenizer>());
}

using Ascent.Sessions.Tokenizer;
using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Sessions;

/// <summary>
/// Owns sessions and their tokens: issuing, raising, showing and ending them, whoami above all. Tokens are stored as hashes.
/// Refuses: deciding who somebody is (the methods do), what a level is good for (step-up does), and sessions made anywhere but
/// in <see cref="SessionIssuer"/>.
/// </summary>
internal static class SessionsModule
{
    public static IServiceCollection AddSessions(this IServiceCollection services) => services
        .AddSingleton<SessionIssuer>()
        .AddSingleton<SessionStore>()
        .AddSingleton<SessionBulk>()
        .AddSingleton<SessionImport>()
        .AddSingleton<SessionPages>()
        .AddSingleton<SessionLookup>()
        .AddSingleton<SessionCookie>()
        .AddSingleton<CurrentSession>()
        .AddSingleton<LogoutToken>()
        .AddSingleton<SessionJson>()
        .AddSingleton<SessionSweep>()
        .AddSingleton<OwnKeys>()
        .AddSingleton<WhoamiEndpoint>()
        .AddSingleton<SessionUse>()
        .AddHostedService(s => s.GetRequiredService<SessionUse>());
}

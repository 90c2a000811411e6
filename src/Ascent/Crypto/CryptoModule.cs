using Microsoft.Extensions.DependencyInjection;

namespace Ascent.Crypto;

/// <summary>
/// Owns the keys made of the configured secrets, authenticated encryption, random tokens and the hashes kept in their place.
/// Refuses: algorithms by name, keys without a purpose, and secrets in anything that prints.
/// </summary>
internal static class CryptoModule
{
    public static IServiceCollection AddCrypto(this IServiceCollection services) => services
        .AddSingleton<SecretKeys>()
        .AddSingleton<Ciphers>()
        .AddSingleton(s => s.GetRequiredService<Ciphers>().AtRest)
        .AddSingleton<CodeHashes>();
}

using System.Globalization;
using System.Text;
using Ascent.Config;
using Ascent.Crypto.Hashing;
using Ascent.Flows.Messages;

namespace Ascent.Methods.Password;

/// <summary>
/// Which passwords people may choose: long enough in characters as people see them, short enough for the hasher, not like what they sign
/// in with, without the words that the configuration forbids, not known to have leaked. Asked for new passwords, never for those that are
/// imported or typed at a login.
/// </summary>
internal sealed class PasswordPolicy(PasswordHasher hasher, LeakedPasswords leaked)
{
    private const int BcryptBytes = 72;

    /// <param name="identifiers">What the person signs in with.</param>
    /// <returns>What is wrong with the password, or null.</returns>
    public async Task<UiText?> CheckAsync(string password, IReadOnlyList<string> identifiers, AscentConfig config, CancellationToken ct)
    {
        var settings = config.SelfService.Methods.Password.Config;
        var length = new StringInfo(password).LengthInTextElements;
        if (length < settings.MinPasswordLength) return UiMessages.PasswordTooShort(settings.MinPasswordLength, length);
        var bytes = Encoding.UTF8.GetByteCount(password);
        if (!hasher.CanHash(password)) return UiMessages.PasswordTooLong(BcryptBytes, bytes);
        if (settings.IdentifierSimilarityCheckEnabled && identifiers.Any(i => Likeness.IsLike(password, i))) return UiMessages.Of(MessageIds.PasswordTooSimilar);
        if (Forbidden(password, settings.ContextWords) is { } word) return UiMessages.PasswordPolicy($"It must not hold the word \"{word}\", which anybody would try first");
        if (!settings.HaveibeenpwnedEnabled) return null;
        return await leaked.CountAsync(password, settings.HaveibeenpwnedHost, config.Clients.Http, ct) switch
        {
            long count when count > settings.MaxBreaches => UiMessages.PasswordBreached(count),
            null when !settings.IgnoreNetworkErrors => UiMessages.PasswordPolicy("It cannot be checked at the moment whether this password has leaked. Please try again later."),
            _ => null,
        };
    }

    private static string? Forbidden(string password, IReadOnlyList<string> words) =>
        words.FirstOrDefault(w => password.Contains(w, StringComparison.OrdinalIgnoreCase));
}

using System.Security.Cryptography;
using System.Text;
using Ascent.Config;
using Ascent.Methods.WebAuthn;

namespace Ascent.Methods.Passkey;

/// <summary>What a new passkey is made from: the handle by which its authenticator knows the user, and the configured wishes.</summary>
internal static class PasskeyHandle
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    // The most that an authenticator keeps; nothing personal (section 14.6.1).
    private const int Length = 64;

    /// <summary>Text, since it is the credential's identifier too.</summary>
    public static byte[] New() => Encoding.ASCII.GetBytes(RandomNumberGenerator.GetString(Alphabet, Length));

    public static CeremonyOptions.Creation Creation(AscentConfig config, byte[] challenge, byte[] handle, string name)
    {
        var settings = config.SelfService.Methods.Passkey.Config;
        return new CeremonyOptions.Creation(settings.Rp, challenge, settings.Timeouts.Registration, settings.AuthenticatorSelection.UserVerification, handle, name)
        {
            Selection = settings.AuthenticatorSelection, Attestation = settings.Attestation.Preference,
        };
    }
}

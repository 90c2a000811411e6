using Ascent.Config;
using Ascent.Identities;

namespace Ascent.Methods.Code;

/// <summary>Whether an account has no other way than a code, so that there is nothing to choose and it is sent at once.</summary>
internal static class CodeAlone
{
    private static readonly string[] AllOthers = [CredentialTypes.Password, CredentialTypes.Oidc, CredentialTypes.WebAuthn, CredentialTypes.Passkey, CredentialTypes.Totp, CredentialTypes.LookupSecret];

    public static bool IsFirstFactor(IdentityState state, AscentConfig config) => AvailableAal.FirstFactors(Others(state, config), config) == 1;

    /// <summary>Whether the configuration has no other, so that it tells nothing of an account where a code is sent at once.</summary>
    public static bool IsOnlyMethod(AscentConfig config) => !AllOthers.Any(type => IsOn(type, config.SelfService.Methods));

    public static bool IsSecondFactor(IdentityState state, AscentConfig config) => AvailableAal.SecondFactors(Others(state, config), config) == 0;

    /// <summary>What the account could use instead, as far as it is switched on.</summary>
    private static IEnumerable<Credential> Others(IdentityState state, AscentConfig config) => state.Credentials.Values.Where(c => IsOn(c.Type, config.SelfService.Methods));

    private static bool IsOn(string type, MethodsConfig methods) => type switch
    {
        CredentialTypes.Password => methods.Password.Enabled,
        CredentialTypes.Oidc => methods.Oidc.Enabled,
        CredentialTypes.WebAuthn => methods.Webauthn.Enabled,
        CredentialTypes.Passkey => methods.Passkey.Enabled,
        CredentialTypes.Totp => methods.Totp.Enabled,
        CredentialTypes.LookupSecret => methods.LookupSecret.Enabled,
        _ => false,
    };
}

using System.Text.Json;

namespace Ascent.Config;

internal sealed record MethodsConfig
{
    [Key("Passwords.")]
    public PasswordMethod Password { get; init; } = new();

    [Key("One-time codes by mail or SMS.")]
    public CodeMethod Code { get; init; } = new();

    [Key("Links by mail.")]
    public LinkMethod Link { get; init; } = new();

    [Key("Traits in settings.")]
    public ProfileMethod Profile { get; init; } = new();

    [Key("Authenticator apps.")]
    public TotpMethod Totp { get; init; } = new();

    [Key("Backup codes.")]
    public LookupSecretMethod LookupSecret { get; init; } = new();

    [Key("Security keys.")]
    public WebauthnMethod Webauthn { get; init; } = new();

    [Key("Passkeys.")]
    public PasskeyMethod Passkey { get; init; } = new();

    [Key("Social sign-in.")]
    public OidcMethod Oidc { get; init; } = new();

    [Key("SAML of Ory's enterprise build.", Ignored = true)]
    public JsonElement? Saml { get; init; }

    [Key("Organizations of Ory's hosted service.", Ignored = true)]
    public JsonElement? B2b { get; init; }

    [Key("Captchas of Ory's enterprise build.", Ignored = true)]
    public JsonElement? Captcha { get; init; }

    [Key("Device keys of Ory's enterprise build.", Ignored = true)]
    public JsonElement? Deviceauthn { get; init; }
}

internal sealed record PasswordMethod
{
    [Key("On.")]
    public bool Enabled { get; init; } = true;

    [Key("Its settings.")]
    public PasswordSettings Config { get; init; } = new();
}

internal sealed record PasswordSettings
{
    [Key("The host of the range API of leaked passwords.")]
    public string HaveibeenpwnedHost { get; init; } = "api.pwnedpasswords.com";

    [Key("Refuse leaked passwords.")]
    public bool HaveibeenpwnedEnabled { get; init; } = true;

    [Key("How often a password may have leaked.", Min = 0)]
    public int MaxBreaches { get; init; }

    [Key("Accept a password when the range API does not answer.")]
    public bool IgnoreNetworkErrors { get; init; } = true;

    [Key("Characters at least.", Min = 6)]
    public int MinPasswordLength { get; init; } = 8;

    [Key("Refuse passwords that resemble the identifier.")]
    public bool IdentifierSimilarityCheckEnabled { get; init; } = true;

    [Key("Words of one's own that no new password may hold, such as the product's and the company's name; capitals do not matter.", Ours = true, Min = 3)]
    public IReadOnlyList<string> ContextWords { get; init; } = [];

    [Key("Ask another system about a password we do not have yet.")]
    public MigrateHook MigrateHook { get; init; } = new();
}

internal sealed record MigrateHook
{
    [Key("On.")]
    public bool Enabled { get; init; }

    [Key("The request.")]
    public HookSettings Config { get; init; } = new();
}

internal sealed record CodeMethod
{
    [Key("On, for recovery and verification.")]
    public bool Enabled { get; init; } = true;

    [Key("Codes instead of a password. Not with mfa_enabled.")]
    public bool PasswordlessEnabled { get; init; }

    [Key("Codes as a second factor. Not with passwordless_enabled.")]
    public bool MfaEnabled { get; init; }

    [Key("Its settings.")]
    public CodeSettings Config { get; init; } = new();
}

internal sealed record CodeSettings
{
    [Key("How long a code lasts.", Min = 0.001)]
    public TimeSpan Lifespan { get; init; } = TimeSpan.FromHours(1);

    [Key("Tries.", Min = 1, Max = 255)]
    public int MaxSubmissions { get; init; } = 5;

    [Key("Send codes to identities without a code credential.")]
    public bool MissingCredentialFallbackEnabled { get; init; }
}

internal sealed record LinkMethod
{
    [Key("On.")]
    public bool Enabled { get; init; }

    [Key("Its settings.")]
    public LinkSettings Config { get; init; } = new();
}

internal sealed record LinkSettings
{
    [Key("How long a link lasts.", Min = 0.001)]
    public TimeSpan Lifespan { get; init; } = TimeSpan.FromHours(1);

    [Key("The address links point to.", Format = TextFormat.HttpUrl, Default = "serve.public.base_url")]
    public string? BaseUrl { get; init; }
}

internal sealed record ProfileMethod
{
    [Key("On.")]
    public bool Enabled { get; init; } = true;
}

internal sealed record TotpMethod
{
    [Key("On.")]
    public bool Enabled { get; init; }

    [Key("Its settings.")]
    public TotpSettings Config { get; init; } = new();
}

internal sealed record TotpSettings
{
    [Key("The name authenticator apps show.", Default = "the public host")]
    public string? Issuer { get; init; }
}

internal sealed record LookupSecretMethod
{
    [Key("On.")]
    public bool Enabled { get; init; }
}

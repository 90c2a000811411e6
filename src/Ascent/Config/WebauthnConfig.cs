namespace Ascent.Config;

internal sealed record WebauthnMethod
{
    [Key("On; needs config.rp.")]
    public bool Enabled { get; init; }

    [Key("Its settings.")]
    public WebauthnSettings Config { get; init; } = new();
}

internal sealed record WebauthnSettings
{
    [Key("A first factor, instead of a second.")]
    public bool Passwordless { get; init; }

    [Key("Who we are.")]
    public RelyingParty Rp { get; init; } = new();
}

/// <summary>The WebAuthn relying party.</summary>
internal sealed record RelyingParty
{
    [Key("A domain: the sites' own or one above it.")]
    public string Id { get; init; } = "";

    [Key("The name people see.")]
    public string DisplayName { get; init; } = "";

    [Key("The site's origin; origins is newer.", Format = TextFormat.Url)]
    public string? Origin { get; init; }

    [Key("The sites' origins.", Default = "https://<id>", Format = TextFormat.Url)]
    public IReadOnlyList<string> Origins { get; init; } = [];

    [Key("An icon; no browser shows it.", Ignored = true)]
    public string? Icon { get; init; }

    /// <summary>Every origin a ceremony may come from.</summary>
    public IReadOnlyList<string> AllOrigins => Origins.Count > 0 ? Origins : [Origin ?? $"https://{Id}"];
}

internal sealed record PasskeyMethod
{
    [Key("On; needs config.rp.")]
    public bool Enabled { get; init; }

    [Key("Its settings.")]
    public PasskeySettings Config { get; init; } = new();
}

internal sealed record PasskeySettings
{
    [Key("Who we are.")]
    public RelyingParty Rp { get; init; } = new();

    [Key("Which authenticators.")]
    public AuthenticatorSelection AuthenticatorSelection { get; init; } = new();

    [Key("Attestation.")]
    public AttestationSettings Attestation { get; init; } = new();

    [Key("How long browsers wait.")]
    public CeremonyTimeouts Timeouts { get; init; } = new();
}

internal sealed record AuthenticatorSelection
{
    [Key("platform or cross-platform.", Default = "either")]
    public AuthenticatorAttachment? Attachment { get; init; }

    [Key("Discoverable credentials.")]
    public CeremonyWish ResidentKey { get; init; } = CeremonyWish.Required;

    [Key("PIN or biometric.")]
    public CeremonyWish UserVerification { get; init; } = CeremonyWish.Preferred;
}

internal enum AuthenticatorAttachment
{
    Platform,
    [Key("", Name = "cross-platform")] CrossPlatform,
}

internal enum CeremonyWish { Required, Preferred, Discouraged }

internal sealed record AttestationSettings
{
    [Key("What to ask the authenticator for.")]
    public AttestationPreference Preference { get; init; } = AttestationPreference.None;
}

internal enum AttestationPreference { None, Indirect, Direct, Enterprise }

internal sealed record CeremonyTimeouts
{
    [Key("Enrolling.", Min = 1)]
    public TimeSpan Registration { get; init; } = TimeSpan.FromMinutes(5);

    [Key("Signing in.", Min = 1)]
    public TimeSpan Login { get; init; } = TimeSpan.FromMinutes(5);
}

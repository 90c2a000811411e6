namespace Ascent.Config;

internal sealed record SelfServiceConfig
{
    [Key("Where browsers go when nothing else says where.", Required = true, Format = TextFormat.UrlReference)]
    public string DefaultBrowserReturnUrl { get; init; } = "";

    [Key("What return_to may name: scheme and host equal, path begins with. *.example.org stands for one host below example.org or deeper.")]
    public IReadOnlyList<string> AllowedReturnUrls { get; init; } = [];

    [Key("Flows.")]
    public FlowsConfig Flows { get; init; } = new();

    [Key("Ways to prove who one is.")]
    public MethodsConfig Methods { get; init; } = new();
}

internal sealed record FlowsConfig
{
    [Key("Signing in.")]
    public LoginFlowConfig Login { get; init; } = new();

    [Key("Signing up.")]
    public RegistrationFlowConfig Registration { get; init; } = new();

    [Key("One's own account.")]
    public SettingsFlowConfig Settings { get; init; } = new();

    [Key("Getting back in.")]
    public RecoveryFlowConfig Recovery { get; init; } = new();

    [Key("Proving an address.")]
    public VerificationFlowConfig Verification { get; init; } = new();

    [Key("Signing out.")]
    public LogoutFlowConfig Logout { get; init; } = new();

    [Key("The error page.")]
    public ErrorFlowConfig Error { get; init; } = new();
}

internal sealed record LoginFlowConfig
{
    [Key("Its page.", Format = TextFormat.UrlReference)]
    public string UiUrl { get; init; } = FallbackPage.Of("login");

    [Key("How long a flow lasts.", Min = 0.001)]
    public TimeSpan Lifespan { get; init; } = TimeSpan.FromHours(1);

    [Key("All at once, or the identifier first.")]
    public LoginStyle Style { get; init; } = LoginStyle.Unified;

    [Key("When a flow starts.")]
    public BeforeHooks Before { get; init; } = new();

    [Key("After a login.")]
    public LoginAfter After { get; init; } = new();
}

internal enum LoginStyle { Unified, IdentifierFirst }

internal sealed record RegistrationFlowConfig
{
    [Key("People may sign up.")]
    public bool Enabled { get; init; } = true;

    [Key("Its page.", Format = TextFormat.UrlReference)]
    public string UiUrl { get; init; } = FallbackPage.Of("registration");

    [Key("How long a flow lasts.", Min = 0.001)]
    public TimeSpan Lifespan { get; init; } = TimeSpan.FromHours(1);

    [Key("Traits first and then the credential, or all at once.")]
    public RegistrationStyle Style { get; init; } = RegistrationStyle.ProfileFirst;

    [Key("All at once, as before two steps existed; wins over style.")]
    public bool EnableLegacyOneStep { get; init; }

    [Key("Tell who is known already how to sign in.")]
    public bool LoginHints { get; init; }

    [Key("When a flow starts.")]
    public BeforeHooks Before { get; init; } = new();

    [Key("After a registration.")]
    public RegistrationAfter After { get; init; } = new();

    /// <summary>Traits and credential on one form.</summary>
    public bool OneStep => EnableLegacyOneStep || Style == RegistrationStyle.Unified;
}

internal enum RegistrationStyle { ProfileFirst, Unified }

internal sealed record SettingsFlowConfig
{
    [Key("Its page.", Format = TextFormat.UrlReference)]
    public string UiUrl { get; init; } = FallbackPage.Of("settings");

    [Key("How long a flow lasts.", Min = 0.001)]
    public TimeSpan Lifespan { get; init; } = TimeSpan.FromHours(1);

    [Key("How long after signing in protected settings may be changed without signing in again. 0: never, so that they cannot be changed at all.", Min = 0)]
    public TimeSpan PrivilegedSessionMaxAge { get; init; } = TimeSpan.FromHours(1);

    [Key("The assurance a session needs here. aal2 and aal3 are ours.")]
    public RequiredAal RequiredAal { get; init; } = RequiredAal.HighestAvailable;

    [Key("When a flow starts.")]
    public BeforeHooks Before { get; init; } = new();

    [Key("After a change.")]
    public SettingsAfter After { get; init; } = new();
}

internal sealed record RecoveryFlowConfig
{
    [Key("People may recover their account themselves.")]
    public bool Enabled { get; init; }

    [Key("Its page.", Format = TextFormat.UrlReference)]
    public string UiUrl { get; init; } = FallbackPage.Of("recovery");

    [Key("How long a flow lasts.", Min = 0.001)]
    public TimeSpan Lifespan { get; init; } = TimeSpan.FromHours(1);

    [Key("By code or by link.")]
    public AddressProof Use { get; init; } = AddressProof.Code;

    [Key("Write to unknown addresses as well, saying that they are unknown.")]
    public bool NotifyUnknownRecipients { get; init; }

    [Key("When a flow starts.")]
    public BeforeHooks Before { get; init; } = new();

    [Key("After a recovery.")]
    public PlainAfter After { get; init; } = new();
}

internal sealed record VerificationFlowConfig
{
    [Key("Addresses are verified.")]
    public bool Enabled { get; init; }

    [Key("Its page.", Format = TextFormat.UrlReference)]
    public string UiUrl { get; init; } = FallbackPage.Of("verification");

    [Key("How long a flow lasts.", Min = 0.001)]
    public TimeSpan Lifespan { get; init; } = TimeSpan.FromHours(1);

    [Key("By code or by link.")]
    public AddressProof Use { get; init; } = AddressProof.Code;

    [Key("Write to unknown addresses as well, saying that they are unknown.")]
    public bool NotifyUnknownRecipients { get; init; }

    [Key("When a flow starts.")]
    public BeforeHooks Before { get; init; } = new();

    [Key("After a verification.")]
    public PlainAfter After { get; init; } = new();
}

internal enum AddressProof { Code, Link }

internal sealed record LogoutFlowConfig
{
    [Key("Ask browsers to clear the site's data (Clear-Site-Data), over https.")]
    public bool ClearBrowserData { get; init; }

    [Key("After signing out.")]
    public ReturnAfter After { get; init; } = new();
}

internal sealed record ErrorFlowConfig
{
    [Key("The page that shows errors.", Format = TextFormat.UrlReference)]
    public string UiUrl { get; init; } = FallbackPage.Of("error");
}

/// <summary>Pages that Kratos names when none is configured.</summary>
internal static class FallbackPage
{
    public static string Of(string flow) => $"https://www.ory.com/kratos/docs/fallback/{flow}";
}

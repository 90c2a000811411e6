namespace Ascent.Config;

internal sealed record OAuth2ProviderConfig
{
    [Key("Its admin address.", Format = TextFormat.HttpUrl)]
    public string? Url { get; init; }

    [Key("Headers of our calls to it.")]
    public IReadOnlyDictionary<string, Secret> Headers { get; init; } = new Dictionary<string, Secret>();

    [Key("return_to is the challenge's own request URL.")]
    public bool OverrideReturnTo { get; init; }
}

internal sealed record FeatureFlagsConfig
{
    [Key("whoami says how long its answer may be kept.")]
    public bool CacheableSessions { get; init; }

    [Key("At most this long.", Min = 0, Default = "the session's rest")]
    public TimeSpan? CacheableSessionsMaxAge { get; init; }

    [Key("Recovery continues by continue_with instead of redirects.")]
    public bool UseContinueWithTransitions { get; init; }

    [Key("Recovery lets people choose among their masked addresses.")]
    public bool ChooseRecoveryAddress { get; init; }

    [Key("Every unverified address gets a show_verification_ui.")]
    public bool LegacyContinueWithVerificationUi { get; init; }

    [Key("An unverified address is a message on the login form.")]
    public bool LegacyRequireVerifiedLoginError { get; init; }

    [Key("Extending a session answers 204 without a body.")]
    public bool FasterSessionExtend { get; init; }

    [Key("Registration nodes of social sign-in carry the group oidc.")]
    public bool LegacyOidcRegistrationNodeGroup { get; init; }

    [Key("Keep wildcards in allowed return URLs that are unsafe.")]
    public bool LegacyAllowInsecureOrigins { get; init; }

    [Key("Refreshing a login by code lets people choose the address.")]
    public bool RefreshLoginChooseAddress { get; init; }

    [Key("Accepted, but without effect, as in Kratos: the fields of the identity are in the group default.")]
    public ProfileNodeGroup PasswordProfileRegistrationNodeGroup { get; init; } = ProfileNodeGroup.Default;
}

internal enum ProfileNodeGroup { Default, Password }

internal sealed record SecurityConfig
{
    [Key("Unknown accounts.")]
    public AccountEnumerationConfig AccountEnumeration { get; init; } = new();

    [Key("Wrong attempts at passwords, codes and other credentials.", Ours = true)]
    public ThrottleConfig Throttle { get; init; } = new();

    [Key("Messages that people cause: codes, links, verifications.", Ours = true)]
    public MessageLimitsConfig MessageLimits { get; init; } = new();

    [Key("Refuse $ref in identity schemas.")]
    public bool DisallowRefInIdentitySchemas { get; init; }

    [Key("Safer where Kratos's contract leaves it open: session.rotate_on_step_up is on, a recovery link signs nobody in who is signed in already, and the public port does not say where the admin API is.", Ours = true)]
    public bool StricterThanKratos { get; init; }
}

internal sealed record AccountEnumerationConfig
{
    [Key("Answers do not tell whether an account exists.")]
    public bool Mitigate { get; init; }
}

internal sealed record ClientsConfig
{
    [Key("Our HTTP client.")]
    public HttpClientConfig Http { get; init; } = new();

    [Key("Our SMTP client.")]
    public SmtpClientConfig Smtp { get; init; } = new();

    [Key("Web hooks.")]
    public WebHookClientConfig WebHook { get; init; } = new();
}

internal sealed record HttpClientConfig
{
    [Key("Refuse private, loopback and link-local addresses.")]
    public bool DisallowPrivateIpRanges { get; init; }

    [Key("URLs that are allowed nevertheless; * and ** stand for parts.")]
    public IReadOnlyList<string> PrivateIpExceptionUrls { get; init; } = [];
}

internal sealed record SmtpClientConfig
{
    [Key("Refuse private, loopback and link-local addresses.")]
    public bool DisallowPrivateIpRanges { get; init; }
}

internal sealed record WebHookClientConfig
{
    [Key("Headers of the browser's request that a hook may see.")]
    public IReadOnlyList<string> HeaderAllowlist { get; init; } =
    [
        "Accept", "Accept-Encoding", "Accept-Language", "Content-Length", "Content-Type", "Origin", "Priority", "Referer",
        "Sec-Ch-Ua", "Sec-Ch-Ua-Mobile", "Sec-Ch-Ua-Platform", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site", "Sec-Fetch-User",
        "True-Client-Ip", "User-Agent", "Ory-Webhook-Request-Id", "Ory-Webhook-Trigger-Id",
    ];
}

internal sealed record DatabaseConfig
{
    [Key("Removing what expired.")]
    public CleanupConfig Cleanup { get; init; } = new();
}

internal sealed record CleanupConfig
{
    [Key("Rows removed at once.", Min = 1)]
    public int BatchSize { get; init; } = 100;

    [Key("Pauses.")]
    public CleanupSleep Sleep { get; init; } = new();

    [Key("Only what expired this long ago.", Min = 0)]
    public TimeSpan OlderThan { get; init; }
}

internal sealed record CleanupSleep
{
    [Key("Between tables, in Kratos's clean-up. Ours takes small batches all the time.", Ignored = true, Min = 0)]
    public TimeSpan Tables { get; init; } = TimeSpan.FromMinutes(1);
}

internal sealed record LogConfig
{
    [Key("The least level written.")]
    public LogVerbosity Level { get; init; } = LogVerbosity.Info;

    [Key("json for machines, text for people.")]
    public LogFormat Format { get; init; } = LogFormat.Text;

    [Key("Write addresses and identifiers. Secrets are never written.")]
    public bool LeakSensitiveValues { get; init; }

    [Key("Write clients' addresses into the log; the audit trail has them in any case.", Ours = true)]
    public bool ClientAddress { get; init; } = true;

    [Key("What stands for a value left out.", Planned = true)]
    public string? RedactionText { get; init; }

    [Key("Request headers left out of logs, beside cookies and authorization.", Planned = true)]
    public IReadOnlyList<string> AdditionalRedactedHeaders { get; init; } = [];
}

internal sealed record AuditConfig
{
    [Key("How long events are kept; 0 keeps them for ever.", Ours = true, Min = 0)]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(180);

    [Key("Write each event to the log, too, at the level info with audience=audit, once it is committed.", Ours = true)]
    public bool Log { get; init; } = true;
}

internal enum LogVerbosity { Trace, Debug, Info, Warning, Error, Fatal, Panic }

internal enum LogFormat { Json, Text, JsonPretty, Gelf }

internal sealed record AssuranceConfig
{
    [Key("Which level guards built-in actions: nist judges the evidence, kratos counts methods.", Ours = true)]
    public AssuranceProfile Profile { get; init; } = AssuranceProfile.Nist;

    [Key("How long a level stays fresh after the last proof of it.", Ours = true)]
    public AnchorsConfig Anchors { get; init; } = new();

    [Key("How old proof may be at most, whatever is done.", Ours = true)]
    public CeilingsConfig Ceilings { get; init; } = new();

    [Key("How long a new factor cannot manage other factors alone.", Ours = true, Min = 0)]
    public TimeSpan NewFactorDelay { get; init; } = TimeSpan.FromHours(24);
}

internal enum AssuranceProfile { Nist, Kratos }

internal sealed record AnchorsConfig
{
    [Key("aal1.", Ours = true, Min = 1, Default = "none")]
    public TimeSpan? Aal1 { get; init; }

    [Key("aal2.", Ours = true, Min = 1)]
    public TimeSpan Aal2 { get; init; } = TimeSpan.FromMinutes(15);

    [Key("aal3.", Ours = true, Min = 1)]
    public TimeSpan Aal3 { get; init; } = TimeSpan.FromMinutes(5);
}

internal sealed record CeilingsConfig
{
    [Key("aal1.", Ours = true, Min = 1)]
    public TimeSpan Aal1 { get; init; } = TimeSpan.FromDays(30);

    [Key("aal2.", Ours = true, Min = 1)]
    public TimeSpan Aal2 { get; init; } = TimeSpan.FromHours(24);

    [Key("aal3.", Ours = true, Min = 1)]
    public TimeSpan Aal3 { get; init; } = TimeSpan.FromHours(12);
}

using System.Text.Json;

namespace Ascent.Config;

/// <summary>
/// Everything a kratos.yml says, as one immutable snapshot. A request reads <see cref="ConfigStore.Current"/> once and uses
/// that snapshot to its end. A property with a <see cref="KeyAttribute"/> is a key; the others are worked out.
/// </summary>
internal sealed record AscentConfig
{
    [Key("The database: sqlite:///path?…, postgres://user:password@host/name?…, or memory.", Restart = true, Default = "memory")]
    public Secret Dsn { get; init; } = new("memory");

    [Key("The two listeners.")]
    public ServeConfig Serve { get; init; } = new();

    [Key("Identity schemas.", Required = true)]
    public IdentityConfig Identity { get; init; } = new();

    [Key("Sessions: how long, in which cookie, how strong.")]
    public SessionConfig Session { get; init; } = new();

    [Key("Attributes of every cookie we set.")]
    public CookiesConfig Cookies { get; init; } = new();

    [Key("Keys that sign and encrypt. The first of each list is used, all of them are accepted.")]
    public SecretsConfig Secrets { get; init; } = new();

    [Key("How stored provider tokens are encrypted.")]
    public CiphersConfig Ciphers { get; init; } = new();

    [Key("How passwords are hashed.")]
    public HashersConfig Hashers { get; init; } = new();

    [Key("Self-service flows and methods.", Name = "selfservice", Required = true)]
    public SelfServiceConfig SelfService { get; init; } = new();

    [Key("Mail and SMS.")]
    public CourierConfig Courier { get; init; } = new();

    [Key("An external OAuth2 provider whose login challenges we answer.", Name = "oauth2_provider")]
    public OAuth2ProviderConfig OAuth2Provider { get; init; } = new();

    [Key("Switches for behaviour that changed between Kratos versions.")]
    public FeatureFlagsConfig FeatureFlags { get; init; } = new();

    [Key("Protection of accounts.")]
    public SecurityConfig Security { get; init; } = new();

    [Key("What our own HTTP and SMTP clients may reach and send.")]
    public ClientsConfig Clients { get; init; } = new();

    [Key("Upkeep of the database.")]
    public DatabaseConfig Database { get; init; } = new();

    [Key("The audit trail.", Ours = true)]
    public AuditConfig Audit { get; init; } = new();

    [Key("Logging.")]
    public LogConfig Log { get; init; } = new();

    [Key("Tracing.")]
    public TracingConfig Tracing { get; init; } = new();

    [Key("How assurance levels are judged.", Ours = true, Planned = true)]
    public AssuranceConfig Assurance { get; init; } = new();

    [Key("The configuration format's version, such as v26.2.0. Kept for tools; every version loads alike.", Ignored = true)]
    public string? Version { get; init; }

    [Key("A name for this revision of the configuration, answered by /admin/health/config instead of its hash.")]
    public string? Revision { get; init; }

    [Key("Development mode, as --dev: cookies need no https, hashing may be cheap, messages are shown to administrators. Never in production.")]
    public bool Dev { get; init; }

    [Key("Run the courier inside the server, as --watch-courier.", Name = "watch-courier")]
    public bool WatchCourier { get; init; }

    [Key("A port for metrics; 0 keeps them on the admin listener.", Name = "expose-metrics-port", Min = 0, Max = 65535, Restart = true)]
    public int ExposeMetricsPort { get; init; }

    [Key("Kratos's telemetry; we send none.", Name = "sqa-opt-out", Ignored = true)]
    public bool SqaOptOut { get; init; }

    [Key("Organizations of Ory's hosted service.", Ignored = true)]
    public JsonElement? Organizations { get; init; }

    [Key("Read consistency; our reads are always strong.")]
    public PreviewConfig Preview { get; init; } = new();

    [Key("Settings of Ory's enterprise build.", Ignored = true)]
    public JsonElement? Enterprise { get; init; }

    /// <summary>SHA-256 of the merged files and overrides, lower-case hexadecimal.</summary>
    public string ContentHash { get; init; } = "";

    /// <summary>What /admin/health/config answers.</summary>
    public string EffectiveRevision => string.IsNullOrEmpty(Revision) ? ContentHash : Revision;

    /// <summary>The session cookie's attributes with everything that falls back filled in.</summary>
    public ResolvedCookie SessionCookie => new(
        Session.Cookie.Name,
        Session.Cookie.Domain ?? Cookies.Domain,
        Session.Cookie.Path ?? Cookies.Path,
        Session.Cookie.SameSite ?? Cookies.SameSite,
        Session.Cookie.Secure ?? Cookies.Secure ?? !Dev,
        Session.Cookie.Persistent);

    /// <summary>Whether a session's token changes when its assurance is raised.</summary>
    public bool RotatesOnStepUp => Session.RotateOnStepUp || Security.StricterThanKratos;

    /// <summary>What other cookies (CSRF, continuity) use; the name is the caller's.</summary>
    public ResolvedCookie OtherCookie(string name) =>
        new(name, Cookies.Domain, Cookies.Path, Cookies.SameSite, Cookies.Secure ?? !Dev, Persistent: true);
}

/// <summary>A cookie's attributes, nothing left to work out. A null domain is the host alone.</summary>
internal sealed record ResolvedCookie(string Name, string? Domain, string Path, SameSiteMode SameSite, bool Secure, bool Persistent);

internal sealed record PreviewConfig
{
    [Key("strong or eventual.", Ignored = true)]
    public string DefaultReadConsistencyLevel { get; init; } = "strong";
}

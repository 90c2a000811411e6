namespace Ascent.Config;

internal sealed record SessionConfig
{
    [Key("How long a session lasts.", Min = 1)]
    public TimeSpan Lifespan { get; init; } = TimeSpan.FromHours(24);

    [Key("The browser's session cookie.")]
    public SessionCookieConfig Cookie { get; init; } = new();

    [Key("A session may be extended when it has no more than this left.", Default = "session.lifespan")]
    public TimeSpan? EarliestPossibleExtend { get; init; }

    [Key("Every use extends the session (written at most once a minute).", Ours = true)]
    public bool Sliding { get; init; }

    [Key("A session of this level ends when it is not used for this long: never before, at most a tenth of it and at most a minute later. Off unless set; {} sets the levels' defaults.", Ours = true)]
    public IdleConfig? Idle { get; init; }

    [Key("The session's token changes when its assurance is raised. Clients that never look at the answer need false.", Ours = true)]
    public bool RotateOnStepUp { get; init; }

    [Key("GET /sessions/whoami.")]
    public WhoamiConfig Whoami { get; init; } = new();

    /// <summary>Uses of a session closer together than this need not be told apart: a minute, or less where an idle time is short.</summary>
    public TimeSpan UseGrain => Idle is { } idle
        ? new[] { idle.Aal1 ?? TimeSpan.MaxValue, idle.Aal2, idle.Aal3 }.Min() / 10 is var tenth && tenth < LongestGrain ? tenth : LongestGrain
        : LongestGrain;

    private static readonly TimeSpan LongestGrain = TimeSpan.FromMinutes(1);

    /// <summary>What is left of a session when it may first be extended.</summary>
    public TimeSpan ExtendWithin => EarliestPossibleExtend ?? Lifespan;
}

internal sealed record SessionCookieConfig
{
    [Key("Its name.", Min = 1)]
    public string Name { get; init; } = "ory_kratos_session";

    [Key("Its domain.", Default = "cookies.domain")]
    public string? Domain { get; init; }

    [Key("Its path.", Default = "cookies.path")]
    public string? Path { get; init; }

    [Key("Its SameSite.", Default = "cookies.same_site")]
    public SameSiteMode? SameSite { get; init; }

    [Key("Send it over https only.", Default = "cookies.secure, otherwise true except in development")]
    public bool? Secure { get; init; }

    [Key("It outlives the browser.")]
    public bool Persistent { get; init; } = true;
}

internal sealed record IdleConfig
{
    /// <summary>The idle time of a session that is shown with this level; null for none.</summary>
    public TimeSpan? Of(string aal) => aal switch { "aal3" => Aal3, "aal2" => Aal2, _ => Aal1 };

    [Key("For aal1.", Ours = true, Min = 1, Default = "none")]
    public TimeSpan? Aal1 { get; init; }

    [Key("For aal2.", Ours = true, Min = 1)]
    public TimeSpan Aal2 { get; init; } = TimeSpan.FromHours(1);

    [Key("For aal3.", Ours = true, Min = 1)]
    public TimeSpan Aal3 { get; init; } = TimeSpan.FromMinutes(15);
}

internal sealed record WhoamiConfig
{
    [Key("The assurance a session needs here. aal2 and aal3 are ours.")]
    public RequiredAal RequiredAal { get; init; } = RequiredAal.HighestAvailable;

    [Key("Sessions as JSON web tokens, by ?tokenize_as=.")]
    public TokenizerConfig Tokenizer { get; init; } = new();
}

internal sealed record TokenizerConfig
{
    [Key("Templates by name: letters, digits, - _ and dot.")]
    public IReadOnlyDictionary<string, TokenizerTemplate> Templates { get; init; } = new Dictionary<string, TokenizerTemplate>();
}

internal sealed record TokenizerTemplate
{
    [Key("How long a token lasts.", Min = 0, Default = "`1m` with our own key; with jwks_url it expires at once")]
    public TimeSpan? Ttl { get; init; }

    [Key("A Jsonnet document that maps session and claims to {claims: {…}}.", Format = TextFormat.Document)]
    public string? ClaimsMapperUrl { get; init; }

    [Key("The signing keys, a JSON Web Key Set by file:// or base64://.", Default = "a key of our own, published at /sessions/jwks.json", Format = TextFormat.Document)]
    public string? JwksUrl { get; init; }

    [Key("What the token's sub is.")]
    public SubjectSource SubjectSource { get; init; } = SubjectSource.Id;

    [Key("False switches the template off.", Ours = true)]
    public bool Enabled { get; init; } = true;

    [Key("Claims fixed by configuration, where no mapper is needed.", Ours = true)]
    public TokenizerClaims Claims { get; init; } = new();

    /// <summary>Signed by the key that the server makes for itself.</summary>
    public bool OwnKey => JwksUrl is null;

    /// <summary>As Kratos has it, a template with a key set of its own says itself how long its tokens last.</summary>
    public TimeSpan Lasts => Ttl ?? (OwnKey ? TimeSpan.FromMinutes(1) : TimeSpan.Zero);
}

internal sealed record TokenizerClaims
{
    [Key("The token's iss.", Ours = true, Default = "serve.public.base_url")]
    public string? Issuer { get; init; }

    [Key("The token's aud.", Ours = true)]
    public IReadOnlyList<string> Audience { get; init; } = [];
}

internal enum SubjectSource { Id, ExternalId }

/// <summary>The least assurance a route asks for.</summary>
internal enum RequiredAal { Aal1, Aal2, Aal3, HighestAvailable }

internal enum SameSiteMode
{
    [Key("", Name = "Lax")] Lax,
    [Key("", Name = "Strict")] Strict,
    [Key("", Name = "None")] None,
}

internal sealed record CookiesConfig
{
    [Key("Domain of our cookies.", Default = "the host alone")]
    public string? Domain { get; init; }

    [Key("Path of our cookies.")]
    public string Path { get; init; } = "/";

    [Key("SameSite of our cookies. None needs secure cookies.")]
    public SameSiteMode SameSite { get; init; } = SameSiteMode.Lax;

    [Key("Send our cookies over https only.", Default = "true, except in development")]
    public bool? Secure { get; init; }
}

/// <summary>Loading fills default, cookie and pagination: without any, one is drawn at random for as long as the process lives.</summary>
internal sealed record SecretsConfig
{
    [Key("For everything that has no list of its own; 16 characters or more each.", Min = 16, Default = "secrets.cookie, otherwise random at each start")]
    public IReadOnlyList<Secret> Default { get; init; } = [];

    [Key("For cookies; 16 characters or more each.", Min = 16, Default = "secrets.default")]
    public IReadOnlyList<Secret> Cookie { get; init; } = [];

    [Key("For encryption at rest; exactly 32 characters each.", Min = 32, Max = 32, Default = "none; needed unless ciphers.algorithm is noop")]
    public IReadOnlyList<Secret> Cipher { get; init; } = [];

    [Key("For page tokens; 16 characters or more each.", Min = 16, Default = "secrets.default")]
    public IReadOnlyList<Secret> Pagination { get; init; } = [];
}

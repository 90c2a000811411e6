namespace Ascent.Config;

/// <summary>One hook of a list, in the order they run.</summary>
internal sealed record HookConfig
{
    [Key("Its name.", Required = true)]
    public string Hook { get; init; } = "";

    [Key("Its settings.")]
    public HookSettings Config { get; init; } = new();
}

/// <summary>Settings of web_hook; recipients belongs to notify_previous_addresses.</summary>
internal sealed record HookSettings
{
    [Key("Where to send.", Format = TextFormat.HttpUrl)]
    public string? Url { get; init; }

    [Key("HTTP method.")]
    public string Method { get; init; } = "POST";

    [Key("Headers to send.")]
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    [Key("A Jsonnet document that makes the body.", Format = TextFormat.DocumentOrPath)]
    public string? Body { get; init; }

    [Key("How to authenticate.")]
    public RequestAuth? Auth { get; init; }

    [Key("What to do with the answer.")]
    public HookResponse Response { get; init; } = new();

    [Key("The answer may stop the flow with messages.")]
    public bool CanInterrupt { get; init; }

    [Key("A name for logs.")]
    public string? Id { get; init; }

    [Key("Kratos's analytics; we have none.", Ignored = true)]
    public bool EmitAnalyticsEvent { get; init; }

    [Key("Which former addresses are told: removed, all_verified or all.")]
    public NotifyRecipients Recipients { get; init; } = NotifyRecipients.Removed;
}

internal enum NotifyRecipients { Removed, AllVerified, All }

internal sealed record HookResponse
{
    [Key("Do not wait for it.")]
    public bool Ignore { get; init; }

    [Key("Take the identity from it.")]
    public bool Parse { get; init; }
}

internal sealed record RequestAuth
{
    [Key("api_key or basic_auth.", Required = true)]
    public RequestAuthType Type { get; init; }

    [Key("Its settings.", Required = true)]
    public RequestAuthSettings Config { get; init; } = new();
}

internal enum RequestAuthType { ApiKey, BasicAuth }

internal sealed record RequestAuthSettings
{
    [Key("api_key: the header's or cookie's name.")]
    public string? Name { get; init; }

    [Key("api_key: its value.")]
    public Secret? Value { get; init; }

    [Key("api_key: header or cookie.")]
    public ApiKeyPlace In { get; init; } = ApiKeyPlace.Header;

    [Key("basic_auth: user.")]
    public string? User { get; init; }

    [Key("basic_auth: password.")]
    public Secret? Password { get; init; }
}

internal enum ApiKeyPlace { Header, Cookie }

internal sealed record BeforeHooks
{
    [Key("In order.")]
    public IReadOnlyList<HookConfig> Hooks { get; init; } = [];
}

internal sealed record ReturnAfter
{
    [Key("Where browsers go.", Format = TextFormat.UrlReference)]
    public string? DefaultBrowserReturnUrl { get; init; }
}

/// <summary>For one method; its hooks replace the flow's, they do not add to them.</summary>
internal sealed record MethodAfter
{
    [Key("Where browsers go.", Format = TextFormat.UrlReference)]
    public string? DefaultBrowserReturnUrl { get; init; }

    [Key("In order; they replace the flow's own.")]
    public IReadOnlyList<HookConfig> Hooks { get; init; } = [];
}

internal record PlainAfter
{
    [Key("Where browsers go.", Format = TextFormat.UrlReference)]
    public string? DefaultBrowserReturnUrl { get; init; }

    [Key("In order, for methods without a list of their own.")]
    public IReadOnlyList<HookConfig> Hooks { get; init; } = [];

    /// <summary>The hooks that run after <paramref name="method"/>: its own list, or else the flow's.</summary>
    public IReadOnlyList<HookConfig> HooksFor(string method) => Method(method) is { Hooks.Count: > 0 } own ? own.Hooks : Hooks;

    /// <summary>Where browsers go after <paramref name="method"/>, or null for selfservice.default_browser_return_url.</summary>
    public string? ReturnUrlFor(string method) => Method(method)?.DefaultBrowserReturnUrl ?? DefaultBrowserReturnUrl;

    protected virtual MethodAfter? Method(string method) => null;
}

internal abstract record FactorAfter : PlainAfter
{
    [Key("After password.")]
    public MethodAfter? Password { get; init; }

    [Key("After a social sign-in.")]
    public MethodAfter? Oidc { get; init; }

    [Key("After webauthn.")]
    public MethodAfter? Webauthn { get; init; }

    [Key("After passkey.")]
    public MethodAfter? Passkey { get; init; }

    protected override MethodAfter? Method(string method) => method switch
    {
        "password" => Password,
        "oidc" => Oidc,
        "webauthn" => Webauthn,
        "passkey" => Passkey,
        _ => null,
    };
}

internal sealed record LoginAfter : FactorAfter
{
    [Key("After code.")]
    public MethodAfter? Code { get; init; }

    [Key("After totp.")]
    public MethodAfter? Totp { get; init; }

    [Key("After lookup_secret.")]
    public MethodAfter? LookupSecret { get; init; }

    protected override MethodAfter? Method(string method) => method switch
    {
        "code" => Code,
        "totp" => Totp,
        "lookup_secret" => LookupSecret,
        _ => base.Method(method),
    };
}

internal sealed record RegistrationAfter : FactorAfter
{
    [Key("After code.")]
    public MethodAfter? Code { get; init; }

    protected override MethodAfter? Method(string method) => method == "code" ? Code : base.Method(method);
}

internal sealed record SettingsAfter : FactorAfter
{
    [Key("After profile.")]
    public MethodAfter? Profile { get; init; }

    [Key("After totp.")]
    public MethodAfter? Totp { get; init; }

    [Key("After lookup_secret.")]
    public MethodAfter? LookupSecret { get; init; }

    protected override MethodAfter? Method(string method) => method switch
    {
        "profile" => Profile,
        "totp" => Totp,
        "lookup_secret" => LookupSecret,
        _ => base.Method(method),
    };
}

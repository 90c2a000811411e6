namespace Ascent.Config;

internal sealed record ServeConfig
{
    [Key("The public listener: browsers and apps.")]
    public PublicConfig Public { get; init; } = new();

    [Key("The admin listener: never expose it to the internet.")]
    public AdminConfig Admin { get; init; } = new();
}

/// <summary>What both listeners have.</summary>
internal abstract record ListenerConfig
{
    [Key("The address callers use for this listener, with a trailing slash.", Format = TextFormat.HttpUrl, Default = "`https://<host>:<port>/`, in development `http://…`")]
    public string BaseUrl { get; init; } = "";

    [Key("Access log.")]
    public RequestLogConfig RequestLog { get; init; } = new();

    [Key("Owner and mode of a unix socket.", Restart = true)]
    public SocketConfig? Socket { get; init; }

    [Key("A certificate, to speak TLS without a proxy.", Restart = true)]
    public TlsConfig? Tls { get; init; }
}

internal sealed record PublicConfig : ListenerConfig
{
    [Key("Address to listen on, or unix:/path.", Restart = true)]
    public string Host { get; init; } = "0.0.0.0";

    [Key("Port to listen on.", Min = 0, Max = 65535, Restart = true)]
    public int Port { get; init; } = 4433;

    [Key("Cross-origin calls by scripts.")]
    public CorsConfig Cors { get; init; } = new();

    [Key("Peers whose X-Forwarded-*, X-Real-IP and True-Client-IP headers are believed. In development every peer is.", Ours = true, Format = TextFormat.AddressRange)]
    public IReadOnlyList<string> TrustedProxies { get; init; } = ["127.0.0.0/8", "::1/128"];
}

internal sealed record AdminConfig : ListenerConfig
{
    [Key("Address to listen on, or unix:/path. Off the loopback, callers need a token unless allow_unauthenticated is set.", Restart = true,
        Default = "0.0.0.0 with tokens or allow_unauthenticated, otherwise 127.0.0.1")]
    public string Host { get; init; } = "127.0.0.1";

    [Key("Port to listen on.", Min = 0, Max = 65535, Restart = true)]
    public int Port { get; init; } = 4434;

    [Key("Who may call.", Ours = true)]
    public AdminAuthConfig Auth { get; init; } = new();

    [Key("Listen beyond the loopback without tokens: whoever reaches the port is administrator. For private networks only.", Ours = true)]
    public bool AllowUnauthenticated { get; init; }

    [Key("The port of expose-metrics-port asks for no token, though the admin API does.", Ours = true)]
    public bool AllowUnauthenticatedMetrics { get; init; }

    [Key("Cross-origin calls by scripts; the origins must be named, * is refused.", Ours = true)]
    public CorsConfig Cors { get; init; } = new();

    /// <summary>Whether only this machine reaches the address.</summary>
    public static bool IsLoopback(string host) =>
        host == "localhost" || host.StartsWith("unix:", StringComparison.Ordinal) || (System.Net.IPAddress.TryParse(host, out var ip) && System.Net.IPAddress.IsLoopback(ip));
}

internal sealed record AdminAuthConfig
{
    [Key("Bearer tokens of administrators and services. With one or more, every admin call needs one.", Ours = true)]
    public IReadOnlyList<AdminTokenConfig> Tokens { get; init; } = [];
}

internal sealed record AdminTokenConfig
{
    [Key("Who holds it; shown in the audit log.", Ours = true, Required = true)]
    public string Name { get; init; } = "";

    [Key("The token itself; give this or sha256.", Ours = true, Min = 32)]
    public Secret? Token { get; init; }

    [Key("The token's SHA-256 in hexadecimal, so that the file holds no secret.", Ours = true)]
    public string? Sha256 { get; init; }
}

internal sealed record RequestLogConfig
{
    [Key("Leave out /health/alive and /health/ready.")]
    public bool DisableForHealth { get; init; }
}

internal sealed record SocketConfig
{
    [Key("Owning user.")]
    public string? Owner { get; init; }

    [Key("Owning group.")]
    public string? Group { get; init; }

    [Key("Permissions, written in octal but read as a number: 493 is 0755.", Min = 0, Max = 511)]
    public int Mode { get; init; } = 493;
}

internal sealed record TlsConfig
{
    [Key("The certificate chain, PEM.", Required = true)]
    public PemConfig Cert { get; init; } = new();

    [Key("Its private key, PEM.", Required = true)]
    public PemConfig Key { get; init; } = new();
}

internal sealed record PemConfig
{
    [Key("Path of the file; give this or base64.")]
    public string? Path { get; init; }

    [Key("The file's content in base64.")]
    public Secret? Base64 { get; init; }
}

internal sealed record CorsConfig
{
    [Key("Answer cross-origin calls.")]
    public bool Enabled { get; init; }

    [Key("Origins that may call; * for any, https://*.example.org for subdomains.")]
    public IReadOnlyList<string> AllowedOrigins { get; init; } = ["*"];

    [Key("Methods they may use.")]
    public IReadOnlyList<string> AllowedMethods { get; init; } = ["POST", "GET", "PUT", "PATCH", "DELETE"];

    [Key("Headers they may send.")]
    public IReadOnlyList<string> AllowedHeaders { get; init; } =
        ["Authorization", "Content-Type", "Max-Age", "X-Session-Token", "X-XSRF-TOKEN", "X-CSRF-TOKEN"];

    [Key("Headers they may read.")]
    public IReadOnlyList<string> ExposedHeaders { get; init; } = ["Content-Type"];

    [Key("Cookies may go along.")]
    public bool AllowCredentials { get; init; } = true;

    [Key("Pass OPTIONS on to the route.")]
    public bool OptionsPassthrough { get; init; }

    [Key("Seconds a browser may keep the answer.", Min = 0)]
    public int MaxAge { get; init; }

    [Key("Log every decision.", Planned = true)]
    public bool Debug { get; init; }
}

using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ascent.Config.Loading;
using Ascent.Config.Validation;

namespace Ascent.Config;

/// <summary>Where a configuration comes from: files (a later one wins), environment variables over them, flags over those.</summary>
internal sealed record ConfigSource
{
    public IReadOnlyList<string> Files { get; init; } = [];
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
    public bool Dev { get; init; }
    public bool WatchCourier { get; init; }

    /// <summary>Keys that nobody knows are told and passed over, not refused.</summary>
    public bool AllowUnknownKeys { get; init; }

    /// <summary>The files with this process's environment.</summary>
    public static ConfigSource OfProcess(IReadOnlyList<string> files) => new()
    {
        Files = files,
        Environment = System.Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .Where(e => e.Value is string)
            .ToDictionary(e => (string)e.Key, e => (string)e.Value!, StringComparer.Ordinal),
    };
}

/// <summary>
/// Reads, merges, parses and checks a configuration. One loader lives as long as the process, so that a secret it had to
/// draw stays the same over reloads.
/// </summary>
internal sealed class ConfigLoader(ConfigSource source)
{
    private readonly Secret drawn = new(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));

    public ConfigSource Source => source;

    /// <summary>How to log what is found, as far as what was read says so; faults must be told in the chosen format, too.</summary>
    public LogConfig Log { get; private set; } = new();

    /// <summary>Reads the files and loads them.</summary>
    public ConfigResult Load()
    {
        var findings = new Findings();
        var texts = Read(findings);
        return findings.Faults.Count > 0 ? new ConfigResult(null, findings.Faults, []) : Load(texts);
    }

    /// <summary>The database alone, for commands that need nothing else: they work while other keys have faults.</summary>
    public (Secret? Dsn, IReadOnlyList<ConfigFault> Faults) LoadDsn()
    {
        var findings = new Findings();
        if (Merge(Read(findings), findings) is not { } merged) return (null, findings.Faults);
        var config = new Binder(new Findings()).Bind(merged);
        if (merged["dsn"] is null) findings.Fault("dsn", "is required here: set it in the file or as DSN");
        else ConfigRules.Dsn(config, findings);
        return (findings.Faults.Count == 0 ? config.Dsn : null, findings.Faults);
    }

    private List<(string File, string Text)> Read(Findings findings)
    {
        var texts = new List<(string File, string Text)>();
        foreach (var file in source.Files)
        {
            try
            {
                texts.Add((file, File.ReadAllText(file)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                findings.Fault("", $"{file}: cannot be read: {e.Message}");
            }
        }
        return texts;
    }

    /// <summary>Null when a file cannot be understood: what the rest would say is worth nothing then.</summary>
    private JsonObject? Merge(IReadOnlyList<(string File, string Text)> texts, Findings findings)
    {
        var merged = new JsonObject();
        foreach (var (file, text) in texts)
            if (YamlReader.Read(file, text, findings) is { } tree)
                ConfigMerge.Over(merged, tree);
        if (findings.Faults.Count > 0) return null;
        EnvironmentOverrides.Apply(merged, source.Environment, findings);
        return merged;
    }

    /// <summary>Loads what was read already.</summary>
    public ConfigResult Load(IReadOnlyList<(string File, string Text)> texts)
    {
        var findings = new Findings();
        if (Merge(texts, findings) is not { } merged) return new ConfigResult(null, findings.Faults, findings.Warnings);
        var hash = ConfigMerge.Hash(merged);
        var config = new Binder(findings, source.AllowUnknownKeys).Bind(merged);
        Log = config.Log;
        config = config with { ContentHash = hash, Dev = config.Dev || source.Dev, WatchCourier = config.WatchCourier || source.WatchCourier };
        config = Complete(config, merged, findings);
        ConfigRules.Check(config, findings);
        return new ConfigResult(findings.Faults.Count == 0 ? config : null, findings.Faults, findings.Warnings) { Draft = config };
    }

    /// <summary>Fills in what is worked out from other keys.</summary>
    private AscentConfig Complete(AscentConfig config, JsonObject merged, Findings findings)
    {
        var admin = config.Serve.Admin;
        var open = admin.AllowUnauthenticated || admin.Auth.Tokens.Count > 0;
        if (Given(merged, "serve", "admin", "host") is null)
        {
            admin = admin with { Host = open ? "0.0.0.0" : "127.0.0.1" };
            if (!open) findings.Warn("serve.admin.host", $"not set, so the admin API listens on 127.0.0.1 only; {AdminRules.BeyondLoopback}");
        }
        admin = admin with { BaseUrl = Based(admin.BaseUrl, admin.Host, admin.Port, config.Dev), Cors = ReturnUrls.SafeOrigins(config, admin.Cors, "serve.admin.cors", findings) };
        var pub = config.Serve.Public;
        return config with
        {
            Serve = config.Serve with
            {
                Admin = admin,
                Public = pub with { BaseUrl = Based(pub.BaseUrl, pub.Host, pub.Port, config.Dev), Cors = ReturnUrls.SafeOrigins(config, pub.Cors, "serve.public.cors", findings) },
            },
            Secrets = Filled(config, findings),
            Hashers = config.Hashers with { Bcrypt = Strong(config, findings) },
            SelfService = config.SelfService with { AllowedReturnUrls = ReturnUrls.Safe(config, findings) },
        };
    }

    /// <summary>Files written for Kratos often have 8, which its own start raises as well.</summary>
    private static BcryptConfig Strong(AscentConfig config, Findings findings)
    {
        var given = config.Hashers.Bcrypt;
        if (given.Cost >= BcryptConfig.LeastCost || config.Dev) return given;
        findings.Warn("hashers.bcrypt.cost", $"{given.Cost} is too little; {BcryptConfig.LeastCost} is used (--dev takes less)");
        return given with { Cost = BcryptConfig.LeastCost };
    }

    private SecretsConfig Filled(AscentConfig config, Findings findings)
    {
        var given = config.Secrets;
        if (given is { Default.Count: 0, Cookie.Count: 0 } && !findings.HasFaultBelow("secrets"))
            findings.Warn("secrets.default", "not set: a random secret is used until the process ends, so cookies and codes do not outlive it and other nodes do not know them");
        IReadOnlyList<Secret> first = given.Default.Count > 0 ? given.Default : given.Cookie.Count > 0 ? given.Cookie : [drawn];
        return given with
        {
            Default = first,
            Cookie = given.Cookie.Count > 0 ? given.Cookie : first,
            Pagination = given.Pagination.Count > 0 ? given.Pagination : first,
        };
    }

    private static string Based(string given, string host, int port, bool dev)
    {
        if (given.Length > 0) return given.EndsWith('/') ? given : given + "/";
        var name = host.Length == 0 || host.StartsWith("unix:", StringComparison.Ordinal) || (IPAddress.TryParse(host, out var ip) && (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
            ? "localhost"
            : host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host;
        return $"{(dev ? "http" : "https")}://{name}:{port}/";
    }

    private static JsonNode? Given(JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path) node = (node as JsonObject)?[name];
        return node;
    }
}

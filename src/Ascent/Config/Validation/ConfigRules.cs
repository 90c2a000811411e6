using System.Buffers;
using System.Text.RegularExpressions;

namespace Ascent.Config.Validation;

/// <summary>What must hold between values. Every rule runs; each says what would be right.</summary>
internal static class ConfigRules
{
    private static readonly Action<AscentConfig, Findings>[] All =
    [
        Dsn, Listeners, AdminRules.Check, CorsRules.Check, Schemas, CookieRules.Check, Secrets, CodeFlags,
        RelyingParties, WithoutEffect, Tokenizer.Check, MissingParts.Check, HookRules.Check, MethodRules.Check, CourierRules.Check,
    ];

    public static void Check(AscentConfig config, Findings findings)
    {
        foreach (var rule in All) rule(config, findings);
    }

    public static void Dsn(AscentConfig config, Findings findings)
    {
        var dsn = config.Dsn.Value;
        if (dsn == "memory")
        {
            findings.Warn("dsn", "everything is kept in memory and lost at the end; set sqlite:///path or postgres://…");
            return;
        }
        var scheme = dsn.Split("://", 2)[0];
        if (scheme is "sqlite" or "postgres" or "postgresql") return;
        findings.Fault("dsn", scheme is "mysql" or "cockroach" or "cockroachdb"
            ? $"{scheme} is not supported; use sqlite:///path or postgres://user:password@host/name"
            : "must be sqlite:///path, postgres://user:password@host/name or memory");
    }

    private static void Listeners(AscentConfig config, Findings findings)
    {
        var (pub, admin) = (config.Serve.Public, config.Serve.Admin);
        if (pub.Port == admin.Port && pub.Port != 0 && pub.Host == admin.Host)
            findings.Fault("serve.admin.port", $"must differ from serve.public.port, {pub.Port}");
        Tls(pub.Tls, "serve.public.tls", findings);
        Tls(admin.Tls, "serve.admin.tls", findings);
    }

    private static void Tls(TlsConfig? tls, string path, Findings findings)
    {
        if (tls is null) return;
        Pem(tls.Cert, $"{path}.cert");
        Pem(tls.Key, $"{path}.key");

        void Pem(PemConfig pem, string at)
        {
            if (pem.Path is null == pem.Base64 is null) findings.Fault(at, "must have either path or base64");
        }
    }

    private static void Schemas(AscentConfig config, Findings findings)
    {
        var schemas = config.Identity.Schemas;
        for (var i = 0; i < schemas.Count; i++)
            if (schemas.Take(i).Any(s => s.Id == schemas[i].Id))
                findings.Warn($"identity.schemas.{i}.id", $"is taken: {schemas[i].Id} is the schema that stands before it, and this one is not used");
        if (schemas.Count > 0 && schemas.All(s => s.Id != config.Identity.DefaultSchemaId))
            findings.Fault("identity.default_schema_id", $"must be one of identity.schemas: {string.Join(", ", schemas.Select(s => s.Id))}");
    }

    private static void Secrets(AscentConfig config, Findings findings)
    {
        if (config.Ciphers.Algorithm != CipherAlgorithm.Noop && config.Secrets.Cipher.Count == 0 && !findings.HasFaultBelow("secrets.cipher"))
            findings.Fault("secrets.cipher", "is needed by ciphers.algorithm: one secret of exactly 32 characters, or set ciphers.algorithm to noop");
    }

    private static void CodeFlags(AscentConfig config, Findings findings)
    {
        if (config.SelfService.Methods.Code is { PasswordlessEnabled: true, MfaEnabled: true })
            findings.Fault("selfservice.methods.code.mfa_enabled", "must be false while passwordless_enabled is true: a code is the first factor or the second, not both");
    }

    private static void WithoutEffect(AscentConfig config, Findings findings)
    {
        if (config.FeatureFlags.PasswordProfileRegistrationNodeGroup != ProfileNodeGroup.Default)
            findings.Warn("feature_flags.password_profile_registration_node_group", "has no effect: the fields of the identity are in the group default, whatever it says");
        if (config.SelfService.Flows.Settings.PrivilegedSessionMaxAge < TimeSpan.FromMilliseconds(1))
            findings.Warn("selfservice.flows.settings.privileged_session_max_age", "is over at once, so protected settings cannot be changed; 15m is usual");
    }

    private static void RelyingParties(AscentConfig config, Findings findings)
    {
        var methods = config.SelfService.Methods;
        if (methods.Webauthn.Enabled) Check(methods.Webauthn.Config.Rp, "selfservice.methods.webauthn.config.rp");
        if (methods.Passkey.Enabled) Check(methods.Passkey.Config.Rp, "selfservice.methods.passkey.config.rp");

        void Check(RelyingParty rp, string path)
        {
            if (rp.Id.Length == 0) findings.Fault($"{path}.id", "is required: the sites' domain, such as example.org");
            else if (rp.Id.AsSpan().ContainsAny("/: ")) findings.Fault($"{path}.id", "must be a domain alone, without scheme, port or path");
            if (rp.DisplayName.Length == 0) findings.Fault($"{path}.display_name", "is required: the name people see");
            if (rp is { Origin: not null, Origins.Count: > 0 }) findings.Fault($"{path}.origin", "must not stand beside origins; list it there");
        }
    }
}

/// <summary>The admin API is never open to a network by accident.</summary>
internal static class AdminRules
{
    public const string BeyondLoopback = "beyond the loopback callers need tokens (serve.admin.auth.tokens), or serve.admin.allow_unauthenticated: true says that the network protects it";

    public static void Check(AscentConfig config, Findings findings)
    {
        var admin = config.Serve.Admin;
        for (var i = 0; i < admin.Auth.Tokens.Count; i++)
        {
            var (token, path) = (admin.Auth.Tokens[i], $"serve.admin.auth.tokens.{i}");
            if (findings.HasFaultBelow(path)) continue;
            if (token.Token is null == token.Sha256 is null) findings.Fault(path, "must have either token or sha256");
            if (token.Sha256 is { } hash && (hash.Length != 64 || !hash.All(char.IsAsciiHexDigit)))
                findings.Fault($"{path}.sha256", "must be the token's SHA-256, 64 hexadecimal digits");
        }
        if (admin.AllowUnauthenticated || admin.Auth.Tokens.Count > 0 || AdminConfig.IsLoopback(admin.Host) || findings.HasFaultBelow("serve.admin.auth")) return;
        if (config.Dev) findings.Warn("serve.admin.host", $"{admin.Host} lets everybody on the network administrate; this stands in development only");
        else findings.Fault("serve.admin.host", $"{admin.Host} is not the loopback; {BeyondLoopback}");
    }
}

internal static class CookieRules
{
    private static readonly SearchValues<char> NotInNames = SearchValues.Create("()<>@,;:\\\"/[]?={}");

    public static void Check(AscentConfig config, Findings findings)
    {
        One(config.OtherCookie("x"), "cookies");
        One(config.SessionCookie, "session.cookie");
        if (config.Session.Cookie.Name.AsSpan().ContainsAny(NotInNames) || config.Session.Cookie.Name.Any(c => c is <= ' ' or > '~'))
            findings.Fault("session.cookie.name", "must be a cookie's name: letters, digits, - _ and dot");

        void One(ResolvedCookie cookie, string path)
        {
            if (cookie is { SameSite: SameSiteMode.None, Secure: false } && !findings.HasFault("cookies.same_site"))
                findings.Fault($"{path}.same_site", "None needs secure cookies: serve over https and set cookies.secure: true");
            if (cookie.Path is not ['/', ..] && !findings.HasFault("cookies.path"))
                findings.Fault($"{path}.path", "must begin with /");
            if (cookie.Domain is { } domain && domain.AsSpan().ContainsAny("/: ;") && !findings.HasFault("cookies.domain"))
                findings.Fault($"{path}.domain", "must be a domain alone, without scheme, port or path");
        }
    }
}

internal static partial class Tokenizer
{
    public static void Check(AscentConfig config, Findings findings)
    {
        foreach (var (name, template) in config.Session.Whoami.Tokenizer.Templates)
        {
            var path = $"session.whoami.tokenizer.templates.{name}";
            if (!TemplateName.IsMatch(name)) findings.Fault(path, "a template's name has letters, digits, - _ and dot only");
            if (template.JwksUrl is { } url && !url.StartsWith("file://", StringComparison.Ordinal) && !url.StartsWith("base64://", StringComparison.Ordinal))
                findings.Fault($"{path}.jwks_url", "must be file:// or base64://: signing keys are not fetched over the network");
        }
    }

    [GeneratedRegex("^[a-zA-Z0-9_.-]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TemplateName { get; }
}

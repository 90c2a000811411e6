using System.Text.RegularExpressions;
using Shouldly;

namespace Ascent.Tests.Config;

/// <summary>The configurations that real exchanges were recorded with, filled with values their scenarios use.</summary>
public partial class GoldenConfigTests
{
    private const string Jsonnet = "base64://ZnVuY3Rpb24oY3R4KSB7fQ==";

    private static readonly Dictionary<string, string> Shared = new(StringComparer.Ordinal)
    {
        ["PUBLIC"] = "http://localhost:4433", ["ADMIN"] = "http://localhost:4434", ["PUBLIC_PORT"] = "4433", ["ADMIN_PORT"] = "4434", ["SMTP"] = "smtp://127.0.0.1:1025/?disable_starttls=true",
        ["WHOAMI_AAL"] = "highest_available", ["SETTINGS_AAL"] = "highest_available", ["PRIVILEGED"] = "2s", ["LIFESPAN"] = "2s", ["PERSISTENT"] = "false", ["COOKIE_NAME"] = "my_session",
        ["EXTEND"] = "24h", ["CACHE"] = "true", ["CACHE_MAX_AGE"] = "1m", ["FAST_EXTEND"] = "true", ["WEBAUTHN"] = "true", ["PASSWORDLESS"] = "true", ["PASSKEY"] = "true",
        ["TEMPLATES"] = """{"es256":{"ttl":"1h","jwks_url":"base64://e30=","claims_mapper_url":"<jsonnet>","subject_source":"external_id"},"no-ttl":{"jwks_url":"base64://e30="}}""",
        ["HOOK"] = """{"hook":"web_hook","config":{"url":"http://127.0.0.1:9/h","method":"POST","body":"<jsonnet>","headers":{"x-a":"b"},"auth":{"type":"basic_auth","config":{"user":"hook","password":"p:w"}},"response":{"parse":true},"can_interrupt":true,"id":"one","emit_analytics_event":false}}""",
        ["HASHERS"] = """{"algorithm":"argon2","argon2":{"memory":"64KB","iterations":1,"parallelism":1,"salt_length":16,"key_length":32}}""",
        ["SCHEMAS"] = "    - { id: username, url: \"base64://e30=\", selfservice_selectable: true }",
        ["CORS"] = """{"enabled":true,"allowed_origins":["https://app.example.org","https://*.example.com"],"allowed_methods":["GET","POST"],"allowed_headers":["Authorization"],"exposed_headers":["Content-Type","Set-Cookie"],"allow_credentials":true,"max_age":600}""",
        ["OIDC"] = """{"enabled":true,"config":{"base_redirect_uri":"http://localhost:4433/","providers":[{"id":"acme","provider":"generic","label":"Acme Inc.","client_id":"kratos","client_secret":"idp-secret","issuer_url":"http://127.0.0.1:9","mapper_url":"<jsonnet>","scope":["email"],"pkce":"force","claims_source":"userinfo","requested_claims":{"id_token":{"acr":null}},"aal2_acr_values":["urn:two"],"aal2_amr_values":["mfa"],"update_identity_on_login":"automatic","account_linking_mode":"automatic","additional_id_token_audiences":["app"]}]}}""",
        ["BASE_URL"] = "http://localhost:4433/identity/", ["COOKIES"] = """{"domain":"example.org","path":"/auth","same_site":"Strict"}""",
        ["OAUTH2"] = """{"url":"http://127.0.0.1:4445","headers":{"Authorization":"Bearer x"},"override_return_to":true}""",
        ["CLIENTS"] = """{"http":{"disallow_private_ip_ranges":true,"private_ip_exception_urls":["http://127.0.0.1/**"]},"web_hook":{"header_allowlist":["User-Agent"]}}""",
        ["FLAGS"] = """{"use_continue_with_transitions":true,"choose_recovery_address":true}""", ["SECURITY"] = """{"account_enumeration":{"mitigate":true}}""",
        ["REGISTRATION_ENABLED"] = "true", ["LOGIN_HINTS"] = "true", ["SCHEMA"] = "phone", ["LINK"] = """{"enabled":false}""",
        ["RECOVERY"] = """{"enabled":true,"ui_url":"http://localhost:4455/recovery","lifespan":"2s","use":"link","notify_unknown_recipients":true,"after":{"default_browser_return_url":"http://localhost:4455/recovered","hooks":[{"hook":"revoke_active_sessions"}]}}""",
        ["VERIFICATION"] = """{"enabled":true,"ui_url":"http://localhost:4455/verification","use":"code","after":{"default_browser_return_url":"http://localhost:4455/verified"}}""",
        ["SETTINGS"] = """{"ui_url":"http://localhost:4455/settings","privileged_session_max_age":"15m","required_aal":"aal1","after":{"profile":{"hooks":[{"hook":"verify_new_address"}]}}}""",
        ["FEATURES"] = "legacy_require_verified_login_error: true", ["MITIGATE"] = "true", ["SESSION_LIFESPAN"] = "2h", ["LOGIN_LIFESPAN"] = "2s", ["REGISTRATION_LIFESPAN"] = "10m",
        ["LOGOUT"] = "after: { default_browser_return_url: \"http://localhost:4455/bye\" }", ["PASSWORD_ENABLED"] = "true",
        ["COURIER"] = """channels: [{"id":"sms","type":"http","request_config":{"url":"http://127.0.0.1:9/messages","method":"POST","body":"<jsonnet>","headers":{"x-key":"house"},"auth":{"type":"api_key","config":{"name":"Authorization","value":"Key 42","in":"header"}}}}]""",
    };

    /// <summary>Where one placeholder means different things in different files.</summary>
    private static readonly Dictionary<string, string> Own = new(StringComparer.Ordinal)
    {
        ["codes.yml/SESSION"] = """{"lifespan":"24h","whoami":{"required_aal":"aal1"}}""", ["knobs.yml/SESSION"] = """{"lifespan":"1h","cookie":{"name":"my_session","persistent":false}}""", ["flows.yml/SESSION"] = "",
        ["codes.yml/LOGIN"] = """{"ui_url":"http://localhost:4455/login","lifespan":"10m","after":{"password":{"hooks":[{"hook":"require_verified_address"}]}}}""", ["flows.yml/LOGIN"] = "style: identifier_first, after: { hooks: [ { hook: require_verified_address } ] }",
        ["codes.yml/REGISTRATION"] = """{"ui_url":"http://localhost:4455/registration","lifespan":"10m","enable_legacy_one_step":true,"after":{"password":{"hooks":[{"hook":"session"},{"hook":"show_verification_ui"}]},"code":{"hooks":[{"hook":"session"}]}}}""",
        ["flows.yml/REGISTRATION"] = "enable_legacy_one_step: true, login_hints: true", ["codes.yml/CODE"] = """{"enabled":true,"passwordless_enabled":true,"config":{"max_submissions":2,"lifespan":"1s","missing_credential_fallback_enabled":true}}""", ["flows.yml/CODE"] = "passwordless_enabled: true",
        ["flows.yml/PASSWORD"] = "min_password_length: 8", ["knobs.yml/PASSWORD"] = """{"haveibeenpwned_enabled":false,"migrate_hook":{"enabled":true,"config":{"url":"http://127.0.0.1:9/m","method":"POST","body":"<jsonnet>"}}}""",
        ["identities.yml/PASSWORD"] = """{"haveibeenpwned_host":"127.0.0.1:9","haveibeenpwned_enabled":true,"max_breaches":1,"ignore_network_errors":false}""",
        ["fresh-all.yml/SESSION"] = """{"lifespan":"24h","whoami":{"required_aal":"aal1"}}""",
        ["fresh-all.yml/SCHEMA"] = "default",
        ["fresh-all.yml/SCHEMAS"] = "",
        ["fresh-all.yml/CORS"] = """{}""",
        ["fresh-all.yml/COOKIES"] = """{}""",
        ["fresh-all.yml/FLAGS"] = """{}""",
        ["fresh-all.yml/SECURITY"] = """{}""",
        ["fresh-all.yml/OAUTH2"] = """{}""",
        ["fresh-all.yml/CLIENTS"] = """{}""",
        ["fresh-all.yml/COURIER"] = "",
        ["fresh-all.yml/FLOWS"] = """{"error":{"ui_url":"http://localhost:4455/error"},"login":{"ui_url":"http://localhost:4455/login","lifespan":"10m"},"settings":{"privileged_session_max_age":"15m"}}""",
        ["fresh-all.yml/METHODS"] = """{"password":{"enabled":true,"config":{"haveibeenpwned_enabled":false}},"totp":{"enabled":true,"config":{"issuer":"Conformance"}},"code":{"enabled":true},"link":{"enabled":true}}""",
    };

    public static TheoryData<string> Files()
    {
        var data = new TheoryData<string>();
        var folder = TestFiles.Shared("conformance/configs");
        if (folder is null) data.Add("");
        else foreach (var file in Directory.GetFiles(folder, "*.yml").Order(StringComparer.Ordinal)) data.Add(Path.GetFileName(file));
        return data;
    }

    [Theory, MemberData(nameof(Files))]
    public void Every_recorded_configuration_loads_without_a_warning(string file)
    {
        Assert.SkipWhen(file.Length == 0, "The recordings' configurations are not there: ../shared/conformance/configs");
        var result = Yaml.Load([Render(file)], new Dictionary<string, string> { ["DSN"] = "sqlite:///tmp/x.db" }, dev: true);
        result.Faults.ShouldBeEmpty();
        // They ask for automatic linking, which is never done without the owner: that much is said.
        result.Warnings.Where(w => !w.Path.EndsWith(".account_linking_mode", StringComparison.Ordinal)).ShouldBeEmpty();
        result.Required.Hashers.Bcrypt.Cost.ShouldBe(file == "identities.yml" ? 12 : 4);
    }

    [Fact]
    public void Their_values_arrive()
    {
        Assert.SkipWhen(TestFiles.Shared("conformance/configs") is null, "The recordings' configurations are not there: ../shared/conformance/configs");
        var config = Yaml.Load([Render("knobs.yml")], dev: true).Required;
        config.Serve.Public.BaseUrl.ShouldBe("http://localhost:4433/identity/");
        config.Serve.Public.Cors.MaxAge.ShouldBe(600);
        config.SessionCookie.Name.ShouldBe("my_session");
        config.OAuth2Provider.Headers["Authorization"].Value.ShouldBe("Bearer x");
        var provider = config.SelfService.Methods.Oidc.Config.Providers.ShouldHaveSingleItem();
        (provider.Pkce, provider.ClaimsSource, provider.Aal2AmrValues[0]).ShouldBe((Ascent.Config.PkceMode.Force, Ascent.Config.ClaimsSource.Userinfo, "mfa"));
        config.SelfService.Flows.Login.Before.Hooks.ShouldHaveSingleItem().Config.Auth!.Config.Password!.Value.ShouldBe("p:w");
    }

    private static string Render(string file)
    {
        var folder = TestFiles.Shared("conformance/configs")!;
        var text = Placeholder.Replace(File.ReadAllText(Path.Combine(folder, file)), m =>
        {
            var name = m.Groups["name"].Value;
            if (name == "CONFIGS") return folder;
            if (Own.TryGetValue($"{file}/{name}", out var own)) return own;
            if (name.EndsWith("_BEFORE", StringComparison.Ordinal)) return """{"hooks":[<hook>]}""";
            return name switch
            {
                "LOGIN_AFTER" => """{"hooks":[<hook>],"password":{"hooks":[{"hook":"revoke_active_sessions"}]}}""",
                "REGISTRATION_AFTER" => """{"hooks":[<hook>],"password":{"hooks":[<hook>,{"hook":"session"}]},"oidc":{"hooks":[{"hook":"session"}]}}""",
                "SETTINGS_AFTER" => """{"default_browser_return_url":"http://localhost:4455/saved","profile":{"hooks":[{"hook":"verify_new_address"}]},"password":{"hooks":[{"hook":"revoke_active_sessions"}]}}""",
                "RECOVERY_AFTER" or "VERIFICATION_AFTER" => """{"hooks":[<hook>]}""",
                "LOGOUT_AFTER" => """{"default_browser_return_url":"http://localhost:4455/login"}""",
                _ => Shared[name],
            };
        });
        return text.Replace("<hook>", Shared["HOOK"], StringComparison.Ordinal).Replace("<jsonnet>", Jsonnet, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\$\{(?<name>[A-Z0-9_]+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder { get; }
}

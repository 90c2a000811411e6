using System.Text.Json;
using Ascent.Config;
using Ascent.Config.Loading;
using Shouldly;

namespace Ascent.Tests.Config;

public class ConfigLoaderTests
{
    [Fact]
    public void The_least_configuration_is_good_and_all_else_has_its_default()
    {
        var result = Yaml.Load([Yaml.Least]);
        result.Faults.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
        var config = result.Required;
        ConfigPrinter.Tree(config with
        {
            Dsn = new("memory"), Secrets = new(), Identity = new(), SelfService = new(),
            Serve = new ServeConfig { Public = config.Serve.Public with { BaseUrl = "" }, Admin = config.Serve.Admin with { BaseUrl = "" } },
        }).ToJson().ShouldBe(ConfigPrinter.Tree(new AscentConfig()).ToJson());
    }

    [Fact]
    public void Defaults_are_those_of_kratos()
    {
        var config = Yaml.Good("");
        config.Session.Lifespan.ShouldBe(TimeSpan.FromHours(24));
        config.Session.ExtendWithin.ShouldBe(TimeSpan.FromHours(24));
        config.Session.Whoami.RequiredAal.ShouldBe(RequiredAal.HighestAvailable);
        config.SessionCookie.ShouldBe(new ResolvedCookie("ory_kratos_session", null, "/", SameSiteMode.Lax, Secure: true, Persistent: true));
        config.SelfService.Flows.Recovery.Enabled.ShouldBeFalse();
        config.SelfService.Flows.Registration.Style.ShouldBe(RegistrationStyle.ProfileFirst);
        config.SelfService.Methods.Link.Enabled.ShouldBeFalse();
        config.Hashers.Argon2.Memory.KiB.ShouldBe(128 * 1024);
        config.Serve.Public.BaseUrl.ShouldBe("https://localhost:4433/");
        config.Serve.Admin.BaseUrl.ShouldBe("https://127.0.0.1:4434/");
    }

    [Fact]
    public void A_later_file_wins_maps_merge_and_lists_are_replaced()
    {
        var config = Yaml.Good("""
            session: { lifespan: 1h, cookie: { name: first } }
            selfservice: { allowed_return_urls: [ "https://a.example.org", "https://b.example.org" ] }
            """);
        config.SelfService.DefaultBrowserReturnUrl.ShouldBe("https://app.example.org/");
        var merged = Yaml.Load([Yaml.Least, "session: { lifespan: 1h, cookie: { name: first } }\nsecrets: { cookie: [ 0123456789abcdefA, 0123456789abcdefB ] }",
            "session: { cookie: { persistent: false } }\nsecrets: { cookie: [ 0123456789abcdefC ] }"]).Required;
        merged.Session.Lifespan.ShouldBe(TimeSpan.FromHours(1));
        merged.SessionCookie.Name.ShouldBe("first");
        merged.SessionCookie.Persistent.ShouldBeFalse();
        merged.Secrets.Cookie.Select(s => s.Value).ShouldBe(["0123456789abcdefC"]);
    }

    [Fact]
    public void Secrets_fall_back_and_missing_ones_are_drawn_once_for_the_process()
    {
        Yaml.Good("").Secrets.Cookie.ShouldHaveSingleItem().Value.ShouldBe("a-secret-long-enough");
        var without = Yaml.Least.Replace("secrets: { default: [ \"a-secret-long-enough\" ] }", "", StringComparison.Ordinal);
        var loader = new ConfigLoader(new ConfigSource());
        var first = loader.Load([("a", without)]);
        first.Warnings.ShouldHaveSingleItem().Path.ShouldBe("secrets.default");
        var drawn = first.Required.Secrets.Default.ShouldHaveSingleItem().Value;
        drawn.Length.ShouldBe(64);
        first.Required.Secrets.Cookie[0].Value.ShouldBe(drawn);
        loader.Load([("a", without)]).Required.Secrets.Default[0].Value.ShouldBe(drawn);
        Yaml.Load([without]).Required.Secrets.Default[0].Value.ShouldNotBe(drawn);

        var cookieOnly = Yaml.Load([without, "secrets: { cookie: [ conformance-cookie-secret ] }"]);
        cookieOnly.Warnings.ShouldBeEmpty();
        cookieOnly.Required.Secrets.Default[0].Value.ShouldBe("conformance-cookie-secret");
    }

    [Fact]
    public void Development_allows_http_cookies_and_cheap_hashes()
    {
        const string Cheap = "hashers: { bcrypt: { cost: 4 } }";
        var raised = Yaml.With(Cheap);
        raised.Warnings.ShouldHaveSingleItem().ToString().ShouldBe("hashers.bcrypt.cost: 4 is too little; 12 is used (--dev takes less)");
        raised.Required.Hashers.Bcrypt.Cost.ShouldBe(12);
        var dev = Yaml.Good(Cheap, dev: true);
        dev.Hashers.Bcrypt.Cost.ShouldBe(4);
        dev.Dev.ShouldBeTrue();
        dev.SessionCookie.Secure.ShouldBeFalse();
        dev.OtherCookie("csrf").Secure.ShouldBeFalse();
        dev.Serve.Public.BaseUrl.ShouldBe("http://localhost:4433/");
        Yaml.Good(Cheap + "\ndev: true").Dev.ShouldBeTrue();
        Yaml.Good("cookies: { secure: true }", dev: true).SessionCookie.Secure.ShouldBeTrue();
        Yaml.Good("session: { cookie: { secure: false } }").SessionCookie.Secure.ShouldBeFalse();
    }

    [Fact]
    public void The_session_cookie_overrides_what_all_cookies_have()
    {
        var config = Yaml.Good("""
            cookies: { domain: example.org, path: /auth, same_site: Strict }
            session: { cookie: { domain: .id.example.org, name: my_session, persistent: false } }
            """);
        config.SessionCookie.ShouldBe(new ResolvedCookie("my_session", ".id.example.org", "/auth", SameSiteMode.Strict, Secure: true, Persistent: false));
        config.OtherCookie("csrf").ShouldBe(new ResolvedCookie("csrf", "example.org", "/auth", SameSiteMode.Strict, Secure: true, Persistent: true));
    }

    [Fact]
    public void The_revision_is_the_key_or_else_the_hash_of_what_was_merged()
    {
        var plain = Yaml.Good("");
        plain.EffectiveRevision.ShouldBe(plain.ContentHash);
        plain.ContentHash.ShouldMatch("^[0-9a-f]{64}$");
        Yaml.Good("# a comment").ContentHash.ShouldBe(plain.ContentHash);
        Yaml.Good("session: { lifespan: 2h }").ContentHash.ShouldNotBe(plain.ContentHash);
        Yaml.Good("session: { lifespan: 2h }\nlog: { level: debug }").ContentHash.ShouldBe(Yaml.Good("log: { level: debug }\nsession: { lifespan: 2h }").ContentHash);
        Yaml.Good("revision: rev-7").EffectiveRevision.ShouldBe("rev-7");
    }

    [Theory]
    [InlineData("lifespn", "session", "session.lifespan")]
    [InlineData("require_aal", "session: { whoami", "session.whoami.required_aal")]
    [InlineData("privileged_session_max_age", "session", "selfservice.flows.settings.privileged_session_max_age")]
    public void An_unknown_key_is_a_fault_that_names_the_nearest(string key, string parent, string meant)
    {
        var yaml = parent.Contains('{', StringComparison.Ordinal) ? $"{parent}: {{ {key}: 1h }} }}" : $"{parent}: {{ {key}: 1h }}";
        Yaml.With(yaml).Faults.ShouldHaveSingleItem().Message.ShouldBe($"unknown key; did you mean {meant}?");
        var allowed = new ConfigLoader(new ConfigSource { AllowUnknownKeys = true }).Load([("a.yml", Yaml.Least), ("b.yml", yaml)]);
        allowed.Faults.ShouldBeEmpty();
        allowed.Warnings.ShouldHaveSingleItem().Message.ShouldContain($"not read; did you mean {meant}?");
    }

    [Fact]
    public void A_key_that_is_legal_for_Kratos_by_a_slip_of_its_schema_is_a_warning() =>
        Yaml.With("selfservice: { flows: { login: { after: { hooks: [ { hook: web_hook, config: { url: \"https://x.example.org\", additionalProperties: false } } ] } } } }")
            .Warnings.ShouldHaveSingleItem().Path.ShouldBe("selfservice.flows.login.after.hooks.0.config.additionalProperties");

    [Fact]
    public void An_unknown_key_unlike_any_other_is_just_named()
    {
        var fault = Yaml.With("frobnication: { enabled: true }").Faults.ShouldHaveSingleItem();
        fault.Path.ShouldBe("frobnication");
        fault.Message.ShouldNotContain("mean");
    }

    [Fact]
    public void Keys_of_other_builds_pass_and_the_old_sms_block_names_its_successor()
    {
        Yaml.With("enterprise: { a: 1 }\nselfservice: { methods: { saml: { enabled: false } } }\nsqa-opt-out: true").Warnings.ShouldBeEmpty();
        Yaml.With("organizations: [ { id: x } ]").Warnings.ShouldHaveSingleItem().Path.ShouldBe("organizations");
        Yaml.With("courier: { sms: { enabled: true } }").Warnings.ShouldHaveSingleItem().Message.ShouldContain("courier.channels");
    }

    [Fact]
    public void Hooks_of_a_method_replace_the_global_ones()
    {
        var login = Yaml.Good("""
            selfservice:
              flows:
                login:
                  after:
                    default_browser_return_url: /general
                    hooks: [ { hook: require_verified_address } ]
                    password: { default_browser_return_url: /own, hooks: [ { hook: web_hook, config: { url: "https://h.example.org", method: PUT, body: "base64://e30", headers: { a: b },
                      auth: { type: api_key, config: { name: X-Key, value: k, in: cookie } }, response: { parse: true } } } ] }
                    totp: { hooks: [] }
            """).SelfService.Flows.Login.After;
        login.HooksFor("password").Select(h => h.Hook).ShouldBe(["web_hook"]);
        login.HooksFor("oidc").Select(h => h.Hook).ShouldBe(["require_verified_address"]);
        login.HooksFor("totp").Select(h => h.Hook).ShouldBe(["require_verified_address"]);
        login.ReturnUrlFor("password").ShouldBe("/own");
        login.ReturnUrlFor("code").ShouldBe("/general");
        var hook = login.HooksFor("password")[0].Config;
        (hook.Url, hook.Method, hook.Headers["a"], hook.Auth!.Type, hook.Auth.Config.In, hook.Auth.Config.Value!.Value, hook.Response.Parse)
            .ShouldBe(("https://h.example.org", "PUT", "b", RequestAuthType.ApiKey, ApiKeyPlace.Cookie, "k", true));
    }

    [Fact]
    public void Both_shapes_of_a_tokenizer_template_are_read()
    {
        var templates = Yaml.Good("""
            session:
              whoami:
                tokenizer:
                  templates:
                    kratos: { ttl: 10m, jwks_url: "base64://e30", claims_mapper_url: "https://x.example.org/m.jsonnet", subject_source: external_id }
                    jwt: { enabled: true, claims: { issuer: "https://example.com", audience: [ "https://api.example.com" ] } }
            """).Session.Whoami.Tokenizer.Templates;
        templates["kratos"].ShouldBe(new TokenizerTemplate { Ttl = TimeSpan.FromMinutes(10), JwksUrl = "base64://e30", ClaimsMapperUrl = "https://x.example.org/m.jsonnet", SubjectSource = SubjectSource.ExternalId, Claims = templates["kratos"].Claims });
        templates["jwt"].Claims.Issuer.ShouldBe("https://example.com");
        templates["jwt"].Claims.Audience.ShouldBe(["https://api.example.com"]);
    }

    [Fact]
    public void The_admin_api_keeps_to_the_loopback_unless_it_is_protected_or_told_to()
    {
        var unset = Yaml.Least.Replace("serve: { admin: { host: 127.0.0.1 } }", "", StringComparison.Ordinal);
        var alone = Yaml.Load([unset]);
        alone.Warnings.ShouldHaveSingleItem().Path.ShouldBe("serve.admin.host");
        alone.Required.Serve.Admin.Host.ShouldBe("127.0.0.1");
        Yaml.Load([unset, "serve: { admin: { allow_unauthenticated: true } }"]).Required.Serve.Admin.Host.ShouldBe("0.0.0.0");
        Yaml.Load([unset, "serve: { admin: { auth: { tokens: [ { name: ops, token: 0123456789abcdef0123456789abcdef } ] } } }"]).Required.Serve.Admin.Host.ShouldBe("0.0.0.0");
        Yaml.With("serve: { admin: { host: 0.0.0.0 } }").Faults.ShouldHaveSingleItem().Message.ShouldContain("allow_unauthenticated");
        Yaml.With("serve: { admin: { host: 0.0.0.0 } }", dev: true).Warnings.ShouldHaveSingleItem().Path.ShouldBe("serve.admin.host");
    }

    [Fact]
    public void Unsafe_wildcards_of_return_urls_are_dropped_with_a_warning()
    {
        const string Urls = """
            selfservice:
              allowed_return_urls: [ "https://*.tenants.example.org", "https://*.com", "https://*.co.uk", "https://*", "https://a*.example.org", "https://*.github.io",
                "/welcome", "http://localhost:4455", "https://*.localhost", "https://u@example.org", "myapp://callback", "nonsense" ]
            """;
        var result = Yaml.With(Urls);
        result.Required.SelfService.AllowedReturnUrls.ShouldBe(["https://*.tenants.example.org", "/welcome", "http://localhost:4455", "https://*.localhost", "myapp://callback"]);
        result.Warnings.Select(w => w.Path[^2..].TrimStart('.')).ShouldBe(["1", "2", "3", "4", "5", "9", "11"]);
        Yaml.Good(Urls + "\nfeature_flags: { legacy_allow_insecure_origins: true }").SelfService.AllowedReturnUrls.Count.ShouldBe(12);
    }

    [Fact]
    public void Migrating_needs_the_database_alone()
    {
        var file = Path.Combine(Path.GetTempPath(), $"ascent-{Guid.CreateVersion7():n}.yml");
        File.WriteAllText(file, "hashers: { bcrypt: { cost: 4 } }");
        try
        {
            var source = new ConfigSource { Files = [file], Environment = new Dictionary<string, string> { ["DSN"] = "sqlite:///x.db" } };
            new ConfigLoader(source).LoadDsn().Dsn!.Value.ShouldBe("sqlite:///x.db");
            new ConfigLoader(source with { Environment = new Dictionary<string, string>() }).LoadDsn().Faults.ShouldHaveSingleItem().Path.ShouldBe("dsn");
            new ConfigLoader(source).Load().Faults.Count.ShouldBe(2);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_fault() =>
        new ConfigLoader(new ConfigSource { Files = ["nowhere.yml"] }).Load().Faults.ShouldHaveSingleItem().Message.ShouldContain("nowhere.yml");

    [Fact]
    public void Anything_typed_any_is_kept_as_json()
    {
        var claims = Yaml.Good("""
            selfservice: { methods: { oidc: { enabled: true, config: { providers: [ { id: g, provider: google, client_id: c, client_secret: s, mapper_url: "base64://e30",
              scope: [ email ], requested_claims: { id_token: { email: { essential: true } } } } ] } } } }
            """).SelfService.Methods.Oidc.Config.Providers.ShouldHaveSingleItem().RequestedClaims;
        claims!.Value.GetProperty("id_token").GetProperty("email").GetProperty("essential").ValueKind.ShouldBe(JsonValueKind.True);
    }

    [Fact]
    public void Only_restart_keys_are_reported_as_such()
    {
        var before = Yaml.Good("");
        RestartKeys.Changed(before, Yaml.Good("session: { lifespan: 1h }")).ShouldBeEmpty();
        RestartKeys.Changed(before, Yaml.Good("dsn: sqlite:///other\nserve: { public: { port: 5000, host: 10.0.0.1 } }")).ShouldBe(["dsn", "serve.public.host", "serve.public.port"], ignoreOrder: true);
    }
}

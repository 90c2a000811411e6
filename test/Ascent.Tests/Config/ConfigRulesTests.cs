using Shouldly;

namespace Ascent.Tests.Config;

public class ConfigRulesTests
{
    [Theory]
    // types
    [InlineData("session: { lifespan: 10 }", "session.lifespan", "duration with its unit")]
    [InlineData("session: { lifespan: -1s }", "session.lifespan", "at least 1s")]
    [InlineData("session: { lifespan: 1d }", "session.lifespan", "\"1d\"")]
    [InlineData("session: 24h", "session", "must be a map")]
    [InlineData("session: { cookie: { persistent: \"yes\" } }", "session.cookie.persistent", "true or false")]
    [InlineData("session: { cookie: { name: 12 } }", "session.cookie.name", "a text")]
    [InlineData("selfservice: { allowed_return_urls: https://a.example.org }", "selfservice.allowed_return_urls", "a list of texts")]
    [InlineData("selfservice: { allowed_return_urls: [ 1 ] }", "selfservice.allowed_return_urls.0", "a text")]
    [InlineData("serve: { public: { port: \"4433\" } }", "serve.public.port", "whole number")]
    [InlineData("serve: { public: { port: 70000 } }", "serve.public.port", "from 0 to 65535")]
    [InlineData("tracing: { providers: { otlp: { sampling: { sampling_ratio: 2 } } } }", "tracing.providers.otlp.sampling.sampling_ratio", "from 0 to 1")]
    [InlineData("hashers: { argon2: { memory: lots } }", "hashers.argon2.memory", "amount of memory")]
    [InlineData("courier: { smtp: { headers: [ a ] } }", "courier.smtp.headers", "map of names to texts")]
    [InlineData("selfservice: { flows: { settings: { privileged_session_max_age: -1s } } }", "selfservice.flows.settings.privileged_session_max_age", "negative")]
    // enumerations
    [InlineData("session: { whoami: { required_aal: aal4 } }", "session.whoami.required_aal", "aal1, aal2, aal3, highest_available")]
    [InlineData("cookies: { same_site: lax }", "cookies.same_site", "Lax, None, Strict")]
    [InlineData("hashers: { algorithm: md5 }", "hashers.algorithm", "argon2, bcrypt")]
    [InlineData("selfservice: { flows: { recovery: { use: sms } } }", "selfservice.flows.recovery.use", "code, link")]
    [InlineData("session: { whoami: { tokenizer: { templates: { a: { jwks_url: \"file://k\", subject_source: email } } } } }", "session.whoami.tokenizer.templates.a.subject_source", "external_id, id")]
    [InlineData("assurance: { profile: strict }", "assurance.profile", "kratos, nist")]
    // formats
    [InlineData("serve: { public: { base_url: id.example.org } }", "serve.public.base_url", "absolute URL")]
    [InlineData("serve: { public: { trusted_proxies: [ 10.0.0.0/99 ] } }", "serve.public.trusted_proxies.0", "10.0.0.0/8")]
    [InlineData("identity: { schemas: [ { id: default, url: person.json } ] }", "identity.schemas.0.url", "file://")]
    [InlineData("courier: { smtp: { from_address: nobody } }", "courier.smtp.from_address", "e-mail")]
    [InlineData("courier: { smtp: { connection_uri: \"mail.example.org:25 \" } }", "courier.smtp.connection_uri", "URL")]
    [InlineData("courier: { smtp: { connection_uri: \"http://mail.example.org\" } }", "courier.smtp.connection_uri", "smtp://")]
    [InlineData("selfservice: { flows: { login: { ui_url: login } } }", "selfservice.flows.login.ui_url", "such as /welcome")]
    // secrets
    [InlineData("secrets: { cookie: [ short ] }", "secrets.cookie.0", "at least 16 characters")]
    [InlineData("secrets: { cipher: [ 0123456789abcdef0123456789abcde ] }", "secrets.cipher.0", "exactly 32 characters")]
    [InlineData("ciphers: { algorithm: aes }", "secrets.cipher", "needed by ciphers.algorithm")]
    // required
    [InlineData("identity: { schemas: [] }", "identity.schemas", "at least 1")]
    [InlineData("identity: { schemas: [ { id: default } ] }", "identity.schemas.0.url", "required")]
    [InlineData("selfservice: { default_browser_return_url: null }", "selfservice.default_browser_return_url", "required")]
    [InlineData("selfservice: { methods: { oidc: { config: { providers: [ { id: a, provider: google, client_id: b } ] } } } }", "selfservice.methods.oidc.config.providers.0.mapper_url", "required")]
    [InlineData("courier: { delivery_strategy: http }", "courier.http.request_config", "needed by")]
    // between values
    [InlineData("identity: { default_schema_id: person }", "identity.default_schema_id", "must be one of identity.schemas: default")]
    [InlineData("selfservice: { methods: { oidc: { config: { providers: [ { id: \"a:b\", provider: google, client_id: b, mapper_url: \"base64://e30\" } ] } } } }", "selfservice.methods.oidc.config.providers.0.id", "colon")]
    [InlineData("selfservice: { methods: { code: { passwordless_enabled: true, mfa_enabled: true } } }", "selfservice.methods.code.mfa_enabled", "not both")]
    [InlineData("selfservice: { methods: { webauthn: { enabled: true } } }", "selfservice.methods.webauthn.config.rp.id", "required")]
    [InlineData("selfservice: { methods: { passkey: { enabled: true, config: { rp: { id: \"https://example.org\", display_name: x } } } } }", "selfservice.methods.passkey.config.rp.id", "domain alone")]
    [InlineData("selfservice: { methods: { webauthn: { enabled: true, config: { rp: { id: example.org, display_name: x, origin: \"https://example.org\", origins: [ \"https://example.org\" ] } } } } }", "selfservice.methods.webauthn.config.rp.origin", "beside origins")]
    [InlineData("cookies: { same_site: None, secure: false }", "cookies.same_site", "secure")]
    [InlineData("session: { cookie: { same_site: None, secure: false } }", "session.cookie.same_site", "secure")]
    [InlineData("session: { cookie: { name: \"my session\" } }", "session.cookie.name", "cookie's name")]
    [InlineData("cookies: { path: auth }", "cookies.path", "begin with /")]
    [InlineData("cookies: { domain: \"https://example.org\" }", "cookies.domain", "domain alone")]
    [InlineData("hashers: { bcrypt: { cost: 40 } }", "hashers.bcrypt.cost", "from 4 to 31")]
    [InlineData("session: { whoami: { tokenizer: { templates: { \"a b\": { jwks_url: \"file://k\" } } } } }", "session.whoami.tokenizer.templates.a b", "letters")]
    [InlineData("session: { whoami: { tokenizer: { templates: { a: { jwks_url: \"https://keys.example.org\" } } } } }", "session.whoami.tokenizer.templates.a.jwks_url", "not fetched")]
    [InlineData("dsn: \"mysql://root@tcp(db)/x\"", "dsn", "not supported")]
    [InlineData("dsn: db.sqlite", "dsn", "sqlite:///path")]
    [InlineData("serve: { admin: { port: 4433, host: 0.0.0.0, allow_unauthenticated: true } }", "serve.admin.port", "must differ")]
    [InlineData("serve: { admin: { host: 10.1.2.3 } }", "serve.admin.host", "tokens")]
    [InlineData("serve: { admin: { auth: { tokens: [ { name: a } ] } } }", "serve.admin.auth.tokens.0", "either token or sha256")]
    [InlineData("serve: { admin: { auth: { tokens: [ { name: a, token: short } ] } } }", "serve.admin.auth.tokens.0.token", "at least 32")]
    [InlineData("serve: { admin: { auth: { tokens: [ { name: a, sha256: zz } ] } } }", "serve.admin.auth.tokens.0.sha256", "64 hexadecimal")]
    [InlineData("serve: { public: { tls: { cert: { path: a, base64: b }, key: { path: c } } } }", "serve.public.tls.cert", "either path or base64")]
    [InlineData("selfservice: { methods: { oidc: { config: { providers: [ { id: a, provider: microsoft, client_id: b, mapper_url: \"base64://e30\" } ] } } } }", "selfservice.methods.oidc.config.providers.0.microsoft_tenant", "tenant")]
    [InlineData("selfservice: { methods: { oidc: { config: { providers: [ { id: a, provider: generic, client_id: b, mapper_url: \"base64://e30\" } ] } } } }", "selfservice.methods.oidc.config.providers.0.issuer_url", "issuer")]
    [InlineData("courier: { channels: [ { id: sms, type: http, request_config: { url: \"https://sms.example.org\" } } ] }", "courier.channels.0.request_config.body", "sends nothing")]
    [InlineData("courier: { channels: [ { id: fax, request_config: { url: \"https://x.example.org\", body: \"base64://e30\" } } ] }", "courier.channels.0.id", "sms or email")]
    // hooks
    [InlineData("selfservice: { flows: { registration: { after: { hooks: [ { hook: session } ] } } } }", "selfservice.flows.registration.after.hooks.0.hook", "method's own list")]
    [InlineData("selfservice: { flows: { login: { before: { hooks: [ { hook: revoke_active_sessions } ] } } } }", "selfservice.flows.login.before.hooks.0.hook", "cannot stand here")]
    [InlineData("selfservice: { flows: { login: { after: { password: { hooks: [ { hook: frob } ] } } } } }", "selfservice.flows.login.after.password.hooks.0.hook", "unknown hook frob")]
    [InlineData("selfservice: { flows: { settings: { after: { totp: { hooks: [ { hook: verify_new_address } ] } } } } }", "selfservice.flows.settings.after.totp.hooks.0.hook", "cannot stand here")]
    [InlineData("selfservice: { flows: { recovery: { after: { hooks: [ { hook: session } ] } } } }", "selfservice.flows.recovery.after.hooks.0.hook", "web_hook, revoke_active_sessions")]
    [InlineData("selfservice: { flows: { login: { after: { hooks: [ {} ] } } } }", "selfservice.flows.login.after.hooks.0.hook", "required")]
    [InlineData("selfservice: { flows: { login: { after: { hooks: [ { hook: web_hook } ] } } } }", "selfservice.flows.login.after.hooks.0.config.url", "required")]
    [InlineData("selfservice: { flows: { login: { after: { hooks: [ { hook: web_hook, config: { url: \"https://x.example.org\", response: { ignore: true, parse: true } } } ] } } } }", "selfservice.flows.login.after.hooks.0.config.response.parse", "ignore")]
    [InlineData("selfservice: { flows: { login: { after: { hooks: [ { hook: web_hook, config: { url: \"https://x.example.org\", auth: { type: api_key, config: { name: a } } } } ] } } } }", "selfservice.flows.login.after.hooks.0.config.auth.config.value", "key")]
    [InlineData("selfservice: { flows: { login: { after: { hooks: [ { hook: web_hook, config: { url: \"https://x.example.org\", auth: { type: basic_auth, config: { user: a } } } } ] } } } }", "selfservice.flows.login.after.hooks.0.config.auth.config.password", "required")]
    public void A_fault_names_its_path_and_what_would_be_right(string yaml, string path, string says)
    {
        var result = Yaml.With(yaml);
        result.Config.ShouldBeNull();
        var fault = result.Faults.Where(f => f.Path == path).ShouldHaveSingleItem();
        fault.Message.ShouldContain(says);
    }

    [Fact]
    public void Every_fault_is_told_at_once()
    {
        var faults = Yaml.Load(["session: { lifespan: x }\nhashers: { bcrypt: { cost: 3 } }\nserve: { public: { port: z } }\ncookies: { same_site: None, secure: false }"]).Faults;
        faults.Select(f => f.Path).ShouldBe(
            ["session.lifespan", "hashers.bcrypt.cost", "serve.public.port", "cookies.same_site", "identity.schemas", "selfservice.default_browser_return_url"],
            ignoreOrder: true);
    }

    [Theory]
    [InlineData("secrets: { cookie: [ sesame ] }")]
    [InlineData("secrets: { cipher: [ sesame-sesame ] }")]
    [InlineData("secrets: { default: sesame }")]
    [InlineData("courier: { smtp: { connection_uri: \"ftp://u:sesame@x\" } }")]
    [InlineData("dsn: \"mysql://u:sesame@x/y\"")]
    public void A_fault_never_repeats_a_secret(string yaml) => string.Join('\n', Yaml.With(yaml).Faults).ShouldSatisfyAllConditions(
        s => s.ShouldNotBeEmpty(),
        s => s.ShouldNotContain("sesame"));
}

using Ascent.Config.Loading;
using Shouldly;

namespace Ascent.Tests.Config;

public class KeyTreeTests
{
    /// <summary>What a kratos.yml may say, as {a,b} alternatives.</summary>
    private static readonly string[] Kratos =
    [
        "session.{lifespan,earliest_possible_extend}", "session.cookie.{name,domain,path,same_site,secure,persistent}", "session.whoami.required_aal",
        "session.whoami.tokenizer.templates.*.{ttl,claims_mapper_url,jwks_url,subject_source}",
        "cookies.{domain,path,secure,same_site}", "secrets.{default,cookie,pagination,cipher}", "ciphers.algorithm", "hashers.{algorithm,bcrypt.cost}",
        "hashers.argon2.{memory,iterations,parallelism,salt_length,key_length,expected_duration,expected_deviation,dedicated_memory}",
        "serve.{public,admin}.{base_url,host,port,socket.owner,socket.group,socket.mode,tls.cert.path,tls.cert.base64,tls.key.path,tls.key.base64,request_log.disable_for_health}",
        "serve.public.cors.{enabled,allowed_origins,allowed_methods,allowed_headers,exposed_headers,allow_credentials,options_passthrough,max_age,debug}",
        "identity.{default_schema_id,schemas[].id,schemas[].url,schemas[].selfservice_selectable}",
        "log.{level,format,leak_sensitive_values,redaction_text}", "tracing.{provider,service_name,deployment_environment}", "tracing.providers.otlp.{server_url,insecure,sampling.sampling_ratio}",
        "{expose-metrics-port,version,dev,sqa-opt-out,watch-courier,revision,dsn,organizations,enterprise}", "preview.default_read_consistency_level",
        "clients.http.{disallow_private_ip_ranges,private_ip_exception_urls}", "clients.smtp.disallow_private_ip_ranges", "clients.web_hook.header_allowlist",
        "security.{account_enumeration.mitigate,disallow_ref_in_identity_schemas}", "database.cleanup.{batch_size,sleep.tables,older_than}",
        "selfservice.{default_browser_return_url,allowed_return_urls}", "selfservice.flows.error.ui_url",
        "selfservice.flows.{login,registration,settings,recovery,verification}.{ui_url,lifespan,before.hooks,after.hooks,after.default_browser_return_url}",
        "selfservice.flows.{login,registration}.style", "selfservice.flows.registration.{enabled,enable_legacy_one_step,login_hints}",
        "selfservice.flows.settings.{privileged_session_max_age,required_aal}", "selfservice.flows.{recovery,verification}.{enabled,use,notify_unknown_recipients}",
        "selfservice.flows.logout.{clear_browser_data,after.default_browser_return_url}",
        "selfservice.flows.login.after.{password,webauthn,passkey,oidc,code,totp,lookup_secret}.{default_browser_return_url,hooks}",
        "selfservice.flows.registration.after.{password,webauthn,passkey,oidc,code}.{default_browser_return_url,hooks}",
        "selfservice.flows.settings.after.{password,totp,oidc,webauthn,passkey,lookup_secret,profile}.{default_browser_return_url,hooks}",
        "selfservice.flows.login.after.hooks[].{hook,config.url,config.method,config.headers,config.body,config.id,config.can_interrupt,config.emit_analytics_event,config.recipients}",
        "selfservice.flows.login.after.hooks[].config.response.{ignore,parse}", "selfservice.flows.login.after.hooks[].config.auth.{type,config.name,config.value,config.in,config.user,config.password}",
        "selfservice.methods.{password,code,link,profile,totp,lookup_secret,webauthn,passkey,oidc}.enabled",
        "selfservice.methods.password.config.{haveibeenpwned_host,haveibeenpwned_enabled,max_breaches,ignore_network_errors,min_password_length,identifier_similarity_check_enabled}",
        "selfservice.methods.password.config.migrate_hook.{enabled,config.url,config.method,config.headers,config.body,config.auth.type,config.emit_analytics_event}",
        "selfservice.methods.code.{passwordless_enabled,mfa_enabled,config.lifespan,config.max_submissions,config.missing_credential_fallback_enabled}",
        "selfservice.methods.link.config.{lifespan,base_url}", "selfservice.methods.totp.config.issuer",
        "selfservice.methods.webauthn.config.{passwordless,rp.id,rp.display_name,rp.origin,rp.origins,rp.icon}", "selfservice.methods.passkey.config.rp.{id,display_name,origins}",
        "selfservice.methods.passkey.config.{authenticator_selection.attachment,authenticator_selection.resident_key,authenticator_selection.user_verification,attestation.preference,timeouts.registration,timeouts.login}",
        "selfservice.methods.oidc.config.base_redirect_uri",
        "selfservice.methods.oidc.config.providers[].{id,provider,label,client_id,client_secret,issuer_url,auth_url,token_url,mapper_url,scope,pkce,claims_source,requested_claims,organization_id,"
            + "additional_id_token_audiences,honours_prompt,aal2_acr_values,aal2_amr_values,subject_source,microsoft_tenant,apple_team_id,apple_private_key_id,apple_private_key,fedcm_config_url,net_id_token_origin_header,"
            + "account_linking_mode,update_identity_on_login}",
        "courier.{delivery_strategy,message_retries,worker.pull_count,worker.pull_wait,template_override_path}",
        "courier.smtp.{connection_uri,from_address,from_name,headers,local_name,client_cert_path,client_key_path}",
        "courier.http.request_config.{url,method,headers,body,auth.type}", "courier.channels[].{id,type,request_config.url,request_config.body}",
        "courier.templates.{recovery,recovery_code,verification,verification_code}.{valid,invalid}.email.{subject,body.plaintext,body.html}",
        "courier.templates.{login_code,registration_code}.valid.{email.subject,sms.body.plaintext}", "courier.templates.{verifiable_address_changed,authenticator_key_added}.email.subject",
        "oauth2_provider.{url,headers,override_return_to}",
        "feature_flags.{cacheable_sessions,cacheable_sessions_max_age,use_continue_with_transitions,choose_recovery_address,legacy_continue_with_verification_ui,legacy_require_verified_login_error,"
            + "faster_session_extend,legacy_oidc_registration_node_group,legacy_allow_insecure_origins,refresh_login_choose_address,password_profile_registration_node_group}",
    ];

    [Fact]
    public void Every_key_of_kratos_is_known()
    {
        var known = KeyTree.Instance.All.Select(k => k.Path).ToHashSet(StringComparer.Ordinal);
        var missing = Kratos.SelectMany(Spread).Where(k => !known.Contains(k));
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Every_other_key_is_marked_as_ours_or_belongs_to_a_later_kratos()
    {
        var kratos = Kratos.SelectMany(Spread).ToHashSet(StringComparer.Ordinal);
        string[] later = ["log.additional_redacted_headers", "tracing.providers.otlp.authorization_header", "courier.sms"];
        var unmarked = KeyTree.Instance.All
            .Where(k => k is { Kind: not KeyKind.Section, Item: not { Kind: KeyKind.Section }, Ours: false, Key.Ignored: false })
            .Select(k => k.Path)
            .Where(p => !kratos.Contains(p) && !later.Contains(p) && !IsRepeatedBlock(p));
        unmarked.ShouldBeEmpty();
    }

    [Fact]
    public void Every_key_says_what_it_is() => KeyTree.Instance.All.Where(k => k.Key.Doc.Length == 0).Select(k => k.Path).ShouldBeEmpty();

    [Fact]
    public void Names_are_unique_to_the_environment()
    {
        foreach (var section in KeyTree.Instance.All.Prepend(KeyTree.Instance.Root))
            section.Children.Select(c => c.EnvironmentName).ShouldBeUnique();
    }

    [Theory]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "abc", 3)]
    [InlineData("same", "same", 0)]
    public void Distance_is_levenshteins(string a, string b, int distance) => NearestKey.Distance(a, b).ShouldBe(distance);

    /// <summary>Hook lists, request auth and templates stand in many places; one of each is in the list above.</summary>
    private static bool IsRepeatedBlock(string path) =>
        path.Contains("hooks[].", StringComparison.Ordinal) || path.Contains(".auth.", StringComparison.Ordinal) || path.Contains("migrate_hook.config.", StringComparison.Ordinal)
        || path.StartsWith("courier.templates.", StringComparison.Ordinal) || path.StartsWith("courier.channels[].request_config.", StringComparison.Ordinal)
        || path.StartsWith("selfservice.methods.passkey.config.rp.", StringComparison.Ordinal);

    private static IEnumerable<string> Spread(string pattern)
    {
        var open = pattern.IndexOf('{', StringComparison.Ordinal);
        if (open < 0) return [pattern];
        var close = pattern.IndexOf('}', open);
        return pattern[(open + 1)..close].Split(',').SelectMany(part => Spread(pattern[..open] + part + pattern[(close + 1)..]));
    }
}

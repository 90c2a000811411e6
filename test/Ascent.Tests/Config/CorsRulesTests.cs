using Shouldly;

namespace Ascent.Tests.Config;

public class CorsRulesTests
{
    private const string Public = "serve.public.cors.allowed_origins", Admin = "serve.admin.cors.allowed_origins";

    [Fact]
    public void Everybody_with_cookies_is_told_what_that_opens()
    {
        var result = Yaml.With("serve: { public: { cors: { enabled: true } } }");
        result.Faults.ShouldBeEmpty();
        result.Warnings.ShouldHaveSingleItem().Path.ShouldBe(Public);
        Yaml.With("serve: { public: { cors: { enabled: true, allow_credentials: false } } }").Warnings.ShouldBeEmpty();
        Yaml.With("serve: { public: { cors: { enabled: true, allowed_origins: [ \"https://app.example.org\" ] } } }").Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("cookies: { secure: true, same_site: None }", "cookies.same_site")]
    [InlineData("session: { cookie: { secure: true, same_site: None } }", "session.cookie.same_site")]
    public void Everybody_with_cookies_of_every_site_is_a_fault_that_names_both_keys(string cookies, string key)
    {
        var text = $"serve: {{ public: {{ cors: {{ enabled: true, allowed_origins: [ \"*\", \"https://app.example.org\" ] }} }} }}\n{cookies}";
        var fault = Yaml.With(text).Faults.ShouldHaveSingleItem();
        (fault.Path, fault.Message.Contains($"{key}: None", StringComparison.Ordinal)).ShouldBe((Public, true), fault.Message);
        var inDevelopment = Yaml.With(text, dev: true);
        inDevelopment.Faults.ShouldBeEmpty();
        inDevelopment.Warnings.ShouldHaveSingleItem().Path.ShouldBe(Public);
    }

    [Theory]
    [InlineData("https://*example.org"), InlineData("https://*.github.io"), InlineData("https://*.co.uk"), InlineData("https://*.org"), InlineData("https://a.*.example.org"), InlineData("app.example.org"), InlineData("null"), InlineData("/")]
    public void A_wildcard_that_covers_strangers_is_dropped_by_the_rule_of_return_URLs(string origin)
    {
        foreach (var door in (string[])["public", "admin"])
        {
            var text = $"serve: {{ {door}: {{ cors: {{ enabled: true, allowed_origins: [ \"https://*.example.org\", \"{origin}\" ] }} }} }}";
            var result = Yaml.With(text);
            result.Faults.ShouldBeEmpty();
            result.Warnings.ShouldHaveSingleItem().Path.ShouldBe($"serve.{door}.cors.allowed_origins.1");
            var cors = door == "public" ? result.Required.Serve.Public.Cors : result.Required.Serve.Admin.Cors;
            cors.AllowedOrigins.ShouldBe(["https://*.example.org"]);
        }
        var kept = Yaml.With($"serve: {{ public: {{ cors: {{ enabled: true, allowed_origins: [ \"{origin}\" ] }} }} }}\nfeature_flags: {{ legacy_allow_insecure_origins: true }}");
        kept.Required.Serve.Public.Cors.AllowedOrigins.ShouldBe([origin]);
    }

    [Fact]
    public void The_admin_API_is_for_origins_with_a_name()
    {
        Yaml.With("serve: { admin: { cors: { enabled: true } } }").Faults.ShouldHaveSingleItem().Path.ShouldBe(Admin);
        Yaml.With("serve: { admin: { cors: { enabled: true, allowed_origins: [ \"*\" ] } } }", dev: true).Faults.ShouldHaveSingleItem().Path.ShouldBe(Admin);
        Yaml.With("serve: { admin: { cors: { enabled: true, allowed_origins: [ \"https://console.example.org\" ] } } }").Faults.ShouldBeEmpty();
    }

    [Fact]
    public void A_captcha_that_is_switched_on_must_not_be_missed()
    {
        const string On = "selfservice: { methods: { captcha: { enabled: true } } }", Path = "selfservice.methods.captcha.enabled";
        Yaml.With(On).Faults.ShouldHaveSingleItem().Path.ShouldBe(Path);
        var inDevelopment = Yaml.With(On, dev: true);
        inDevelopment.Faults.ShouldBeEmpty();
        inDevelopment.Warnings.ShouldHaveSingleItem().Path.ShouldBe(Path);
        Yaml.With("selfservice: { methods: { captcha: { enabled: false } } }").Warnings.ShouldBeEmpty();
        Yaml.With("selfservice: { methods: { saml: { enabled: true } } }").Warnings.ShouldHaveSingleItem().Path.ShouldBe("selfservice.methods.saml.enabled");
        Yaml.With("tracing: { provider: zipkin }").Warnings.ShouldHaveSingleItem().Message.ShouldContain("otel");
    }
}

using Ascent.Config;
using Shouldly;

namespace Ascent.Tests.Config;

public class ConfigPrinterTests
{
    private const string Full = """
        dsn: postgres://ascent:sesame@db/ascent?sslmode=disable&sslpassword=sesame
        secrets: { cookie: [ sesame-sesame-sesame ], cipher: [ sesame-sesame-sesame-sesame-1234 ] }
        serve: { admin: { auth: { tokens: [ { name: ops, token: sesame-sesame-sesame-sesame-sesame } ] } } }
        session: { lifespan: 90m, whoami: { tokenizer: { templates: { jwt: { jwks_url: "base64://e30" } } } } }
        courier:
          smtp: { connection_uri: "smtps://user:se%40same@mail.example.org:465/?skip_ssl_verify=true", headers: { X-Token: sesame, X-Plain: shown } }
          http: { request_config: { url: "https://user:sesame@mail.example.org/send", auth: { type: basic_auth, config: { user: u, password: sesame } } } }
        oauth2_provider: { url: "https://hydra.example.org", headers: { Authorization: Bearer sesame } }
        organizations: [ { client_secret: sesame, nested: { password: sesame, url: "https://a:sesame@b" }, label: "true" } ]
        selfservice:
          methods: { oidc: { config: { providers: [ { id: g, provider: google, client_id: c, client_secret: sesame, mapper_url: "base64://e30" } ] } } }
          flows: { login: { after: { hooks: [ { hook: web_hook, config: { url: "https://h.example.org", headers: { authorization: sesame }, auth: { type: api_key, config: { name: X-Api-Key, value: sesame } } } } ] } } }
        """;

    [Fact]
    public void No_secret_is_ever_printed()
    {
        var config = Yaml.Good(Full);
        foreach (var text in (string[])[ConfigPrinter.Yaml(config), ConfigPrinter.Json(config)])
        {
            text.ShouldNotContain("sesame");
            text.ShouldNotContain("se%40same");
            text.ShouldNotContain("a-secret-long-enough");
            text.ShouldContain("mail.example.org:465/?skip_ssl_verify=true");
            text.ShouldContain("@db/ascent?sslmode=disable&sslpassword=[redacted]");
            text.ShouldContain("1h30m");
            text.ShouldContain("shown");
        }
    }

    [Fact]
    public void What_is_printed_as_yaml_reads_back_as_the_same_tree()
    {
        var config = Yaml.Good("""
            session: { cookie: { name: "123", domain: "true" } }
            selfservice: { allowed_return_urls: [ "https://*.tenants.example.org" ], methods: { totp: { enabled: true, config: { issuer: "A: #b 'c' \"d\"" } } } }
            """);
        var findings = new Findings();
        var read = Ascent.Config.Loading.YamlReader.Read("printed", ConfigPrinter.Yaml(config), findings);
        findings.Faults.ShouldBeEmpty();
        read.ToJson().ShouldBe(ConfigPrinter.Tree(config).ToJson());
    }
}

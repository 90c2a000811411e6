using Ascent.Config;
using Shouldly;

namespace Ascent.Tests.Config;

public class EnvironmentOverridesTests
{
    [Fact]
    public void A_variable_named_after_a_key_wins_over_the_files()
    {
        var config = Load(new()
        {
            ["DSN"] = "postgres://ascent:pw@db/ascent",
            ["SERVE_PUBLIC_PORT"] = "7000",
            ["SELFSERVICE_METHODS_PASSWORD_CONFIG_HAVEIBEENPWNED_ENABLED"] = "false",
            ["SELFSERVICE_FLOWS_SETTINGS_PRIVILEGED_SESSION_MAX_AGE"] = "5m",
            ["OAUTH2_PROVIDER_URL"] = "https://hydra.example.org:4445",
            ["SESSION_COOKIE_SAME_SITE"] = "Strict",
            ["COURIER_TEMPLATES_RECOVERY_CODE_VALID_EMAIL_SUBJECT"] = "base64://aGk",
            ["WATCH_COURIER"] = "1",
            ["SESSION_WHOAMI_REQUIRED_AAL"] = "aal1",
        });
        config.Dsn.Value.ShouldBe("postgres://ascent:pw@db/ascent");
        config.Serve.Public.Port.ShouldBe(7000);
        config.SelfService.Methods.Password.Config.HaveibeenpwnedEnabled.ShouldBeFalse();
        config.SelfService.Flows.Settings.PrivilegedSessionMaxAge.ShouldBe(TimeSpan.FromMinutes(5));
        config.OAuth2Provider.Url.ShouldBe("https://hydra.example.org:4445");
        config.SessionCookie.SameSite.ShouldBe(SameSiteMode.Strict);
        config.Courier.Templates.RecoveryCode.Valid.Email.Subject.ShouldBe("base64://aGk");
        config.WatchCourier.ShouldBeTrue();
        config.Session.Whoami.RequiredAal.ShouldBe(RequiredAal.Aal1);
    }

    [Fact]
    public void List_items_are_set_by_index()
    {
        var config = Load(new()
        {
            ["IDENTITY_SCHEMAS_0_URL"] = "base64://eyJhIjoxfQ",
            ["IDENTITY_SCHEMAS_1_ID"] = "person",
            ["IDENTITY_SCHEMAS_1_URL"] = "file://person.json",
            ["SELFSERVICE_ALLOWED_RETURN_URLS_0"] = "https://a.example.org",
            ["SELFSERVICE_ALLOWED_RETURN_URLS_1"] = "https://b.example.org",
        });
        config.Identity.Schemas.Select(s => (s.Id, s.Url)).ShouldBe([("default", "base64://eyJhIjoxfQ"), ("person", "file://person.json")]);
        config.SelfService.AllowedReturnUrls.ShouldBe(["https://a.example.org", "https://b.example.org"]);
    }

    [Theory]
    [InlineData("""["first-secret-0000","second,secret-0000"]""", "first-secret-0000", "second,secret-0000")]
    [InlineData("first-secret-0000,second-secret-000", "first-secret-0000", "second-secret-000")]
    [InlineData("\"first,secret-0000\", second-secret-000", "first,secret-0000", "second-secret-000")]
    [InlineData("only-one-secret-000", "only-one-secret-000")]
    public void A_list_of_texts_is_json_or_separated_by_commas(string value, params string[] expected) =>
        Load(new() { ["SECRETS_COOKIE"] = value }).Secrets.Cookie.Select(s => s.Value).ShouldBe(expected);

    [Fact]
    public void Maps_and_lists_of_maps_are_given_whole_as_json()
    {
        var config = Load(new()
        {
            ["SELFSERVICE_FLOWS_LOGIN_AFTER_HOOKS"] = """[{"hook":"require_verified_address"}]""",
            ["SESSION_WHOAMI_TOKENIZER_TEMPLATES"] = """{"jwt":{"ttl":"10m","jwks_url":"base64://e30"}}""",
            ["COURIER_SMTP_HEADERS"] = """{"X-A":"b"}""",
        });
        config.SelfService.Flows.Login.After.Hooks.ShouldHaveSingleItem().Hook.ShouldBe("require_verified_address");
        config.Session.Whoami.Tokenizer.Templates["jwt"].Ttl.ShouldBe(TimeSpan.FromMinutes(10));
        config.Courier.Smtp.Headers["X-A"].ShouldBe("b");
    }

    [Theory]
    [InlineData("SERVE_PUBLIC_PORT", "https")]
    [InlineData("DEV", "perhaps")]
    [InlineData("IDENTITY_SCHEMAS", "person.json")]
    [InlineData("IDENTITY_SCHEMAS_5_ID", "person")]
    public void A_value_that_cannot_be_right_is_a_fault_naming_the_variable(string name, string value) =>
        Yaml.Load([Yaml.Least], new Dictionary<string, string> { [name] = value }).Faults.ShouldHaveSingleItem().Path.ShouldBe(name);

    [Fact]
    public void Other_variables_are_none_of_our_business()
    {
        var result = Yaml.Load([Yaml.Least], new Dictionary<string, string>
        {
            ["SESSION"] = "ubuntu", ["SESSION_MANAGER"] = "local/host", ["LOG"] = "x", ["SERVE_PUBLIC"] = "y", ["SERVE_PUBLIC_PORTS"] = "z", ["HOME"] = "/", ["IDENTITY_SCHEMAS_X_ID"] = "1",
        });
        result.Faults.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
        result.Required.ContentHash.ShouldBe(Yaml.Load([Yaml.Least]).Required.ContentHash);
    }

    [Fact]
    public void A_fault_in_the_environment_does_not_hide_those_in_the_file() =>
        Yaml.Load([Yaml.Least, "session: { lifespan: long }"], new Dictionary<string, string> { ["SERVE_PUBLIC_PORT"] = "x" })
            .Faults.Select(f => f.Path).ShouldBe(["SERVE_PUBLIC_PORT", "session.lifespan"], ignoreOrder: true);

    private static AscentConfig Load(Dictionary<string, string> environment)
    {
        var result = Yaml.Load([Yaml.Least], environment);
        result.Faults.ShouldBeEmpty();
        result.Warnings.ShouldBeEmpty();
        return result.Required;
    }
}

using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ascent.Methods.Oidc.Providers;
using Shouldly;

namespace Ascent.Tests.Methods.Oidc;

public sealed class ProviderKindTests
{
    [Fact]
    public async Task GitHub_is_asked_for_the_address_that_it_has_checked()
    {
        await using var host = await SocialHost.StartAsync("sqlite", more: SocialHost.Entry("hub", kind: "github"));
        host.Provider.User = new JsonObject { ["id"] = 583231, ["login"] = "octocat", ["name"] = "Octo", ["email"] = "typed@example.org", ["avatar_url"] = "https://img.example.org/o.png" };
        var browser = host.Browser();
        (await host.GoAsync(browser, "registration", "hub")).Location.ShouldBe("http://127.0.0.1:4455/");
        var me = (await host.WhoamiAsync(browser)).ShouldNotBeNull().GetProperty("identity");
        me.GetProperty("traits").GetProperty("email").GetString().ShouldBe("octo@example.org");
        me.GetProperty("traits").GetProperty("note").GetString().ShouldBe("octocat");
        me.GetProperty("verifiable_addresses")[0].GetProperty("verified").GetBoolean().ShouldBeTrue();
        (await host.IdentityAsync(me.GetProperty("id").GetString()!)).GetProperty("credentials").GetProperty("oidc").GetProperty("identifiers")[0].GetString().ShouldBe("hub:583231");
        host.Provider.Authorizations.Last().ContainsKey("nonce").ShouldBeFalse();
        // It wants the secret in the form.
        host.Provider.TokenRequests.Last().Form["client_secret"].ShouldBe(TestProvider.ClientSecret);
    }

    [Fact]
    public async Task GitLab_is_asked_by_its_userinfo()
    {
        await using var host = await SocialHost.StartAsync("sqlite", more: SocialHost.Entry("lab", kind: "gitlab"));
        host.Provider.User = new JsonObject { ["sub"] = "42", ["email"] = "lab@example.org" };
        var browser = host.Browser();
        (await host.GoAsync(browser, "registration", "lab")).Location.ShouldBe("http://127.0.0.1:4455/");
        (await host.WhoamiAsync(browser)).ShouldNotBeNull().GetProperty("identity").GetProperty("traits").GetProperty("email").GetString().ShouldBe("lab@example.org");
    }

    [Theory]
    [InlineData("auth0")]
    [InlineData("slack")]
    [InlineData("linkedin")]
    [InlineData("linkedin_v2")]
    public async Task These_are_asked_by_userinfo_too(string kind)
    {
        await using var host = await SocialHost.StartAsync("sqlite", more: SocialHost.Entry("other", kind: kind));
        host.Provider.Userinfo = new JsonObject { ["sub"] = "subject-1", ["email"] = "info@example.org", ["updated_at"] = "2026-01-02T03:04:05Z", ["locale"] = new JsonObject { ["language"] = "en", ["country"] = "US" } };
        var browser = host.Browser();
        (await host.GoAsync(browser, "registration", "other")).Location.ShouldBe("http://127.0.0.1:4455/");
        (await host.WhoamiAsync(browser)).ShouldNotBeNull().GetProperty("identity").GetProperty("traits").GetProperty("email").GetString().ShouldBe("info@example.org");
    }

    [Fact]
    public async Task Apple_gets_a_secret_signed_for_the_occasion_and_answers_by_a_form()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = key.ExportPkcs8PrivateKeyPem().ReplaceLineEndings("\\n");
        await using var host = await SocialHost.StartAsync("sqlite", more: SocialHost.Entry("apple", $"apple_team_id: TEAM, apple_private_key_id: KEY, apple_private_key: \"{pem}\"", "apple"));
        var browser = host.Browser();
        var back = host.Provider.Visit(await host.LeaveAsync(browser, "registration", "apple"));
        ((string)host.Provider.Authorizations.Last()["response_mode"]!).ShouldBe("form_post");

        // A form from elsewhere comes without cookies; the way on by a link has them.
        var form = System.Web.HttpUtility.ParseQueryString(back.Split('?')[1]);
        var bare = host.Browser();
        var (status, location) = await bare.SendAsync("POST", back.Split('?')[0], ("state", form["state"]!), ("code", form["code"]!), ("user", """{"name":{"firstName":"Ada","lastName":"Lovelace"}}"""));
        (status, location.StartsWith("http://127.0.0.1:4433" + back.Split('?')[0] + "?", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.Found, true), location);
        (await browser.SendAsync("GET", new Uri(location).PathAndQuery)).Location.ShouldBe("http://127.0.0.1:4455/");

        var sent = host.Provider.TokenRequests.Last();
        sent.Authorization.ShouldBeNull();
        var parts = sent.Form["client_secret"].Split('.');
        key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256).ShouldBeTrue();
        var claims = JsonNode.Parse(Base64Url.DecodeFromChars(parts[1]))!.AsObject();
        ((string)claims["iss"]!, (string)claims["sub"]!, (string)claims["aud"]!).ShouldBe(("TEAM", TestProvider.ClientId, host.Provider.Url));
        ((string)JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!["kid"]!).ShouldBe("KEY");
    }

    [Fact]
    public async Task Microsoft_s_issuer_is_the_one_of_the_person_s_tenant()
    {
        await using var host = await SocialHost.StartAsync("sqlite", more: SocialHost.Entry("ms", "microsoft_tenant: common, subject_source: oid", "microsoft"));
        host.Provider.User = new JsonObject { ["sub"] = "pairwise", ["oid"] = "object-1", ["tid"] = "tenant-1", ["email"] = "ms@example.org" };
        var browser = host.Browser();
        (await host.GoAsync(browser, "registration", "ms")).Location.ShouldBe("http://127.0.0.1:4455/");
        (await host.IdentityAsync(SocialHost.IdOf((await host.WhoamiAsync(browser)).ShouldNotBeNull()))).GetProperty("credentials").GetProperty("oidc").GetProperty("identifiers")[0].GetString().ShouldBe("ms:object-1");
    }

    [Theory]
    [InlineData("id: x, provider: yandex, client_id: a, client_secret: b, mapper_url: \"{mapper}\"", "providers.1.provider")]
    [InlineData("id: x, provider: google, client_id: a, mapper_url: \"{mapper}\"", "providers.1.client_secret")]
    [InlineData("id: x, provider: generic, client_id: a, auth_url: \"{url}/a\", token_url: \"{url}/t\", mapper_url: \"{mapper}\"", "providers.1.issuer_url")]
    [InlineData("id: x, provider: apple, client_id: a, apple_team_id: t, apple_private_key_id: k, apple_private_key: nonsense, mapper_url: \"{mapper}\"", "providers.1.apple_private_key")]
    public async Task A_provider_that_cannot_work_is_told_at_the_start(string entry, string path) =>
        (await Should.ThrowAsync<ConfigFaultsException>(() => SocialHost.StartAsync("sqlite", more: $"{{ {entry} }}"))).Message.ShouldContain($"selfservice.methods.oidc.config.{path}");

    [Fact]
    public async Task Providers_on_private_addresses_are_out_of_reach_where_those_are_disallowed()
    {
        await using var host = await SocialHost.StartAsync("sqlite", flows: "\nclients: { http: { disallow_private_ip_ranges: true } }\n");
        var browser = host.Browser();
        var (_, page) = await browser.SendAsync("GET", "/self-service/login/browser");
        var flow = await browser.FetchAsync("login", page);
        var (_, location) = await browser.SendAsync("POST", Flows.Browser.ActionOf(flow), ("csrf_token", Flows.Browser.CsrfOf(flow)), ("provider", "acme"));
        (await host.ErrorAsync(location)).GetProperty("code").GetInt32().ShouldBe(502);
        host.Provider.Discoveries.ShouldBe(0);
    }

    [Fact]
    public void Discord_s_and_Facebook_s_own_words_become_claims()
    {
        var discord = OwnClaims.Discord(new JsonObject { ["id"] = "80351110224678912", ["username"] = "nelly", ["discriminator"] = "0", ["avatar"] = "a_1", ["verified"] = true, ["email"] = "nelly@example.org", ["locale"] = "en-US" });
        ((string)discord["sub"]!, (string)discord["name"]!, (bool)discord["email_verified"]!, (string)discord["picture"]!)
            .ShouldBe(("80351110224678912", "nelly", true, "https://cdn.discordapp.com/avatars/80351110224678912/a_1.gif"));
        var facebook = OwnClaims.Facebook(new JsonObject { ["id"] = "10", ["first_name"] = "Ada", ["birthday"] = "12/10/1815", ["picture"] = new JsonObject { ["data"] = new JsonObject { ["url"] = "https://img.example.org/a" } } });
        ((string)facebook["given_name"]!, (string)facebook["birthdate"]!, (string)facebook["picture"]!).ShouldBe(("Ada", "1815-12-10", "https://img.example.org/a"));
        OwnClaims.GitHub(new JsonObject { ["id"] = 1, ["email"] = "typed@example.org" })["email_verified"]!.GetValue<bool>().ShouldBeFalse();
    }
}

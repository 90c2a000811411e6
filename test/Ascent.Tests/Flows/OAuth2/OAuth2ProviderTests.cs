using System.Net;
using Ascent.Flows.OAuth2;
using Ascent.Tests.Flows.Settings;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Flows.OAuth2;

/// <summary>A provider that does not know, does not want or does not answer.</summary>
public sealed class OAuth2ProviderTests
{
    private const string Ada = "ada@example.org", Engine = "sqlite";

    [Theory]
    [InlineData("login")]
    [InlineData("registration")]
    public async Task A_challenge_that_is_none_is_refused(string kind)
    {
        await using var provider = await ProviderStandIn.StartAsync(Engine);
        var page = new Browser(provider.Server);

        var (status, body) = await page.SendAsync("GET", $"/self-service/{kind}/browser?login_challenge=a%26b");
        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("error").GetProperty("details").GetRawText().ShouldBe("""{"status_code":404,"oauth2_error_hint":"Begin at the client again."}""");
        body.GetRawText().ShouldNotContain("secret words");
        provider.Calls.ShouldHaveSingleItem().Path.ShouldBe(ProviderStandIn.Path + "?login_challenge=a%26b");
        (await new FormBrowser(provider.Server).SendAsync("GET", $"/self-service/{kind}/browser?login_challenge=none")).Location.ShouldContain("error");

        foreach (var client in (string[])["browser", "api"])
        {
            (status, body) = await page.SendAsync("GET", $"/self-service/{kind}/{client}?login_challenge=");
            status.ShouldBe(HttpStatusCode.BadRequest);
            body.GetProperty("error").TryGetProperty("details", out _).ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData("login")]
    [InlineData("registration")]
    public async Task Without_a_provider_there_are_no_challenges(string kind)
    {
        await using var server = await RunningServer.StartAsync(Engine);
        foreach (var client in (string[])["browser", "api"])
        {
            var (status, body) = await new Browser(server).SendAsync("GET", $"/self-service/{kind}/{client}?login_challenge=wish");
            status.ShouldBe(HttpStatusCode.BadRequest);
            body.GetProperty("error").GetProperty("reason").GetString()!.ShouldContain("oauth2_provider.url");
            foreach (var odd in (string[])["", "%00", "%20", "%0A", new string('a', 4000), "%22%7D", "a&login_challenge=b"])
                (await new Browser(server).SendAsync("GET", $"/self-service/{kind}/{client}?login_challenge={odd}")).Status.ShouldBe(HttpStatusCode.BadRequest, odd);
        }
    }

    [Theory]
    [InlineData(503, "{}")]
    [InlineData(200, "no JSON")]
    [InlineData(200, "[]")]
    [InlineData(200, """{"skip":false,"skip":true}""")]
    [InlineData(200, """{"client":{"client_id":"a","client_id":"b"}}""")]
    [InlineData(302, "{}")]
    public async Task A_provider_in_trouble_is_the_servers_fault(int code, string text)
    {
        await using var provider = await ProviderStandIn.StartAsync(Engine);
        provider.Found = (code, text);
        (await new Browser(provider.Server).SendAsync("GET", "/self-service/login/browser?login_challenge=wish")).Status.ShouldBe(HttpStatusCode.InternalServerError);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_request","error_hint":"It was used."}""", "It was used.")]
    [InlineData(200, """{"redirect_to":"javascript:alert(1)"}""", null)]
    [InlineData(200, """{"redirect_to":"//evil.example.org"}""", null)]
    [InlineData(200, """{"redirect_to":["https://provider.example.org/"]}""", null)]
    [InlineData(200, "", null)]
    public async Task A_login_that_is_not_accepted_stays_a_login(int code, string text, string? hint)
    {
        await using var provider = await ProviderStandIn.StartAsync(Engine);
        provider.Accepted = (code, text);
        await SignIn.PersonAsync(provider.Server, Ada);
        var page = new Browser(provider.Server);

        var (status, body) = await OAuth2Flows.SubmitAsync(page, await page.BeginAsync(query: "?login_challenge=wish"));

        status.ShouldBe(HttpStatusCode.InternalServerError);
        var details = body.GetProperty("error").GetProperty("details");
        details.GetProperty("status_code").GetInt32().ShouldBe(code);
        (details.TryGetProperty("oauth2_error_hint", out var said) ? said.GetString() : null).ShouldBe(hint);
        (await page.SendAsync("GET", "/sessions/whoami")).Status.ShouldBe(HttpStatusCode.OK);

        var browser = new FormBrowser(provider.Server);
        (await OAuth2Flows.SendAsync(browser, await OAuth2Flows.BeginAsync(browser, "login", "wish"), SignIn.Password)).Location.ShouldContain("error?id=");
    }

    [Fact]
    public async Task Nobody_waits_longer_than_ten_seconds()
    {
        var time = new ManualTime();
        await using var provider = await ProviderStandIn.StartAsync(Engine, time: time);
        var asked = new TaskCompletionSource();
        provider.Before = async http =>
        {
            asked.SetResult();
            await Poll.NeverAsync(http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };

        var waiting = new Browser(provider.Server).SendAsync("GET", "/self-service/login/browser?login_challenge=wish");
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        time.Advance(OAuth2Provider.Patience);

        (await waiting.WaitAsync(TimeSpan.FromSeconds(10))).Status.ShouldBe(HttpStatusCode.InternalServerError);
    }

    [Fact]
    public async Task A_provider_on_a_private_address_is_not_asked_where_that_is_disallowed()
    {
        await using var provider = await ProviderStandIn.StartAsync(Engine, more: "clients: { http: { disallow_private_ip_ranges: true } }");
        (await new Browser(provider.Server).SendAsync("GET", "/self-service/login/browser?login_challenge=wish")).Status.ShouldBe(HttpStatusCode.InternalServerError);
        provider.Calls.ShouldBeEmpty();
    }
}

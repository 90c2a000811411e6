using Ascent.Tests.Flows;
using Ascent.Tests.Flows.Settings;
using Shouldly;

namespace Ascent.Tests.Methods.Oidc;

/// <summary>Confirming who one is by a provider: a sign-in there from before does not count, whatever became of the address on the way.</summary>
public sealed class OidcConfirmTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_sign_in_from_before_does_not_confirm(string engine)
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using var host = await SocialHost.StartAsync(engine, time: time);
        var browser = await SignedInAsync(host);
        var before = await AuthenticatedAtAsync(host, browser);
        time.Advance(TimeSpan.FromMinutes(1));

        var (flow, to) = await LeaveAsync(host, browser);
        host.Provider.User["auth_time"] = time.GetUtcNow().ToUnixTimeSeconds() - 3600;
        var (_, page) = await browser.SendAsync("GET", host.Provider.Visit(to));
        host.Provider.Authorizations.Last()["max_age"]!.ToString().ShouldBe("0");
        host.Provider.Authorizations.Last()["prompt"]!.ToString().ShouldBe("login");
        page.ShouldContain($"flow={flow}");
        SignIn.Messages(await browser.FetchAsync("login", page)).ShouldBe([4000001]);
        (await AuthenticatedAtAsync(host, browser)).ShouldBe(before);

        host.Provider.User["auth_time"] = time.GetUtcNow().ToUnixTimeSeconds() - 20;
        await browser.SendAsync("GET", host.Provider.Visit((await LeaveAsync(host, browser)).To));
        (await AuthenticatedAtAsync(host, browser)).ShouldBeGreaterThan(before);
    }

    [Theory]
    [InlineData("", false, true)]
    [InlineData("", true, false)]
    [InlineData("honours_prompt: true", true, true)]
    [InlineData("honours_prompt: false", false, false)]
    public async Task Who_does_not_say_when_is_believed_as_far_as_the_configuration_says(string provider, bool tells, bool counts)
    {
        var time = new ManualTime(TimeProvider.System.GetUtcNow());
        await using var host = await SocialHost.StartAsync("sqlite", provider, time: time);
        host.Provider.TellsWhen = tells;
        var browser = await SignedInAsync(host);
        var before = await AuthenticatedAtAsync(host, browser);
        time.Advance(TimeSpan.FromMinutes(1));
        await browser.SendAsync("GET", host.Provider.Visit((await LeaveAsync(host, browser)).To));
        (await AuthenticatedAtAsync(host, browser) > before).ShouldBe(counts);
    }

    private static async Task<FormBrowser> SignedInAsync(SocialHost host)
    {
        var browser = host.Browser();
        await host.GoAsync(browser, "registration");
        return browser;
    }

    private static async Task<(string Flow, string To)> LeaveAsync(SocialHost host, FormBrowser browser)
    {
        var (_, page) = await browser.SendAsync("GET", "/self-service/login/browser?refresh=true");
        var flow = await browser.FetchAsync("login", page);
        return (flow.GetProperty("id").GetString()!, await host.PressAsync(browser, flow, ("provider", "acme")));
    }

    private static async Task<DateTimeOffset> AuthenticatedAtAsync(SocialHost host, FormBrowser browser) =>
        (await host.WhoamiAsync(browser)).ShouldNotBeNull().GetProperty("authenticated_at").GetDateTimeOffset();
}

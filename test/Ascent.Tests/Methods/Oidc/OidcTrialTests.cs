using System.Net;
using System.Text.Json;
using Ascent.Tests.Flows;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Methods.Oidc;

/// <summary>An administrator tries a provider: the flow shows what came back, and nobody is signed in.</summary>
public sealed class OidcTrialTests
{
    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_trial_shows_what_came_back_and_signs_nobody_in(string engine)
    {
        await using var host = await SocialHost.StartAsync(engine);
        var flow = await BeginAsync(host);
        flow.GetProperty("ui").GetProperty("nodes").EnumerateArray().Select(n => n.GetProperty("attributes").GetProperty("name").GetString()).ShouldBe(["csrf_token", "provider"]);
        flow.GetProperty("test_context").GetProperty("provider_id").GetString().ShouldBe("acme");

        var browser = host.Browser();
        var (status, location) = await browser.SendAsync("GET", host.Provider.Visit(await host.PressAsync(browser, flow, ("provider", "acme"))));
        status.ShouldBe(HttpStatusCode.SeeOther);
        location.ShouldEndWith($"/self-service/login/flows?id={Id(flow)}");
        var (_, seen) = await host.JsonAsync("GET", $"/self-service/login/flows?id={Id(flow)}", browser);
        var payload = seen.GetProperty("test_context").GetProperty("debug_payload");
        payload.GetProperty("id_token_claims").GetProperty("sub").GetString().ShouldBe("subject-1");
        payload.GetProperty("jsonnet_output").GetProperty("identity").GetProperty("traits").GetProperty("email").GetString().ShouldBe("ada@example.org");
        payload.ToString().ShouldNotContain("refresh-");
        seen.GetProperty("state").GetString().ShouldBe("passed_challenge");
        (await host.WhoamiAsync(browser)).ShouldBeNull();
        (await host.CountAsync()).ShouldBe(0);

        (await host.JsonAsync("GET", $"/self-service/login/flows?id={Id(flow)}", host.Browser())).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await host.JsonAsync("DELETE", $"/self-service/login/test?id={Id(flow)}")).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await host.JsonAsync("DELETE", $"/self-service/login/test?id={Id(flow)}", browser)).Status.ShouldBe(HttpStatusCode.NoContent);
        (await host.JsonAsync("DELETE", $"/self-service/login/test?id={Id(flow)}", browser)).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_known_account_is_not_signed_in_either_and_a_password_neither()
    {
        await using var host = await SocialHost.StartAsync("sqlite");
        await host.GoAsync(host.Browser(), "registration");
        var browser = host.Browser();
        await browser.SendAsync("GET", host.Provider.Visit(await host.PressAsync(browser, await BeginAsync(host), ("provider", "acme"))));
        (await host.WhoamiAsync(browser)).ShouldBeNull();

        var flow = await BeginAsync(host);
        var (_, page) = await browser.SendAsync("POST", Flows.Browser.ActionOf(flow), [("csrf_token", Flows.Browser.CsrfOf(flow)), ("method", "password"), ("identifier", "ada@example.org"), ("password", "x")]);
        page.ShouldContain(Id(flow));
        SignIn.Messages((await host.JsonAsync("GET", $"/self-service/login/flows?id={Id(flow)}")).Body).ShouldBe([4010002]);
        (await browser.SendAsync("POST", Flows.Browser.ActionOf(flow), [("csrf_token", "another"), ("provider", "acme")])).Location.ShouldNotContain(host.Provider.Url);
    }

    [Fact]
    public async Task What_goes_wrong_is_told_in_the_flow()
    {
        await using var host = await SocialHost.StartAsync("sqlite", mapper: "{ identity: { traits: { email: 7 } } }");
        var browser = host.Browser();
        var flow = await BeginAsync(host);
        await browser.SendAsync("GET", host.Provider.Visit(await host.PressAsync(browser, flow, ("provider", "acme"))));
        var payload = (await host.JsonAsync("GET", $"/self-service/login/flows?id={Id(flow)}", browser)).Body.GetProperty("test_context").GetProperty("debug_payload");
        payload.GetProperty("error").GetProperty("step").GetString().ShouldBe("schema_validate");
        payload.GetProperty("schema_validation_errors")[0].GetProperty("path").GetString().ShouldBe("/traits/email");
    }

    [Theory]
    [InlineData("""{"provider_id":"nobody"}""", HttpStatusCode.NotFound)]
    [InlineData("""{"provider_id":""}""", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    public async Task Only_configured_providers_can_be_tried(string body, HttpStatusCode expected)
    {
        await using var host = await SocialHost.StartAsync("sqlite");
        using var answer = await RunningServer.SendAsync(host.Server.Admin, "POST", "/admin/test-login-flows", body);
        answer.StatusCode.ShouldBe(expected);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await host.JsonAsync("DELETE", "/self-service/login/test?id=2d8aee0c-6c1e-4d6c-a5c3-0f7b3b4c2f0d")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<JsonElement> BeginAsync(SocialHost host)
    {
        using var answer = await RunningServer.SendAsync(host.Server.Admin, "POST", "/admin/test-login-flows", """{"provider_id":"acme"}""");
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }

    private static string Id(JsonElement flow) => flow.GetProperty("id").GetString()!;
}

using System.Net;
using Ascent.Tests.Identities;
using Shouldly;
using static Ascent.Tests.Methods.Code.CodePerson;

namespace Ascent.Tests.Methods.Code;

public sealed class CodeSecondFactorTests
{
    private const string Two = $$"""{"email":"{{Ada}}","phone":"{{Phone}}"}""";

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task To_the_only_address_the_code_is_sent_at_once_and_raises_the_session(string engine)
    {
        await using var host = await StartAsync(engine, SecondFactor);
        await AddAsync(host);
        var token = await host.SignInAsync();
        var flow = await host.BeginStepUpAsync(token);
        ((string?)flow["state"]).ShouldBe("sent_email");
        flow.Nodes().ShouldBe(["code/identifier", "code/method", "code/code", "code/method", "code/resend"]);
        var code = await CodeAsync(host, Ada);
        (await SendAsync(host, flow, """{"method":"code"}""", token: token)).Messages().ShouldBe([4000002]);
        (await SendAsync(host, flow, $$"""{"method":"code","code":"{{Other(code)}}"}""", token: token)).Messages().ShouldBe([4010008]);
        (await host.AalAsync(token)).ShouldBe("aal1");
        (await SendAsync(host, flow, $$"""{"method":"code","code":"{{code}}"}""", token: token)).ShouldBe(HttpStatusCode.OK);
        (await host.AalAsync(token)).ShouldBe("aal2");
        (await SendAsync(host, flow, $$"""{"method":"code","code":"{{code}}"}""", token: token)).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Of_several_addresses_one_is_chosen_and_nobody_elses_is_written_to(string engine)
    {
        await using var host = await StartAsync(engine, SecondFactor);
        await AddAsync(host, Two);
        await AddAsync(host, $$"""{"email":"{{Work}}"}""");
        var token = await host.SignInAsync();
        var flow = await host.BeginStepUpAsync(token);
        flow.Nodes().ShouldBe(["code/address", "code/address"]);
        (await MessagesAsync(host)).ShouldBeEmpty();
        (await SendAsync(host, flow, $$"""{"address":"{{Work}}"}""", token: token)).Messages().ShouldBe([4000035]);
        (await SendAsync(host, flow, """{"address":"stranger@example.org"}""", token: token)).Messages().ShouldBe([4000035]);
        (await MessagesAsync(host)).ShouldBeEmpty();

        // A button sends its own name and value alone.
        (await SendAsync(host, flow, $$"""{"address":"{{Phone}}"}""", token: token)).Messages().ShouldBe([1010025]);
        (await SendAsync(host, flow, $$"""{"method":"code","code":"{{await CodeAsync(host, Phone)}}"}""", token: token)).ShouldBe(HttpStatusCode.OK);
        (await host.AalAsync(token)).ShouldBe("aal2");
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Via_names_the_trait_with_the_address(string engine)
    {
        await using var host = await StartAsync(engine, SecondFactor);
        await AddAsync(host, """{"username":"adalove","email":"ada@example.org","phone":"+4917612345678"}""");
        var token = await host.SignInAsync();
        var flow = await host.BeginAsync("login", token, "?aal=aal2&via=phone");
        ((string?)flow["state"]).ShouldBe("sent_email");
        (await MessagesAsync(host, Phone)).Length.ShouldBe(1);
        (await host.PublicAsync("GET", "/self-service/login/api?aal=aal2&via=username", token)).ShouldBe(HttpStatusCode.BadRequest);
        (await host.PublicAsync("GET", "/self-service/login/api?aal=aal2&via=nothing.there", token)).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task With_another_factor_beside_it_the_code_waits_to_be_asked_for(string engine)
    {
        await using var host = await StartAsync(engine, SecondFactor);
        (await host.AdminAsync("POST", "/admin/identities", $$$"""
            {"schema_id":"default","traits":{"email":"{{{Ada}}}"},"credentials":{"password":{"config":{"password":"{{{FactorsHost.Password}}}"}},"totp":{"config":{"totp_url":"otpauth://totp/A:ada?secret=JBSWY3DPEHPK3PXP"}} } }
            """)).ShouldBe(HttpStatusCode.Created);
        var token = await host.SignInAsync();
        var flow = await host.BeginStepUpAsync(token);
        flow.Nodes().ShouldBe(["default/csrf_token", "code/address", "totp/totp_code", "totp/method"]);
        (await MessagesAsync(host)).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Codes_of_a_second_factor_are_no_first_factor(string engine)
    {
        await using var host = await StartAsync(engine, SecondFactor, registration: "enable_legacy_one_step: true");
        await AddAsync(host);
        var flow = await host.BeginAsync("login", null);
        flow.Nodes().ShouldNotContain("code/method");
        (await SendAsync(host, flow, $$"""{"method":"code","identifier":"{{Ada}}"}""")).Messages().ShouldBe([4010002]);
        var registration = await host.BeginAsync("registration", null);
        registration.Nodes().ShouldNotContain("code/method");
        (await SendAsync(host, registration, $$$"""{"method":"code","traits":{"email":"{{{Work}}}"}}""", "registration")).ShouldBe(HttpStatusCode.NotFound);
        (await MessagesAsync(host)).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_code_address_makes_the_second_factor_the_highest_available(string engine)
    {
        await using var host = await StartAsync(engine, SecondFactor, more: "session: { whoami: { required_aal: highest_available } }");
        await AddAsync(host);
        var token = await host.SignInAsync();
        (await host.PublicAsync("GET", "/sessions/whoami", token)).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_refresh_may_offer_the_addresses(string engine)
    {
        await using var host = await StartAsync(engine, more: "feature_flags: { refresh_login_choose_address: true }");
        await AddAsync(host, Two);
        var token = await host.SignInAsync();
        var flow = await host.BeginAsync("login", token, "?refresh=true");
        flow.Nodes().Count(n => n == "code/address").ShouldBe(2);
        (await SendAsync(host, flow, $$"""{"method":"code","address":"{{Ada}}"}""", token: token)).Messages().ShouldBe([1010025]);
        var done = await SendAsync(host, flow, $$"""{"method":"code","identifier":"{{Ada}}","code":"{{await CodeAsync(host, Ada)}}"}""", token: token);
        done.ShouldBe(HttpStatusCode.OK).Json.At("session/authentication_methods").GetArrayLength().ShouldBe(2);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Wrong_codes_lock_the_factor(string engine)
    {
        await using var host = await StartAsync(engine, SecondFactor, more: "security: { throttle: { factor: { max_failures: 2 } } }");
        await AddAsync(host);
        var token = await host.SignInAsync();
        for (var i = 0; i < 2; i++)
        {
            var flow = await host.BeginStepUpAsync(token);
            host.Time.Advance(TimeSpan.FromSeconds(1));
            (await SendAsync(host, flow, $$"""{"method":"code","code":"{{Other(await CodeAsync(host, Ada))}}"}""", token: token)).Messages().ShouldBe([4010008]);
        }
        var locked = await host.BeginStepUpAsync(token);
        (await SendAsync(host, locked, """{"method":"code","code":"123456"}""", token: token)).ShouldBe(HttpStatusCode.TooManyRequests);
    }
}

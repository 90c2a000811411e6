using System.Net;
using Ascent.Tests.Identities;
using Shouldly;

namespace Ascent.Tests.Flows.Recovery;

public sealed class CodeRecoveryTests
{
    private const int Many = 20;
    private const string ManyTries = "{ selfservice: { methods: { code: { config: { max_submissions: 200 } } } }, security: { throttle: { identifier: { max_failures: 1000 }, address: { max_failures: 1000 } } } }";

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_code_brings_a_browser_to_settings_that_it_may_change(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine);
        var id = await host.AddAsync();
        var browser = host.FormBrowser();
        var flow = await browser.AskAsync(query: "?return_to=http://app.example.org/back");
        var wrong = await browser.ProveAsync(flow, "00000x");
        (await browser.FetchAsync(wrong.ShouldBe(HttpStatusCode.SeeOther).Location())).Messages().ShouldBe([4060006]);
        (await host.IsVerifiedAsync(id)).ShouldBeFalse();

        var done = await browser.ProveAsync(flow, await host.CodeAsync());
        done.ShouldBe(HttpStatusCode.SeeOther).Location().ShouldStartWith("http://app.example.org/settings?flow=");
        (await host.IsVerifiedAsync(id)).ShouldBeTrue();
        var session = (await browser.SendAsync("GET", "/sessions/whoami")).ShouldBe(HttpStatusCode.OK).Json;
        session.GetProperty("authenticator_assurance_level").GetString().ShouldBe("aal1");
        session.At("authentication_methods/0/method").GetString().ShouldBe("code_recovery");
        var settings = await browser.FetchAsync(done.Location(), "settings");
        settings.Messages().ShouldBe([1060001]);
        ((string)settings["return_to"]!).ShouldBe("http://app.example.org/back");
        (await browser.SubmitAsync(settings, ("method", "password"), ("password", RecoveryHost.NewPassword))).ShouldBe(HttpStatusCode.SeeOther).Location().ShouldBe("http://app.example.org/back");
        (await host.EventsAsync()).ShouldBe(["recovery.completed", "recovery.failed", "recovery.requested"]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task One_code_sent_many_times_at_once_opens_one_session(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine, ManyTries);
        await host.AddAsync();
        var app = host.App();
        var flow = await app.AskAsync();
        var code = await host.CodeAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => app.ProveAsync(flow, code)));
        answers.Count(a => a.Status == HttpStatusCode.UnprocessableEntity).ShouldBe(1);
        answers.Where(a => a.Status != HttpStatusCode.UnprocessableEntity).ShouldAllBe(a => a.Status == HttpStatusCode.SeeOther);
        (await host.CountAsync("session")).ShouldBe(1);
        (await host.CountAsync("flow where kind = 'settings'")).ShouldBe(1);
        (await host.EventsAsync()).Count(e => e == "recovery.completed").ShouldBe(1);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_code_is_over_when_it_was_used_replaced_or_too_old(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine, "{ selfservice: { methods: { code: { config: { lifespan: 10m } } } } }");
        await host.AddAsync();
        var app = host.App();
        var flow = await app.AskAsync();
        var first = await host.CodeAsync();
        host.Time.Advance(TimeSpan.FromSeconds(1));
        (await app.SubmitAsync(flow, ("method", "code"), ("email", RecoveryHost.Ada))).ShouldBe(HttpStatusCode.OK);
        var second = await host.CodeAsync();
        if (first != second) (await app.ProveAsync(flow, first)).ShouldBe(HttpStatusCode.OK).Messages().ShouldBe([4060006]);
        host.Time.Advance(TimeSpan.FromMinutes(11));
        (await app.ProveAsync(flow, second)).ShouldBe(HttpStatusCode.OK).Messages().ShouldBe([4060006]);

        var native = host.Native();
        var fresh = await native.AskAsync();
        var code = await host.CodeAsync();
        (await native.ProveAsync(fresh, code)).ShouldBe(HttpStatusCode.UnprocessableEntity);
        var again = await native.ProveAsync(fresh, code);
        var next = await native.FetchAsync(again.ShouldBe(HttpStatusCode.SeeOther).Location());
        next.Messages().ShouldBe([4000001]);
        ((string)next["state"]!).ShouldBe("choose_method");
        (await native.FetchAsync((await native.SubmitAsync(fresh, ("method", "code"), ("email", RecoveryHost.Ada))).ShouldBe(HttpStatusCode.SeeOther).Location())).Messages().ShouldBe([4060001]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task After_too_many_wrong_codes_the_right_one_is_not_looked_at(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine, "{ selfservice: { methods: { code: { config: { max_submissions: 3 } } } } }");
        await host.AddAsync();
        var native = host.Native();
        var flow = await native.AskAsync();
        for (var i = 0; i < 3; i++) (await native.ProveAsync(flow, "00000x")).ShouldBe(HttpStatusCode.OK).Messages().ShouldBe([4060006]);
        var over = await native.ProveAsync(flow, await host.CodeAsync());
        (await native.FetchAsync(over.ShouldBe(HttpStatusCode.SeeOther).Location())).Messages().ShouldBe([4000001]);
        (await host.CountAsync("session")).ShouldBe(0);
    }

    [Fact]
    public async Task Guessing_is_counted_over_all_flows_and_apart_from_signing_in()
    {
        await using var host = await RecoveryHost.StartAsync("sqlite", "{ security: { throttle: { identifier: { max_failures: 3 } } } }");
        await host.AddAsync();
        var native = host.Native();
        for (var i = 0; i < 3; i++) (await native.ProveAsync(await native.AskAsync(), "00000x")).ShouldBe(HttpStatusCode.OK);
        var flow = await native.AskAsync();
        (await native.ProveAsync(flow, await host.CodeAsync())).Status.ShouldBe(HttpStatusCode.TooManyRequests);
        var login = await native.BeginAsync(flow: "login");
        (await native.SubmitAsync(login, ("method", "password"), ("identifier", RecoveryHost.Ada), ("password", RecoveryHost.Password))).ShouldBe(HttpStatusCode.OK);
        host.Time.Advance(TimeSpan.FromMinutes(16));
        (await native.ProveAsync(await native.AskAsync(), await host.CodeAsync())).ShouldBe(HttpStatusCode.UnprocessableEntity);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_flow_that_is_over_is_replaced(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine, "{ selfservice: { flows: { recovery: { lifespan: 5m } } }, feature_flags: { use_continue_with_transitions: true } }");
        await host.AddAsync();
        var (native, app, browser) = (host.Native(), host.App(), host.FormBrowser());
        var (ofNative, ofApp, ofBrowser) = (await native.BeginAsync(), await app.BeginAsync(), await browser.BeginAsync());
        host.Time.Advance(TimeSpan.FromMinutes(6));
        (await native.ReadAsync((string)ofNative["id"]!)).ShouldBe(HttpStatusCode.Gone).Error.GetProperty("id").GetString().ShouldBe("self_service_flow_expired");
        (await app.ReadAsync((string)ofApp["id"]!)).ShouldBe(HttpStatusCode.Gone).Error.TryGetProperty("id", out _).ShouldBeFalse();

        var gone = (await native.SubmitAsync(ofNative, ("method", "code"), ("email", RecoveryHost.Ada))).ShouldBe(HttpStatusCode.Gone).Json;
        var next = gone.GetProperty("use_flow_id").GetString()!;
        gone.At("error/details/continue_with/0/flow/id").GetString().ShouldBe(next);
        (await native.FetchAsync("id=" + next)).Messages().ShouldBe([4060005]);
        var late = await app.SubmitAsync(ofApp, ("method", "code"), ("email", RecoveryHost.Ada));
        late.ShouldBe(HttpStatusCode.SeeOther).Location().ShouldContain("/self-service/recovery/flows?id=");
        (await app.FetchAsync(late.Location())).Messages().ShouldBe([4060005]);
        var page = await browser.SubmitAsync(ofBrowser, ("method", "code"), ("email", RecoveryHost.Ada));
        page.ShouldBe(HttpStatusCode.SeeOther).Location().ShouldStartWith("http://app.example.org/recovery?flow=");
        (await browser.FetchAsync(page.Location())).Messages().ShouldBe([4060005]);
        (await host.MessagesAsync(RecoveryHost.Ada)).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Who_may_not_have_sessions_gets_none_but_the_address_is_proven(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine, "{ feature_flags: { use_continue_with_transitions: true } }");
        var id = await host.AddAsync(state: "inactive");
        var native = host.Native();
        var flow = await native.AskAsync();
        var error = (await native.ProveAsync(flow, await host.CodeAsync())).ShouldBe(HttpStatusCode.BadRequest).Error;
        error.GetProperty("id").GetString().ShouldBe("identity_disabled");
        var next = error.At("details/continue_with/0/flow/id").GetString()!;
        (await native.FetchAsync("id=" + next)).Messages().ShouldBe([4010011]);
        (await host.IsVerifiedAsync(id)).ShouldBeTrue();
        (await host.CountAsync("session")).ShouldBe(0);
        (await native.ProveAsync(flow, await host.CodeAsync())).ShouldBe(HttpStatusCode.BadRequest).Error.TryGetProperty("id", out _).ShouldBeFalse();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_native_app_gets_its_session_with_continue_with(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine, "{ feature_flags: { use_continue_with_transitions: true } }");
        await host.AddAsync();
        var native = host.Native();
        var flow = await native.AskAsync();
        var done = (await native.ProveAsync(flow, await host.CodeAsync())).ShouldBe(HttpStatusCode.OK).Json;
        native.Token = done.At("continue_with/0/ory_session_token").GetString();
        var settings = await native.FetchAsync("id=" + done.At("continue_with/1/flow/id").GetString(), "settings");
        (await native.SubmitAsync(settings, ("method", "password"), ("password", RecoveryHost.NewPassword))).ShouldBe(HttpStatusCode.OK);
        native.Token = null;
        var again = (await native.ProveAsync(flow, await host.CodeAsync())).ShouldBe(HttpStatusCode.BadRequest).Error;
        again.At("details/continue_with/0/action").GetString().ShouldBe("show_recovery_ui");
    }
}

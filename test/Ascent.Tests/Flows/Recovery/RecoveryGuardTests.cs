using System.Net;
using System.Text.Json.Nodes;
using Ascent.Tests.Flows.Hooks;
using Ascent.Tests.Identities;
using Shouldly;

namespace Ascent.Tests.Flows.Recovery;

/// <summary>What recovery must not allow.</summary>
public sealed class RecoveryGuardTests
{
    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_second_factor_is_still_demanded(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine,
            "{ session: { whoami: { required_aal: highest_available } }, selfservice: { flows: { settings: { required_aal: highest_available } } }, feature_flags: { use_continue_with_transitions: true } }");
        var id = await host.AddAsync(credentials: """, "totp":{"config":{"totp_url":"otpauth://totp/Ascent:ada@example.org?secret=JBSWY3DPEHPK3PXP&issuer=Ascent"}}""");
        var app = host.App();
        var flow = await app.AskAsync();
        var done = (await app.ProveAsync(flow, await host.CodeAsync())).ShouldBe(HttpStatusCode.OK).Json;
        (await app.SendAsync("GET", "/sessions/whoami")).ShouldBe(HttpStatusCode.Forbidden).Error.GetProperty("id").GetString().ShouldBe("session_aal2_required");
        var settings = done.At("continue_with/0/flow/id").GetString()!;
        (await app.ReadAsync(settings, "settings")).ShouldBe(HttpStatusCode.Forbidden).Error.GetProperty("id").GetString().ShouldBe("session_aal2_required");
        (await app.SendAsync("POST", $"/self-service/settings?flow={settings}", new JsonObject { ["method"] = "password", ["password"] = RecoveryHost.NewPassword }))
            .ShouldBe(HttpStatusCode.Forbidden).Error.GetProperty("id").GetString().ShouldBe("session_aal2_required");
        var sessions = (await host.AdminAsync("GET", $"/admin/identities/{id}/sessions")).ShouldBe(HttpStatusCode.OK).Json;
        sessions.At("0/authenticator_assurance_level").GetString().ShouldBe("aal1");
    }

    [Fact]
    public async Task A_flow_belongs_to_the_browser_that_began_it()
    {
        await using var host = await RecoveryHost.StartAsync("sqlite");
        await host.AddAsync();
        var (app, other) = (host.App(), host.App());
        var flow = await app.BeginAsync();
        (await other.ReadAsync((string)flow["id"]!)).ShouldBe(HttpStatusCode.Forbidden).Error.GetProperty("id").GetString().ShouldBe("security_csrf_violation");
        // The other's cookie does not fit the token in this form.
        (await other.SubmitAsync(flow, ("method", "code"), ("email", RecoveryHost.Ada))).ShouldBe(HttpStatusCode.Forbidden);
        (await app.SendAsync("POST", $"/self-service/recovery?flow={flow["id"]}", new JsonObject { ["method"] = "code", ["email"] = RecoveryHost.Ada })).ShouldBe(HttpStatusCode.Forbidden);
        (await host.MessagesAsync(RecoveryHost.Ada)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_link_alone_sends_nothing()
    {
        await using var host = await RecoveryHost.StartAsync("sqlite");
        await host.AddAsync();
        var native = host.Native();
        var flow = await native.BeginAsync();
        (await native.SendAsync("GET", $"/self-service/recovery?flow={flow["id"]}&method=code&email={RecoveryHost.Ada}")).ShouldBe(HttpStatusCode.BadRequest).Messages().ShouldBe([4000001]);
        var sent = await native.AskAsync();
        (await native.SendAsync("GET", $"/self-service/recovery?flow={sent["id"]}&code={await host.CodeAsync()}")).ShouldBe(HttpStatusCode.BadRequest);
        (await host.CountAsync("session")).ShouldBe(0);
    }

    [Fact]
    public async Task Who_is_signed_in_has_nothing_to_recover()
    {
        await using var host = await RecoveryHost.StartAsync("sqlite");
        await host.AddAsync();
        var browser = host.FormBrowser();
        var flow = await browser.AskAsync();
        (await browser.ProveAsync(flow, await host.CodeAsync())).ShouldBe(HttpStatusCode.SeeOther);
        (await browser.SendAsync("GET", "/self-service/recovery/browser", json: false)).ShouldBe(HttpStatusCode.Found).Location().ShouldBe("http://app.example.org/");
        (await browser.SendAsync("GET", "/self-service/recovery/browser")).ShouldBe(HttpStatusCode.BadRequest).Error.GetProperty("id").GetString().ShouldBe("session_already_available");
    }

    [Fact]
    public async Task Where_recovery_is_off_nobody_recovers_by_themselves()
    {
        await using var host = await RecoveryHost.StartAsync("sqlite", "{ selfservice: { flows: { recovery: { enabled: false } } } }");
        var native = host.Native();
        (await native.SendAsync("GET", "/self-service/recovery/api")).ShouldBe(HttpStatusCode.BadRequest);
        (await native.SendAsync("GET", $"/self-service/recovery/flows?id={Guid.NewGuid()}")).ShouldBe(HttpStatusCode.BadRequest);
        (await native.SendAsync("POST", $"/self-service/recovery?flow={Guid.NewGuid()}", [])).ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task The_hook_ends_all_other_sessions(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine, "{ selfservice: { flows: { recovery: { after: { hooks: [ { hook: revoke_active_sessions } ] } } } } }");
        await host.AddAsync();
        var owner = host.Native();
        var login = await owner.BeginAsync(flow: "login");
        owner.Token = (await owner.SubmitAsync(login, ("method", "password"), ("identifier", RecoveryHost.Ada), ("password", RecoveryHost.Password))).ShouldBe(HttpStatusCode.OK).Json.GetProperty("session_token").GetString();
        var app = host.App();
        (await app.ProveAsync(await app.AskAsync(), await host.CodeAsync())).ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await owner.SendAsync("GET", "/sessions/whoami")).ShouldBe(HttpStatusCode.Unauthorized);
        (await app.SendAsync("GET", "/sessions/whoami")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Settings_are_skipped_where_that_was_asked_for()
    {
        await using var host = await RecoveryHost.StartAsync("sqlite");
        await host.AddAsync();
        var (browser, app) = (host.FormBrowser(), host.App());
        var flow = await browser.AskAsync(query: "?skip_settings=true&return_to=http://app.example.org/home");
        (await browser.ProveAsync(flow, await host.CodeAsync())).ShouldBe(HttpStatusCode.SeeOther).Location().ShouldBe("http://app.example.org/home");
        browser.HasSession.ShouldBeTrue();
        var script = await app.AskAsync(query: "?skip_settings=true");
        (await app.ProveAsync(script, await host.CodeAsync())).ShouldBe(HttpStatusCode.UnprocessableEntity).Json.GetProperty("redirect_browser_to").GetString().ShouldBe("http://app.example.org/");
        (await host.CountAsync("flow where kind = 'settings'")).ShouldBe(0);
        (await app.SendAsync("GET", "/self-service/recovery/browser?return_to=http://evil.example.org/")).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_failing_hook_uses_nothing_up()
    {
        await using var receiver = await HookReceiver.StartAsync();
        await using var host = await RecoveryHost.StartAsync("sqlite",
            $$"""{ selfservice: { flows: { recovery: { after: { hooks: [ { hook: web_hook, config: { url: "{{receiver.Url}}/after", method: POST, body: "base64://e30=" } } ] } } } } }""");
        await host.AddAsync();
        var app = host.App();
        var flow = await app.AskAsync();
        receiver.Answer = _ => (400, "{}");
        (await app.ProveAsync(flow, await host.CodeAsync())).Status.ShouldBe(HttpStatusCode.BadGateway);
        (await host.CountAsync("session")).ShouldBe(0);
        receiver.Answer = _ => null;
        (await app.ProveAsync(flow, await host.CodeAsync())).ShouldBe(HttpStatusCode.UnprocessableEntity);
    }
}

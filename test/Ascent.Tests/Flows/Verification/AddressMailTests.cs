using System.Net;
using System.Text.Json;
using Ascent.Tests.Flows.Registration;
using Ascent.Tests.Flows.Settings;
using Shouldly;
using static Ascent.Tests.Flows.Verification.Verifying;

namespace Ascent.Tests.Flows.Verification;

/// <summary>Addresses that are written to because something else happened.</summary>
public sealed class AddressMailTests
{
    private const string Shown = "registration: { style: unified, after: { password: { hooks: [ { hook: session }, { hook: show_verification_ui } ] } } }";

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Who_signs_up_is_written_to_and_shown_where_to_go_on(string engine)
    {
        await using var server = await ServerAsync(engine, Shown);
        var (status, body) = await Registering.NativelyAsync(server, Registering.Body(Ada));
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        body.GetProperty("identity").GetProperty("verifiable_addresses")[0].GetProperty("status").GetString().ShouldBe("sent");
        body.GetProperty("continue_with").EnumerateArray().Select(c => c.GetProperty("action").GetString()).ShouldBe(["show_verification_ui", "set_ory_session_token"]);
        ShowVerification(body).TryGetProperty("url", out _).ShouldBeFalse();
        var mail = (await MailsAsync(server)).Single();
        mail.FlowId.ShouldBe(ShowVerification(body).GetProperty("id").GetString());
        var (_, passed) = await SubmitAsync(server, SubmitPath(mail.FlowId), new { method = "code", code = mail.Code });
        passed.GetProperty("state").GetString().ShouldBe("passed_challenge");
        (await SignIn.WhoamiAsync(server, body.GetProperty("session_token").GetString()!)).Body.GetProperty("identity").GetProperty("verifiable_addresses")[0].GetProperty("verified").GetBoolean().ShouldBeTrue();

        // Whoever is taken already is not written to.
        (await Registering.NativelyAsync(server, Registering.Body(Ada))).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await MailsAsync(server)).Count.ShouldBe(1);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_browser_goes_to_the_verification_and_from_there_where_it_wanted(string engine)
    {
        await using var server = await ServerAsync(engine, Shown);
        var browser = new FormBrowser(server);
        var (_, page) = await browser.SendAsync("GET", "/self-service/registration/browser?return_to=http://127.0.0.1:4455/a&after_verification_return_to=http://127.0.0.1:4455/b");
        var form = await browser.FetchAsync("registration", page);
        var (status, location) = await browser.SendAsync("POST", Browser.ActionOf(form), ("csrf_token", Browser.CsrfOf(form)), ("method", "password"), ("traits.email", Ada), ("password", SignIn.Password));
        status.ShouldBe(HttpStatusCode.SeeOther);
        location.ShouldStartWith("http://127.0.0.1:4455/verification?flow=");
        var flow = await browser.FetchAsync("verification", location);
        var (sent, _) = await browser.SendAsync("POST", Browser.ActionOf(flow), ("csrf_token", Browser.CsrfOf(flow)), ("method", "code"), ("code", (await LastMailAsync(server, Ada)).Code!));
        sent.ShouldBe(HttpStatusCode.SeeOther);
        (await browser.FetchAsync("verification", location)).GetProperty("ui").GetProperty("action").GetString().ShouldBe("http://127.0.0.1:4455/b");
    }

    [Fact]
    public async Task A_forbidden_way_on_is_refused_before_anything_is_written()
    {
        await using var server = await ServerAsync("sqlite", Shown);
        var action = await SignIn.BeginAsync(server, "registration", "?after_verification_return_to=https://evil.example.org");
        var (status, body) = await SubmitAsync(server, action, Registering.Body(Ada));
        status.ShouldBe(HttpStatusCode.BadRequest);
        body.GetProperty("error").GetProperty("id").GetString().ShouldBe("self_service_flow_return_to_forbidden");
        (await Registering.CountAsync(server, "identities")).ShouldBe(0);
        (await MailsAsync(server)).ShouldBeEmpty();
    }

    [Theory, InlineData(false, 1), InlineData(true, 2)]
    public async Task Of_several_addresses_the_first_is_written_to_or_as_old_pages_want_it_all(bool legacy, int count)
    {
        await using var server = await ServerAsync("sqlite", more: $"feature_flags: {{ legacy_continue_with_verification_ui: {(legacy ? "true" : "false")} }}");
        var (status, body) = await Registering.NativelyAsync(server, new { method = "password", password = SignIn.Password, traits = new { email = Ada, contact = "contact@example.org" } });
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        (await MailsAsync(server)).Count.ShouldBe(count);
        body.GetProperty("identity").GetProperty("verifiable_addresses").EnumerateArray().Count(a => a.GetProperty("status").GetString() == "sent").ShouldBe(count);
        body.GetProperty("continue_with").EnumerateArray().Count(c => c.GetProperty("action").GetString() == "show_verification_ui").ShouldBe(legacy ? 2 : 0);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Any_change_of_settings_writes_to_addresses_that_were_never_written_to(string engine)
    {
        await using var server = await ServerAsync(engine);
        var id = await SignIn.PersonAsync(server, Ada);
        var token = await SignIn.NativelyAsync(server, Ada);
        var action = await SignIn.BeginAsync(server, "settings", token: token);
        (await MailsAsync(server)).ShouldBeEmpty();
        var (status, body, _) = await SignIn.SubmitAsync(server, action, new { method = "password", password = "another-horse-battery-8" }, token);
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        body.GetProperty("identity").GetProperty("verifiable_addresses")[0].GetProperty("status").GetString().ShouldBe("sent");
        body.TryGetProperty("continue_with", out _).ShouldBeFalse();
        (await AddressesAsync(server, id)).ShouldBe([(Ada, false, "sent")]);
        var mail = (await MailsAsync(server)).Single();

        (await SignIn.SubmitAsync(server, action, new { method = "profile", traits = new { email = Ada, note = "x" } }, token)).Status.ShouldBe(HttpStatusCode.OK);
        (await MailsAsync(server)).Count.ShouldBe(1);
        await SubmitAsync(server, SubmitPath(mail.FlowId), new { method = "code", code = mail.Code });
        (await AddressesAsync(server, id)).ShouldBe([(Ada, true, "completed")]);

        (status, body, _) = await SignIn.SubmitAsync(server, action, new { method = "profile", traits = new { email = Ada, contact = "one@example.org" } }, token);
        status.ShouldBe(HttpStatusCode.OK);
        (await AddressesAsync(server, id)).ShouldBe([(Ada, true, "completed"), ("one@example.org", false, "sent")]);
        // Refused changes send nothing.
        (await SignIn.SubmitAsync(server, action, new { method = "profile", traits = new { email = Ada, contact = "nonsense" } }, token)).Status.ShouldBe(HttpStatusCode.BadRequest);
        (await MailsAsync(server)).Select(m => m.To).ShouldBe([Ada, "one@example.org"]);
    }

    [Fact]
    public async Task Settings_show_the_verification_where_a_hook_says_so()
    {
        await using var server = await ServerAsync("sqlite", "settings: { ui_url: \"http://127.0.0.1:4455/settings\", after: { profile: { hooks: [ { hook: show_verification_ui } ] } } }");
        await SignIn.PersonAsync(server, Ada);
        var browser = new Browser(server);
        var login = await browser.BeginAsync();
        await browser.SendAsync("POST", Browser.ActionOf(login), new { method = "password", identifier = Ada, password = SignIn.Password, csrf_token = Browser.CsrfOf(login) });
        var settings = await browser.BeginAsync("settings");
        var (status, body) = await browser.SendAsync("POST", Browser.ActionOf(settings), new { method = "profile", traits = new { email = New }, csrf_token = Browser.CsrfOf(settings) });
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        body.GetProperty("continue_with").EnumerateArray().Select(c => c.GetProperty("action").GetString()).ShouldBe(["show_verification_ui", "redirect_browser_to"]);
        var (read, flow) = await browser.SendAsync("GET", $"/self-service/verification/flows?id={ShowVerification(body).GetProperty("id").GetString()}");
        read.ShouldBe(HttpStatusCode.OK);
        var (resent, _) = await browser.SendAsync("POST", Browser.ActionOf(flow), new { method = "code", email = New, csrf_token = Browser.CsrfOf(flow) });
        resent.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("removed", "ada@example.org")]
    [InlineData("all_verified", "old@example.org")]
    [InlineData("all", "ada@example.org old@example.org")]
    public async Task Former_addresses_are_told_of_a_change(string recipients, string told)
    {
        await using var server = await ServerAsync("sqlite", $"settings: {{ after: {{ profile: {{ hooks: [ {{ hook: notify_previous_addresses, config: {{ recipients: {recipients} }} }} ] }} }} }}");
        await server.CreateAsync(JsonSerializer.Serialize(new
        {
            schema_id = "default", traits = new { email = Ada, contact = "old@example.org" }, credentials = new { password = new { config = new { password = SignIn.Password } } },
            verifiable_addresses = new[] { new { value = "old@example.org", via = "email", verified = true, status = "completed" } },
        }));
        var token = await SignIn.NativelyAsync(server, Ada);
        var action = await SignIn.BeginAsync(server, "settings", token: token);
        await SignIn.SubmitAsync(server, action, new { method = "profile", traits = new { email = Ada, contact = "old@example.org", note = "no address changes" } }, token);
        (await MailsAsync(server)).ShouldAllBe(m => m.Template == "verification_code_valid");
        (await SignIn.SubmitAsync(server, action, new { method = "profile", traits = new { email = New, contact = "old@example.org" } }, token)).Status.ShouldBe(HttpStatusCode.OK);
        (await MailsAsync(server)).Where(m => m.Template == "verifiable_address_changed").Select(m => m.To).Order().ShouldBe(told.Split(' '));
    }
}

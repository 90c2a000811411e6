using System.Net;
using System.Text.Json;
using Ascent.Methods.Totp;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Flows.Settings;

/// <summary>Pages of others send a button alone: its name and value and the token, without the method.</summary>
public sealed class SettingsButtonsTests
{
    private const string Ada = "ada@example.org";
    private const string Generate = "lookup_secret_regenerate", Confirm = "lookup_secret_confirm", Reveal = "lookup_secret_reveal", Disable = "lookup_secret_disable", Codes = "lookup_secret_codes";

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task Backup_codes_are_made_shown_and_taken_away_by_their_buttons_alone(string engine)
    {
        await using var server = await RunningServer.StartAsync(engine, Factors);
        var (browser, flow) = await OpenAsync(server);

        flow = await PressAsync(browser, flow, (Generate, "true"));
        Ids(flow).ShouldContain(Codes);
        Ids(flow).ShouldContain(Confirm);
        flow = await PressAsync(browser, flow, (Confirm, "true"));
        SignIn.Messages(flow).ShouldBe([1050001]);
        Ids(flow).ShouldContain(Disable);
        flow = await PressAsync(browser, flow, (Reveal, "true"));
        Ids(flow).ShouldContain(Codes);
        flow = await PressAsync(browser, flow, (Disable, "true"));
        SignIn.Messages(flow).ShouldBe([1050001]);
        Ids(flow).ShouldContain(Generate);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task An_authenticator_is_linked_by_its_form_and_unlinked_by_its_button_alone(string engine)
    {
        var time = new ManualTime();
        await using var server = await RunningServer.StartAsync(engine, Factors, time);
        var (browser, flow) = await OpenAsync(server);
        var secret = Attributes(flow).First(a => IdOf(a) == "totp_secret_key").GetProperty("text").GetProperty("text").GetString()!;
        var code = TotpKey.FromText(secret)!.Code(TotpKey.StepAt(time.GetUtcNow()));

        flow = await PressAsync(browser, flow, ("totp_code", code), ("method", "totp"));
        SignIn.Messages(flow).ShouldBe([1050001]);
        flow = await PressAsync(browser, flow, ("totp_unlink", "true"));
        SignIn.Messages(flow).ShouldBe([1050001]);
        Ids(flow).ShouldContain("totp_secret_key");
    }

    [Theory]
    [InlineData("on", 4000001)]
    [InlineData("yes", 4000001)]
    [InlineData("false", 4010004)]
    [InlineData("0", 4010004)]
    [InlineData("", 4010004)]
    public async Task What_does_not_mean_yes_presses_no_button(string word, int message)
    {
        await using var server = await RunningServer.StartAsync("sqlite", Factors);
        var (browser, flow) = await OpenAsync(server);
        foreach (var method in (string[])["", "lookup_secret"])
        {
            flow = await PressAsync(browser, flow, (Generate, word), ("method", method));
            SignIn.Messages(flow).ShouldBe([message]);
            Ids(flow).ShouldNotContain(Codes);
            Ids(flow).ShouldContain(Generate);
        }
    }

    [Theory]
    [InlineData("1")]
    [InlineData("T")]
    [InlineData("TRUE")]
    [InlineData("True")]
    public async Task What_means_yes_presses_it_and_the_last_of_several_counts(string word)
    {
        await using var server = await RunningServer.StartAsync("sqlite", Factors);
        var (browser, flow) = await OpenAsync(server);
        flow = await PressAsync(browser, flow, (Generate, word), (Generate, "false"));
        SignIn.Messages(flow).ShouldBe([4010004]);
        flow = await PressAsync(browser, flow, (Generate, "false"), (Generate, word));
        Ids(flow).ShouldContain(Codes);
    }

    [Fact]
    public async Task Another_forms_method_stands_before_a_button_of_a_later_one()
    {
        await using var server = await RunningServer.StartAsync("sqlite", Factors);
        var (browser, flow) = await OpenAsync(server);
        flow = await PressAsync(browser, flow, ("method", "profile"), ("traits.email", Ada), (Generate, "on"));
        SignIn.Messages(flow).ShouldBe([1050001]);
        Ids(flow).ShouldNotContain(Codes);
    }

    [Theory]
    [InlineData("0s")]
    [InlineData("1ns")]
    public async Task Where_the_window_is_nothing_nothing_protected_changes(string window)
    {
        await using var server = await RunningServer.StartAsync("sqlite", config => Factors(config, window), new ManualTime());
        await SignIn.PersonAsync(server, Ada);
        var token = await SignIn.NativelyAsync(server, Ada);
        var action = await SignIn.BeginAsync(server, "settings", token: token);

        (await SettingsTests.SaveAsync(server, action, token, new { email = "new@example.org" })).Status.ShouldBe(HttpStatusCode.Forbidden);
        foreach (var body in (object[])[new { lookup_secret_regenerate = true }, new { method = "password", password = "another-good-battery-4" }, new { method = "totp", totp_code = "123456" }])
            (await SignIn.SubmitAsync(server, action, body, token)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await SettingsTests.SaveAsync(server, action, token, new { email = Ada, note = "harmless" })).Status.ShouldBe(HttpStatusCode.OK);
    }

    private static string Factors(string config) => Factors(config, "15m");

    private static string Factors(string config, string window) =>
        config.Replace("methods: { password:", "methods: { totp: { enabled: true }, lookup_secret: { enabled: true }, password:", StringComparison.Ordinal)
        + $"\n  flows: {{ settings: {{ ui_url: 'http://127.0.0.1:4455/settings', required_aal: aal1, privileged_session_max_age: {window} }} }}\n";

    private static async Task<(FormBrowser Browser, JsonElement Flow)> OpenAsync(RunningServer server)
    {
        await SignIn.PersonAsync(server, Ada);
        var browser = new FormBrowser(server);
        await browser.SignInAsync(Ada);
        return (browser, await browser.SettingsAsync());
    }

    private static async Task<JsonElement> PressAsync(FormBrowser browser, JsonElement flow, params (string Name, string Value)[] fields)
    {
        var csrf = Attributes(flow).First(a => IdOf(a) == "csrf_token").GetProperty("value").GetString()!;
        var (status, location) = await browser.SendAsync("POST", Browser.ActionOf(flow), [("csrf_token", csrf), .. fields]);
        status.ShouldBe(HttpStatusCode.SeeOther);
        return await browser.FetchAsync("settings", location);
    }

    private static IEnumerable<JsonElement> Attributes(JsonElement flow) => flow.GetProperty("ui").GetProperty("nodes").EnumerateArray().Select(n => n.GetProperty("attributes"));

    private static string[] Ids(JsonElement flow) => [.. Attributes(flow).Select(IdOf)];

    private static string IdOf(JsonElement attributes) => (attributes.TryGetProperty("name", out var name) ? name : attributes.GetProperty("id")).GetString()!;
}

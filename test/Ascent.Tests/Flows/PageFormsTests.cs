using System.Net;
using System.Text.Json;
using Ascent.Tests.Flows.Settings;
using Ascent.Tests.Flows.Verification;
using Ascent.Tests.Running;
using Shouldly;

namespace Ascent.Tests.Flows;

/// <summary>
/// Forms exactly as rendered pages post them: everything of the form that is pressed, a hidden method beside the button's, hidden traits, empty fields that the person left alone.
/// </summary>
public sealed class PageFormsTests
{
    private const string Ada = "ada@example.org", Home = "http://127.0.0.1:4455/";

    /// <summary>So that of two messages one is the later.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(1);

    [Theory, MemberData(nameof(Pages))]
    public async Task A_code_signs_up_after_the_way_back_a_wrong_one_and_a_second_mail(string engine, string style)
    {
        var time = new ManualTime();
        await using var server = await ServerAsync(engine, style, time);
        var page = await PageAsync(server, "registration");
        await page.PostAsync(("traits.email", Ada), ("method", "profile"));
        await page.PostAsync(("traits.email", Ada), ("screen", "previous"));
        page.Names.ShouldContain("traits.email");
        await page.PostAsync(("traits.email", Ada), ("method", "profile"));
        await page.PostAsync(("traits.email", Ada), ("method", "code"));
        page.Messages.ShouldBe([1040005]);
        await WrongThenAnotherAsync(server, time, page, "traits.email", wrong: 4040003, sent: 1040005);
        (await page.Browser.ReadAsync("/sessions/whoami")).GetProperty("identity").GetProperty("traits").GetProperty("email").GetString().ShouldBe(Ada);
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task A_password_signs_up_in_the_second_step_and_in(string engine, string style)
    {
        await using var server = await ServerAsync(engine, style);
        var page = await PageAsync(server, "registration");
        await page.PostAsync(("traits.email", Ada), ("method", "profile"));
        await page.PostAsync(("traits.email", Ada), ("password", "1234567"), ("method", "password"));
        page.Messages.ShouldBe([4000032]);
        await page.PostAsync(("traits.email", Ada), ("password", SignIn.Password), ("method", "password"));
        page.Location.ShouldBe(Home);

        page = await PageAsync(server, "login");
        await NameAsync(page, style);
        await page.PostAsync(("identifier", Ada), ("password", "wrong-wrong"), ("method", "password"));
        page.Messages.ShouldBe([4000006]);
        await page.PostAsync(("identifier", Ada), ("password", SignIn.Password), ("method", "password"));
        page.Location.ShouldBe(Home);
    }

    [Theory, MemberData(nameof(Pages))]
    public async Task A_code_signs_in_after_a_wrong_one_and_a_second_mail(string engine, string style)
    {
        var time = new ManualTime();
        await using var server = await ServerAsync(engine, style, time);
        await SignIn.PersonAsync(server, Ada);
        var page = await PageAsync(server, "login");
        await NameAsync(page, style);
        await page.PostAsync(("identifier", Ada), ("method", "code"));
        page.Messages.ShouldBe([1010014]);
        await WrongThenAnotherAsync(server, time, page, "identifier", wrong: 4010008, sent: 1010014);
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_recovery_takes_its_button_for_another_mail_and_ends_in_the_settings(string engine)
    {
        var time = new ManualTime();
        await using var server = await ServerAsync(engine, "unified", time);
        await SignIn.PersonAsync(server, Ada);
        var page = await PageAsync(server, "recovery");
        await page.PostAsync(("email", Ada), ("method", "code"));
        page.Messages.ShouldBe([1060003]);
        time.Advance(Later);
        await page.PostAsync(("method", "code"), ("code", ""), ("email", Ada));
        page.Messages.ShouldBe([1060003]);
        var code = (await Verifying.LastMailAsync(server, Ada)).Code!;
        await page.PostAsync(("method", "code"), ("code", Other(code)), ("method", "code"));
        page.Messages.ShouldBe([4060006]);
        await page.PostAsync(("method", "code"), ("code", code), ("method", "code"));
        page.Location.ShouldStartWith(Home + "settings?flow=");
    }

    [Theory, MemberData(nameof(TestDatabase.Engines), MemberType = typeof(TestDatabase))]
    public async Task A_verification_takes_a_wrong_code_and_then_the_right_one(string engine)
    {
        await using var server = await ServerAsync(engine, "unified");
        await SignIn.PersonAsync(server, Ada);
        var page = await PageAsync(server, "verification");
        await page.PostAsync(("email", Ada), ("method", "code"));
        page.Messages.ShouldBe([1080003]);
        var code = (await Verifying.LastMailAsync(server, Ada)).Code!;
        await page.PostAsync(("method", "code"), ("code", Other(code)), ("method", "code"));
        page.Messages.ShouldBe([4070006]);
        await page.PostAsync(("method", "code"), ("code", code), ("method", "code"));
        page.Messages.ShouldBe([1080002]);
    }

    public static TheoryData<string, string> Pages()
    {
        var all = new TheoryData<string, string>();
        foreach (var row in TestDatabase.Engines)
            foreach (var style in (string[])["unified", "identifier_first"]) all.Add(row, style);
        return all;
    }

    /// <summary>A wrong code, the button for another mail, and its code, which opens the account.</summary>
    private static async Task WrongThenAnotherAsync(RunningServer server, ManualTime time, Page page, string name, int wrong, int sent)
    {
        var first = (await Verifying.LastMailAsync(server, Ada)).Code!;
        await page.PostAsync((name, Ada), ("method", "code"), ("code", Other(first)), ("method", "code"));
        page.Messages.ShouldBe([wrong]);
        time.Advance(Later);
        await page.PostAsync((name, Ada), ("method", "code"), ("code", ""), ("resend", "code"));
        page.Messages.ShouldBe([sent]);
        await page.PostAsync((name, Ada), ("method", "code"), ("code", (await Verifying.LastMailAsync(server, Ada)).Code!), ("method", "code"));
        page.Location.ShouldBe(Home);
    }

    private static string Other(string code) => code == "000000" ? "000001" : "000000";

    /// <summary>Where the identifier has a page of its own, it comes first.</summary>
    private static Task NameAsync(Page page, string style) => style == "unified" ? Task.CompletedTask : page.PostAsync(("identifier", Ada), ("method", "identifier_first"));

    private static async Task<RunningServer> ServerAsync(string engine, string style, TimeProvider? time = null)
    {
        var workshop = await Workshop.CreateAsync(engine);
        await File.WriteAllTextAsync(workshop.SchemaFile, """
            { "type": "object", "properties": { "traits": { "type": "object", "required": ["email"], "properties": { "email": { "type": "string", "format": "email", "title": "E-Mail", "ory.sh/kratos": {
              "credentials": { "password": { "identifier": true }, "code": { "identifier": true, "via": "email" } }, "verification": { "via": "email" }, "recovery": { "via": "email" } } } } } } }
            """);
        return await RunningServer.StartAsync(workshop, config => config.Replace("methods: { password:", "methods: { code: { enabled: true, passwordless_enabled: true }, password:", StringComparison.Ordinal) + $$"""

              flows:
                login: { ui_url: "{{Home}}login", style: {{style}} }
                registration: { ui_url: "{{Home}}registration", after: { password: { hooks: [ { hook: session } ] }, code: { hooks: [ { hook: session } ] } } }
                recovery: { enabled: true, use: code, ui_url: "{{Home}}recovery" }
                verification: { enabled: true, use: code, ui_url: "{{Home}}verification" }
                settings: { ui_url: "{{Home}}settings" }
            """, time, ownsWorkshop: true);
    }

    private static async Task<Page> PageAsync(RunningServer server, string kind)
    {
        var page = new Page(new FormBrowser(server), kind);
        await page.OpenAsync();
        return page;
    }

    /// <summary>A page of one flow in a browser of its own.</summary>
    private sealed class Page(FormBrowser browser, string kind)
    {
        private JsonElement flow;

        public FormBrowser Browser => browser;
        public string Location { get; private set; } = "";
        public int[] Messages => SignIn.Messages(flow);
        public string[] Names => [.. flow.GetProperty("ui").GetProperty("nodes").EnumerateArray().Select(n => n.GetProperty("attributes")).Where(a => a.TryGetProperty("name", out _)).Select(a => a.GetProperty("name").GetString()!)];

        public async Task OpenAsync() => await ShowAsync(await browser.SendAsync("GET", $"/self-service/{kind}/browser"));

        public async Task PostAsync(params (string Name, string Value)[] fields) =>
            await ShowAsync(await browser.SendAsync("POST", Tests.Flows.Browser.ActionOf(flow), [("csrf_token", Tests.Flows.Browser.CsrfOf(flow)), .. fields]));

        private async Task ShowAsync((HttpStatusCode Status, string Location) answer)
        {
            answer.Status.ShouldBeOneOf(HttpStatusCode.SeeOther, HttpStatusCode.Found);
            Location = answer.Location;
            if (Location.StartsWith($"{Home}{kind}?flow=", StringComparison.Ordinal)) flow = await browser.FetchAsync(kind, Location);
        }
    }
}

using System.Net;
using Ascent.Tests.Identities;
using Shouldly;

namespace Ascent.Tests.Flows.Recovery;

public sealed class LinkRecoveryTests
{
    private const int Many = 20;
    private const string ByLink = "{ selfservice: { flows: { recovery: { use: link } } } }";

    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_link_leads_to_the_settings_whoever_opens_it(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine, ByLink);
        await host.AddAsync();
        await host.App().AskAsync(method: "link");
        (await host.App().SendAsync("GET", await host.LinkAsync())).ShouldBe(HttpStatusCode.SeeOther).Location().ShouldStartWith("http://app.example.org/settings?flow=");
    }

    [Fact]
    public async Task Who_is_signed_in_is_told_so_before_the_token_is_looked_at()
    {
        await using var host = await RecoveryHost.StartAsync("sqlite", ByLink);
        await host.AddAsync();
        var app = host.App();
        var asked = await app.AskAsync(method: "link");
        // By the link of another form: one whose link was followed is over, and says so only to its own browser.
        await app.AskAsync(method: "link");
        await app.SendAsync("GET", await host.LinkAsync());
        app.HasSession.ShouldBeTrue();
        var path = new Uri((string)asked["ui"]!["action"]!).PathAndQuery;
        var refused = await app.SendAsync("POST", path, new System.Text.Json.Nodes.JsonObject { ["csrf_token"] = "old", ["method"] = "link", ["email"] = RecoveryHost.Ada });
        refused.ShouldBe(HttpStatusCode.BadRequest).Json.At("error/id").GetString().ShouldBe("session_already_available");
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_link_works_in_any_browser_and_once(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine, ByLink);
        var id = await host.AddAsync();
        var asking = await host.FormBrowser().AskAsync(method: "link");
        asking.Messages().ShouldBe([1060002]);
        var link = await host.LinkAsync();
        var browser = host.FormBrowser();
        // Programs that look ahead of people open nothing.
        (await browser.SendAsync("HEAD", link, json: false)).Status.ShouldNotBe(HttpStatusCode.InternalServerError);
        var done = await browser.SendAsync("GET", link, json: false);
        done.ShouldBe(HttpStatusCode.SeeOther).Location().ShouldStartWith("http://app.example.org/settings?flow=");
        (await host.IsVerifiedAsync(id)).ShouldBeTrue();
        (await browser.SendAsync("GET", "/sessions/whoami")).ShouldBe(HttpStatusCode.OK).Json.At("authentication_methods/0/method").GetString().ShouldBe("link_recovery");
        var settings = await browser.FetchAsync(done.Location(), "settings");
        (await browser.SubmitAsync(settings, ("method", "password"), ("password", RecoveryHost.NewPassword))).ShouldBe(HttpStatusCode.SeeOther);

        var other = host.FormBrowser();
        var again = await other.SendAsync("GET", link, json: false);
        (await other.FetchAsync(again.ShouldBe(HttpStatusCode.SeeOther).Location())).Messages().ShouldBe([4060004]);
        var wrong = await other.SendAsync("GET", link[..^1] + (link[^1] == 'A' ? 'B' : 'A'), json: false);
        (await other.FetchAsync(wrong.ShouldBe(HttpStatusCode.SeeOther).Location())).Messages().ShouldBe([4060004]);
        other.HasSession.ShouldBeFalse();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task One_link_opened_many_times_at_once_opens_one_session(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine, ByLink);
        await host.AddAsync();
        await host.Native().AskAsync(method: "link");
        var link = await host.LinkAsync();
        var browsers = Enumerable.Range(0, Many).Select(_ => host.FormBrowser()).ToArray();
        var answers = await Task.WhenAll(browsers.Select(b => b.SendAsync("GET", link, json: false)));
        answers.ShouldAllBe(a => a.Status == HttpStatusCode.SeeOther);
        browsers.Count(b => b.HasSession).ShouldBe(1);
        (await host.CountAsync("session")).ShouldBe(1);
    }

    /// <summary>A link that a stranger put on a page would make the stranger's account of whoever clicks.</summary>
    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task Who_is_signed_in_keeps_the_session_where_links_are_asked_to_be_strict(bool strict)
    {
        await using var host = await RecoveryHost.StartAsync("sqlite", ByLink[..^2] + $", security: {{ stricter_than_kratos: {(strict ? "true" : "false")} }} }}");
        await host.AddAsync();
        var mallory = await host.AddAsync("mallory@example.org");
        var visitor = host.FormBrowser();
        await visitor.AskAsync(method: "link");
        (await visitor.SendAsync("GET", await host.LinkAsync(), json: false)).ShouldBe(HttpStatusCode.SeeOther);
        async Task<string?> WhoAsync() => (await visitor.SendAsync("GET", "/sessions/whoami")).Json.At("identity/traits/email").GetString();
        (await WhoAsync()).ShouldBe(RecoveryHost.Ada);
        await host.FormBrowser().AskAsync("mallory@example.org", "link");
        var link = await host.LinkAsync("mallory@example.org");

        var opened = await visitor.SendAsync("GET", link, json: false);

        opened.Location().ShouldStartWith(strict ? "http://app.example.org/" : "http://app.example.org/settings?flow=");
        (await WhoAsync()).ShouldBe(strict ? RecoveryHost.Ada : "mallory@example.org");
        // It was not used up: who is meant may open it elsewhere.
        var other = host.FormBrowser();
        await other.SendAsync("GET", link, json: false);
        other.HasSession.ShouldBe(strict);
        mallory.ShouldNotBe(Guid.Empty);
    }

    [Fact]
    public async Task A_link_that_is_too_old_says_so()
    {
        await using var host = await RecoveryHost.StartAsync("sqlite", "{ selfservice: { flows: { recovery: { use: link, lifespan: 1h } }, methods: { link: { config: { lifespan: 10m } } } } }");
        await host.AddAsync();
        await host.FormBrowser().AskAsync(method: "link");
        var link = await host.LinkAsync();
        host.Time.Advance(TimeSpan.FromMinutes(11));
        var browser = host.FormBrowser();
        (await browser.FetchAsync((await browser.SendAsync("GET", link, json: false)).ShouldBe(HttpStatusCode.SeeOther).Location())).Messages().ShouldBe([4060005]);
        host.Time.Advance(TimeSpan.FromHours(1));
        var late = host.FormBrowser();
        (await late.FetchAsync((await late.SendAsync("GET", link, json: false)).ShouldBe(HttpStatusCode.SeeOther).Location())).Messages().ShouldBe([4060005]);
        (await host.CountAsync("session")).ShouldBe(0);
    }

    [Fact]
    public async Task A_method_that_is_off_sends_nothing()
    {
        await using var host = await RecoveryHost.StartAsync("sqlite", "{ selfservice: { methods: { link: { enabled: false } } } }");
        await host.AddAsync();
        var native = host.Native();
        (await native.SubmitAsync(await native.BeginAsync(), ("method", "link"), ("email", RecoveryHost.Ada))).ShouldBe(HttpStatusCode.NotFound);
        (await host.AdminAsync("POST", "/admin/recovery/link", $$"""{"identity_id":"{{Guid.NewGuid()}}"}""")).ShouldBe(HttpStatusCode.NotFound);
        await using var none = await RecoveryHost.StartAsync("sqlite", "{ selfservice: { flows: { recovery: { use: link } }, methods: { link: { enabled: false } } } }");
        (await none.Native().SendAsync("GET", "/self-service/recovery/api")).ShouldBeRefused("link");
    }
}

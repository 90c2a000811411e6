using System.Net;
using System.Text.Json;
using Ascent.Tests.Flows.Settings;
using Ascent.Tests.Running;
using Shouldly;
using static Ascent.Tests.Flows.Verification.Verifying;

namespace Ascent.Tests.Flows.Verification;

public sealed class VerificationTests
{
    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_code_verifies_its_address_once(string engine)
    {
        await using var server = await ServerAsync(engine);
        var id = await SignIn.PersonAsync(server, Ada);
        var action = await AskAsync(server, Ada.ToUpperInvariant());
        (await AddressesAsync(server, id)).ShouldBe([(Ada, false, "sent")]);
        var mail = (await MailsAsync(server)).Single();
        (mail.To, mail.Template).ShouldBe((Ada, "verification_code_valid"));

        var (status, body) = await SubmitAsync(server, action, new { method = "code", code = Other(mail.Code!) });
        status.ShouldBe(HttpStatusCode.OK);
        SignIn.Messages(body).ShouldBe([4070006]);
        (status, body) = await SubmitAsync(server, action, new { method = "code", code = mail.Code });
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        body.GetProperty("state").GetString().ShouldBe("passed_challenge");
        SignIn.Messages(body).ShouldBe([1080002]);
        body.GetProperty("ui").GetProperty("action").GetString().ShouldBe("http://127.0.0.1:4455/");
        (await AddressesAsync(server, id)).ShouldBe([(Ada, true, "completed")]);

        (status, body) = await SubmitAsync(server, action, new { method = "code", code = mail.Code });
        status.ShouldBe(HttpStatusCode.Gone);
        body.GetProperty("error").GetProperty("id").GetString().ShouldBe("self_service_flow_replaced");
        (await FlowAsync(server, body.GetProperty("use_flow_id").GetString()!)).ShouldBe([4070002]);
    }

    [Fact]
    public async Task A_links_token_says_nothing_to_a_flow_that_sent_a_code()
    {
        await using var server = await ServerAsync("sqlite", methods: "link: { enabled: true }");
        await SignIn.PersonAsync(server, Ada);
        var action = await AskAsync(server, Ada);
        using var answer = await RunningServer.SendAsync(server.Public, "GET", action + "&token=abc", null, ("Accept", "application/json"));
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        SignIn.Messages(JsonElement.Parse(await answer.Content.ReadAsStringAsync())).ShouldContain(4010006);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Of_many_submissions_of_one_code_one_gets_through(string engine)
    {
        await using var server = await ServerAsync(engine, methods: ManyTries, more: NoLimit);
        var id = await SignIn.PersonAsync(server, Ada);
        var action = await AskAsync(server, Ada);
        var code = (await LastMailAsync(server, Ada)).Code;

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => SubmitAsync(server, action, new { method = "code", code })));

        answers.Count(a => a.Status == HttpStatusCode.OK && a.Body.GetProperty("state").GetString() == "passed_challenge").ShouldBe(1);
        answers.Where(a => a.Status != HttpStatusCode.OK).ShouldAllBe(a => a.Status == HttpStatusCode.Gone);
        answers.Count(a => a.Status == HttpStatusCode.OK).ShouldBe(1);
        (await AddressesAsync(server, id)).ShouldBe([(Ada, true, "completed")]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_flow_may_be_tried_five_times_and_a_new_code_voids_the_former(string engine)
    {
        await using var server = await ServerAsync(engine);
        await SignIn.PersonAsync(server, Ada);
        var action = await AskAsync(server, Ada);
        var first = (await LastMailAsync(server, Ada)).Code!;
        await SubmitAsync(server, action, new { method = "code", email = Ada });
        var second = (await LastMailAsync(server, Ada)).Code!;
        if (first != second) SignIn.Messages((await SubmitAsync(server, action, new { method = "code", code = first })).Body).ShouldBe([4070006]);
        for (var i = first != second ? 1 : 0; i < 5; i++) (await SubmitAsync(server, action, new { method = "code", code = Other(second) })).Status.ShouldBe(HttpStatusCode.OK);
        var (status, body) = await SubmitAsync(server, action, new { method = "code", code = second });
        status.ShouldBe(HttpStatusCode.Gone);
        (await FlowAsync(server, body.GetProperty("use_flow_id").GetString()!)).ShouldBe([4000001]);
    }

    [Fact]
    public async Task Guessing_across_flows_is_stopped_whether_anybody_has_the_address_or_not()
    {
        await using var server = await ServerAsync("sqlite");
        await SignIn.PersonAsync(server, Ada);
        foreach (var address in (string[])[Ada, "nobody@example.org"])
        {
            for (var flow = 0; flow < 2; flow++)
            {
                var action = await AskAsync(server, address);
                for (var i = 0; i < 5; i++) SignIn.Messages((await SubmitAsync(server, action, new { method = "code", code = "wrong!" })).Body).ShouldBe([4070006]);
            }
            var (status, body) = await SubmitAsync(server, await AskAsync(server, address), new { method = "code", code = "wrong!" });
            status.ShouldBe(HttpStatusCode.TooManyRequests);
            body.GetProperty("error").GetProperty("id").GetString().ShouldBe("security_too_many_attempts");
        }
        await SignIn.NativelyAsync(server, Ada);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task Codes_and_flows_end(string engine)
    {
        var time = new ManualTime();
        // Expired flows stay while the clock is moved: the sweep would be as fast as the test.
        await using var server = await ServerAsync(engine, verification: "enabled: true, lifespan: 2h", more: "database: { cleanup: { older_than: 24h } }", time: time);
        var id = await SignIn.PersonAsync(server, Ada);
        var action = await AskAsync(server, Ada);
        var code = (await LastMailAsync(server, Ada)).Code;
        time.Advance(TimeSpan.FromMinutes(61));
        var (status, body) = await SubmitAsync(server, action, new { method = "code", code });
        status.ShouldBe(HttpStatusCode.OK);
        SignIn.Messages(body).ShouldBe([4070006]);

        time.Advance(TimeSpan.FromMinutes(60));
        using var late = await RunningServer.SendAsync(server.Public, "POST", action, JsonSerializer.Serialize(new { method = "code", email = Ada }));
        late.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        (await FlowAsync(server, late.Headers.Location!.OriginalString.Split("id=")[1])).ShouldBe([4070005]);
        (await AddressesAsync(server, id)).ShouldBe([(Ada, false, "sent")]);
        (await MailsAsync(server)).Count.ShouldBe(1);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task An_unknown_address_is_answered_like_a_known_one(bool notify)
    {
        await using var server = await ServerAsync("sqlite", verification: $"enabled: true, notify_unknown_recipients: {(notify ? "true" : "false")}");
        await SignIn.PersonAsync(server, Ada);
        const string stranger = "bob@example.org";
        var known = await AnswerAsync(Ada);
        var unknown = await AnswerAsync(stranger);
        unknown.Replace(stranger, Ada).ShouldBe(known);
        (await MailsAsync(server)).Select(m => (m.To, m.Template)).ShouldBe(notify ? [(Ada, "verification_code_valid"), (stranger, "verification_code_invalid")] : [(Ada, "verification_code_valid")]);
        (await MailsAsync(server)).Where(m => m.To == stranger).ShouldAllBe(m => m.Code == null && m.Url == null);
        await AskAsync(server, "not an address");
        await AskAsync(server, "+4917612345678");
        (await MailsAsync(server)).Count.ShouldBe(notify ? 2 : 1);

        async Task<string> AnswerAsync(string email)
        {
            var action = await SignIn.BeginAsync(server, "verification");
            var (status, body) = await SubmitAsync(server, action, new { method = "code", email });
            var wrong = await SubmitAsync(server, action, new { method = "code", code = "wrong!" });
            return $"{status} {body.GetProperty("ui").GetRawText()} {wrong.Status} {wrong.Body.GetProperty("ui").GetRawText()}".Replace(action.Split("flow=")[1], "<flow>");
        }
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task The_form_is_its_browsers_but_the_code_may_come_from_anywhere(string engine)
    {
        await using var server = await ServerAsync(engine);
        var id = await SignIn.PersonAsync(server, Ada);
        var (mine, other) = (new Browser(server), new Browser(server));
        var flow = await mine.BeginAsync("verification");
        var foreign = await other.BeginAsync("verification");
        var (action, at) = (Browser.ActionOf(flow), $"/self-service/verification/flows?id={flow.GetProperty("id").GetString()}");
        (await other.SendAsync("GET", at)).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await other.SendAsync("POST", action, new { method = "code", email = Ada, csrf_token = Browser.CsrfOf(foreign) })).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await mine.SendAsync("POST", action, new { method = "code", email = Ada })).Status.ShouldBe(HttpStatusCode.Forbidden);
        (await MailsAsync(server)).ShouldBeEmpty();
        (await mine.SendAsync("POST", action, new { method = "code", email = Ada, csrf_token = Browser.CsrfOf(flow) })).Status.ShouldBe(HttpStatusCode.OK);

        var (status, body) = await other.SendAsync("POST", action, new { method = "code", code = (await LastMailAsync(server, Ada)).Code });

        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        body.GetProperty("state").GetString().ShouldBe("passed_challenge");
        (await AddressesAsync(server, id)).ShouldBe([(Ada, true, "completed")]);
        (await other.SendAsync("GET", at)).Status.ShouldBe(HttpStatusCode.OK);
        (await mine.SendAsync("GET", at)).Status.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task The_link_beside_a_code_only_fills_it_in(string engine)
    {
        await using var server = await ServerAsync(engine);
        var id = await SignIn.PersonAsync(server, Ada);
        var action = await AskAsync(server, Ada);
        var mail = await LastMailAsync(server, Ada);
        var browser = new FormBrowser(server);
        var (status, location) = await browser.SendAsync("GET", mail.Path);
        (status, location).ShouldBe((HttpStatusCode.SeeOther, $"http://127.0.0.1:4455/verification?flow={mail.FlowId}"));
        (await AddressesAsync(server, id)).ShouldBe([(Ada, false, "sent")]);
        var flow = await browser.FetchAsync("verification", location);
        Value(flow, "code").ShouldBe(mail.Code);
        (await browser.SendAsync("POST", action, ("method", "code"), ("code", mail.Code!))).ShouldNotBe(default);
        (await AddressesAsync(server, id)).ShouldBe([(Ada, true, "completed")]);
        // Once more it leads to a new flow.
        (status, location) = await browser.SendAsync("GET", mail.Path);
        status.ShouldBe(HttpStatusCode.SeeOther);
        SignIn.Messages(await browser.FetchAsync("verification", location)).ShouldBe([4070002]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_link_verifies_in_whichever_browser_opens_it_first(string engine)
    {
        await using var server = await ServerAsync(engine, verification: "enabled: true, use: link", methods: "link: { enabled: true }");
        var id = await SignIn.PersonAsync(server, Ada);
        var action = await SignIn.BeginAsync(server, "verification");
        var (_, asked) = await SubmitAsync(server, action, new { method = "link", email = Ada });
        SignIn.Messages(asked).ShouldBe([1080001]);
        var mail = await LastMailAsync(server, Ada);
        (mail.Template, mail.Code).ShouldBe(("verification_valid", null));
        var browsers = Enumerable.Range(0, 8).Select(_ => new FormBrowser(server)).ToArray();

        var opened = await Task.WhenAll(browsers.Select(b => b.SendAsync("GET", mail.Path)));

        opened.ShouldAllBe(o => o.Status == HttpStatusCode.SeeOther);
        var won = Array.FindIndex(opened, o => o.Location.EndsWith(mail.FlowId, StringComparison.Ordinal));
        opened.Count(o => o.Location.EndsWith(mail.FlowId, StringComparison.Ordinal)).ShouldBe(1);
        SignIn.Messages(await browsers[won].FetchAsync("verification", opened[won].Location)).ShouldBe([1080002]);
        (await AddressesAsync(server, id)).ShouldBe([(Ada, true, "completed")]);
        var (_, again) = await browsers[won].SendAsync("GET", mail.Path);
        SignIn.Messages(await browsers[won].FetchAsync("verification", again)).ShouldBe([4070001]);
    }

    [Fact]
    public async Task A_link_ends_and_a_code_is_good_in_its_own_flow_only()
    {
        var time = new ManualTime();
        await using var server = await ServerAsync("sqlite", verification: "enabled: true, use: link", methods: "link: { enabled: true, config: { lifespan: 10m } }", time: time);
        await SignIn.PersonAsync(server, Ada);
        var action = await SignIn.BeginAsync(server, "verification");
        await SubmitAsync(server, action, new { method = "link", email = Ada });
        var mail = await LastMailAsync(server, Ada);
        var other = await SignIn.BeginAsync(server, "verification");
        var browser = new FormBrowser(server);
        var (_, location) = await browser.SendAsync("GET", mail.Path.Replace(mail.FlowId, other.Split("flow=")[1]));
        SignIn.Messages(await browser.FetchAsync("verification", location)).ShouldBe([4070001]);
        time.Advance(TimeSpan.FromMinutes(11));
        (_, location) = await browser.SendAsync("GET", mail.Path);
        SignIn.Messages(await browser.FetchAsync("verification", location)).ShouldBe([4070005]);

        // Codes are on as well: one flow's code means nothing to another.
        var mine = await AskAsync(server, Ada);
        var code = (await LastMailAsync(server, Ada)).Code;
        SignIn.Messages((await SubmitAsync(server, await AskAsync(server, "nobody@example.org"), new { method = "code", code })).Body).ShouldBe([4070006]);
        (await SubmitAsync(server, mine, new { method = "code", code })).Body.GetProperty("state").GetString().ShouldBe("passed_challenge");
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task An_address_that_is_no_longer_the_accounts_is_not_verified(string engine)
    {
        await using var server = await ServerAsync(engine);
        var id = await SignIn.PersonAsync(server, Ada);
        var action = await AskAsync(server, Ada);
        var code = (await LastMailAsync(server, Ada)).Code;
        (await server.AdminAsync("PATCH", $"/admin/identities/{id}", """[{"op":"replace","path":"/traits/email","value":"lovelace@example.org"}]""")).Status.ShouldBe(HttpStatusCode.OK);
        var (status, body) = await SubmitAsync(server, action, new { method = "code", code });
        status.ShouldBe(HttpStatusCode.OK);
        SignIn.Messages(body).ShouldBe([4070006]);
        (await AddressesAsync(server, id)).ShouldBe([(New, false, "pending")]);
    }

    [Fact]
    public async Task What_cannot_be_read_is_said()
    {
        await using var server = await ServerAsync("sqlite");
        var action = await SignIn.BeginAsync(server, "verification");
        foreach (var (values, message) in new (object, int)[]
        {
            (new { method = "code" }, 4000002), (new { method = "password", email = Ada }, 4000001), (new { method = "link", email = Ada }, 4010006), (new { }, 4010006),
            (new { method = "code", email = new string('a', 600) + "@example.org" }, 4000017),
        })
        {
            var (status, body) = await SubmitAsync(server, action, values);
            status.ShouldBe(HttpStatusCode.BadRequest, body.GetRawText());
            SignIn.Messages(body).ShouldBe([message]);
        }
        using var broken = await RunningServer.SendAsync(server.Public, "POST", action, "{");
        broken.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var odd = await RunningServer.SendAsync(server.Public, "POST", action, """{"method":["code"],"code":{"a":1},"email":[1],"transient_payload":3}""");
        odd.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        using var head = await RunningServer.SendAsync(server.Public, "GET", $"{action}&code=%00&token=");
        ((int)head.StatusCode).ShouldBeLessThan(500);
    }

    [Fact]
    public async Task Where_it_is_off_nobody_is_written_to()
    {
        await using var server = await ServerAsync("sqlite", verification: "enabled: false");
        var (status, body) = await Registration.Registering.NativelyAsync(server, Registration.Registering.Body(Ada));
        status.ShouldBe(HttpStatusCode.OK, body.GetRawText());
        (await MailsAsync(server)).ShouldBeEmpty();
        using var start = await RunningServer.SendAsync(server.Public, "GET", "/self-service/verification/api");
        start.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private static async Task<int[]> FlowAsync(RunningServer server, string id)
    {
        using var response = await RunningServer.SendAsync(server.Public, "GET", $"/self-service/verification/flows?id={id}");
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return SignIn.Messages(JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    private static string? Value(JsonElement flow, string name) => flow.GetProperty("ui").GetProperty("nodes").EnumerateArray()
        .First(n => n.GetProperty("attributes").GetProperty("name").GetString() == name).GetProperty("attributes").TryGetProperty("value", out var value) ? value.GetString() : null;
}

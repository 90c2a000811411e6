using System.Net;
using Shouldly;

namespace Ascent.Tests.Flows.Recovery;

public sealed class AdminRecoveryTests
{
    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task A_code_that_is_handed_out_works_in_any_browser_and_marks_no_address(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine);
        var id = await host.AddAsync();
        var made = (await host.AdminAsync("POST", "/admin/recovery/code", $$"""{"identity_id":"{{id}}","expires_in":"90m"}""")).ShouldBe(HttpStatusCode.Created).Json;
        var browser = host.FormBrowser();
        var flow = await browser.FetchAsync(made.GetProperty("recovery_link").GetString()!);
        (await browser.FetchAsync((await browser.ProveAsync(flow, "00000x")).ShouldBe(HttpStatusCode.SeeOther).Location())).Messages().ShouldBe([4060006]);
        (await browser.ProveAsync(flow, made.GetProperty("recovery_code").GetString()!)).ShouldBe(HttpStatusCode.SeeOther).Location().ShouldStartWith("http://app.example.org/settings?flow=");
        (await host.IsVerifiedAsync(id)).ShouldBeFalse();
        (await host.MessagesAsync(RecoveryHost.Ada)).ShouldBeEmpty();
        (await host.EventsAsync()).ShouldBe(["recovery.completed", "recovery.failed", "recovery.handed_out"]);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_link_that_is_handed_out_works_where_people_may_not_recover_by_themselves(string engine)
    {
        await using var host = await RecoveryHost.StartAsync(engine, "{ selfservice: { flows: { recovery: { enabled: false } } } }");
        var id = await host.AddAsync();
        var made = (await host.AdminAsync("POST", "/admin/recovery/link?return_to=http://app.example.org/back", $$"""{"identity_id":"{{id}}"}""")).ShouldBe(HttpStatusCode.OK);
        made.Text.ShouldContain("&token=");
        var link = new Uri(made.Json.GetProperty("recovery_link").GetString()!).PathAndQuery;
        var browser = host.FormBrowser();
        var done = await browser.SendAsync("GET", link, json: false);
        ((string)(await browser.FetchAsync(done.ShouldBe(HttpStatusCode.SeeOther).Location(), "settings"))["return_to"]!).ShouldBe("http://app.example.org/back");
        (await host.IsVerifiedAsync(id)).ShouldBeFalse();
        var other = host.FormBrowser();
        (await other.SendAsync("GET", link, json: false)).ShouldBe(HttpStatusCode.SeeOther).Location().ShouldStartWith("http://app.example.org/recovery?flow=");
        other.HasSession.ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"identity_id":"ID","expires_in":"-1h"}""", "expires_in")]
    [InlineData("""{"identity_id":"ID","expires_in":"0s"}""", "expires_in")]
    [InlineData("""{"identity_id":"ID","expires_in":"tomorrow"}""", "expires_in")]
    [InlineData("""{"identity_id":"ID","expires_in":"2000000h"}""", "expires_in")]
    [InlineData("""{"identity_id":"ID","expires_in":7}""", "expires_in")]
    [InlineData("""{"identity_id":"ID","flow_type":"spaceship"}""", "flow_type")]
    [InlineData("""{"identity_id":"ada"}""", "identity_id")]
    [InlineData("""["ID"]""", "object")]
    [InlineData("", "body")]
    public async Task What_cannot_be_made_is_refused_by_name(string body, string name)
    {
        await using var host = await RecoveryHost.StartAsync("sqlite");
        var id = await host.AddAsync();
        foreach (var what in (string[])["code", "link"])
            (await host.AdminAsync("POST", $"/admin/recovery/{what}", body.Replace("ID", id.ToString(), StringComparison.Ordinal))).ShouldBeRefused(name);
        (await host.CountAsync("flow")).ShouldBe(0);
    }

    [Fact]
    public async Task Nobody_is_recovered_who_is_not_there()
    {
        await using var host = await RecoveryHost.StartAsync("sqlite");
        foreach (var body in (string[])[$$"""{"identity_id":"{{Guid.NewGuid()}}"}""", "{}"])
        {
            (await host.AdminAsync("POST", "/admin/recovery/code", body)).ShouldBe(HttpStatusCode.NotFound);
            (await host.AdminAsync("POST", "/admin/recovery/link", body)).ShouldBe(HttpStatusCode.BadRequest);
        }
        var id = await host.AddAsync();
        (await host.AdminAsync("POST", "/admin/recovery/link?return_to=http://evil.example.org", $$"""{"identity_id":"{{id}}"}""")).ShouldBe(HttpStatusCode.BadRequest).Error.GetProperty("id").GetString().ShouldBe("self_service_flow_return_to_forbidden");
        (await host.CountAsync("flow")).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_handed_out_is_over_with_its_time_and_with_its_identity()
    {
        await using var host = await RecoveryHost.StartAsync("sqlite");
        var id = await host.AddAsync();
        var made = (await host.AdminAsync("POST", "/admin/recovery/code", $$"""{"identity_id":"{{id}}","flow_type":"api"}""")).ShouldBe(HttpStatusCode.Created).Json;
        var native = host.Native();
        var flow = await native.FetchAsync(made.GetProperty("recovery_link").GetString()!);
        (await host.AdminAsync("DELETE", $"/admin/identities/{id}")).ShouldBe(HttpStatusCode.NoContent);
        (await native.FetchAsync((await native.ProveAsync(flow, made.GetProperty("recovery_code").GetString()!)).ShouldBe(HttpStatusCode.SeeOther).Location())).Messages().ShouldBe([4060002]);
        host.Time.Advance(TimeSpan.FromHours(2));
        (await native.FetchAsync((await native.ProveAsync(flow, made.GetProperty("recovery_code").GetString()!)).ShouldBe(HttpStatusCode.SeeOther).Location())).Messages().ShouldBe([4060005]);
    }
}

using System.Net;
using System.Text.Json;
using Ascent.Courier;
using Ascent.Crypto;
using Ascent.Events;
using Ascent.Storage;
using Ascent.Tenancy;
using Ascent.Tests.Http;
using Ascent.Tests.Identities;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Courier;

/// <summary>What administrators see of messages, over HTTP.</summary>
public sealed class MessageAdminTests
{
    public static TheoryData<string> Engines => TestDatabase.Engines;

    [Theory, MemberData(nameof(Engines))]
    public async Task Messages_are_listed_page_by_page_the_newest_first(string engine)
    {
        await using var host = await Host.StartAsync(engine);
        (await host.GetAsync("/admin/courier/messages")).ShouldBe(HttpStatusCode.OK).Text.Trim().ShouldBe("[]");
        for (var i = 0; i < 12; i++)
        {
            await host.Bench.QueueAsync(CourierBench.LoginCode($"user{i}@example.org"));
            if (i % 3 == 0) host.Bench.Advance(TimeSpan.FromMicroseconds(1));
        }
        var first = await host.GetAsync("/admin/courier/messages");
        first.Json.GetArrayLength().ShouldBe(10);
        first.Link.ShouldStartWith("</admin/courier/messages?page_size=10&page_token=");
        first.Link.ShouldContain(">; rel=\"first\",</admin/courier/messages?page_size=10&page_token=");
        var next = await host.GetAsync(Next(first.Link)!);
        next.Json.GetArrayLength().ShouldBe(2);
        Next(next.Link).ShouldBeNull();
        var all = first.Json.EnumerateArray().Concat(next.Json.EnumerateArray()).Select(m => m.At("recipient").GetString()!).ToList();
        all.Distinct().Count().ShouldBe(12);
        all[^1].ShouldBe("user0@example.org");
        var again = await host.GetAsync(next.Link.Split('<', '>')[1]);
        again.Text.ShouldBe(first.Text);
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task They_can_be_asked_for_by_recipient_and_status(string engine)
    {
        await using var host = await Host.StartAsync(engine);
        await host.Bench.TryAsync(CourierBench.LoginCode("nobody"));
        await host.Bench.QueueAsync(CourierBench.LoginCode("a+b@example.org"));
        async Task<int> CountAsync(string query) => (await host.GetAsync("/admin/courier/messages" + query)).ShouldBe(HttpStatusCode.OK).Json.GetArrayLength();
        (await CountAsync("?recipient=a%2Bb%40example.org")).ShouldBe(1);
        (await CountAsync("?recipient=c@example.org")).ShouldBe(0);
        (await CountAsync("?status=abandoned")).ShouldBe(1);
        (await CountAsync("?status=queued&recipient=nobody")).ShouldBe(0);
        (await host.GetAsync("/admin/courier/messages?status=queued&recipient=a%2Bb%40example.org&page_size=3")).Link.ShouldEndWith("&recipient=a%2Bb%40example.org&status=queued>; rel=\"first\"");
    }

    [Theory]
    [InlineData("?status=flying", "status")]
    [InlineData("?page_size=many", "page_size")]
    [InlineData("?page_token=mine", "page_token")]
    [InlineData("/not-an-id", "UUID")]
    public async Task What_makes_no_sense_is_refused(string path, string name)
    {
        await using var host = await Host.StartAsync("sqlite");
        (await host.GetAsync("/admin/courier/messages" + path)).ShouldBeRefused(name);
    }

    [Fact]
    public async Task A_single_message_tells_of_every_attempt()
    {
        await using var host = await Host.StartAsync("sqlite");
        var (message, _) = await host.Bench.TryAsync(CourierBench.LoginCode());
        var one = (await host.GetAsync($"/admin/courier/messages/{message.Id}")).ShouldBe(HttpStatusCode.OK).Json;
        one.EnumerateObject().Select(p => p.Name).ShouldBe(["id", "status", "type", "recipient", "body", "subject", "template_type", "channel", "send_count", "dispatches", "created_at", "updated_at"]);
        var dispatch = one.GetProperty("dispatches").EnumerateArray().Single();
        (dispatch.At("message_id").GetGuid(), dispatch.At("status").GetString()).ShouldBe((message.Id, "failed"));
        dispatch.At("error/message").GetString()!.ShouldContain("connection_uri");
        (await host.GetAsync($"/admin/courier/messages/{Guid.CreateVersion7()}")).ShouldBe(HttpStatusCode.NotFound);
        (await host.GetAsync("/admin/courier/messages")).Json[0].TryGetProperty("dispatches", out _).ShouldBeFalse();
    }

    [Theory, MemberData(nameof(Engines))]
    public async Task A_message_that_waits_can_be_sent_now(string engine)
    {
        await using var host = await Host.StartAsync(engine, retries: 1);
        var (message, _) = await host.Bench.TryAsync(CourierBench.LoginCode());
        (await host.Bench.SendDueAsync()).ShouldBe(0, "it waits for its next attempt");

        (await host.GetAsync($"/admin/courier/messages/{message.Id}/resend", "POST")).ShouldBe(HttpStatusCode.NoContent);

        (await host.Bench.SendDueAsync()).ShouldBe(1);
        (await host.GetAsync($"/admin/courier/messages/{message.Id}/resend", "POST")).ShouldBe(HttpStatusCode.Conflict).Text.ShouldContain("not kept");
        (await host.GetAsync($"/admin/courier/messages/{Guid.CreateVersion7()}/resend", "POST")).ShouldBe(HttpStatusCode.NotFound);
        (await host.GetAsync("/admin/courier/messages/mine/resend", "POST")).ShouldBeRefused("UUID");
        (await host.Bench.Db.ReadAsync(new Sql("select data from event where nid = @nid and type = 'message.resent'", ("nid", host.Bench.Nid)), r => r.Text(0), CancellationToken.None)).Single().ShouldContain(message.Id.ToString());
    }

    [Fact]
    public async Task What_a_message_says_is_shown_in_development_alone()
    {
        await using var host = await Host.StartAsync("sqlite");
        var id = await host.Bench.QueueAsync(CourierBench.LoginCode());
        await host.Bench.QueueAsync(CourierBench.LoginCode("+49176") with { Channel = MessageChannel.Sms });
        var hidden = (await host.GetAsync("/admin/courier/messages")).Text;
        hidden.ShouldNotContain(CourierBench.Code);
        JsonElement.Parse(hidden)[0].At("body").GetString().ShouldBe("<redacted-unless-dev-mode>");
        JsonElement.Parse(hidden).EnumerateArray().Select(m => (m.At("type").GetString(), m.At("channel").GetString())).Order().ShouldBe([("email", "email"), ("phone", "sms")]);
        host.Bench.Config.Replace(host.Bench.Config.Current with { Dev = true });
        var shown = (await host.GetAsync($"/admin/courier/messages/{id}")).Json;
        shown.At("body").GetString()!.ShouldContain(CourierBench.Code);
        shown.At("subject").GetString().ShouldNotBe("<redacted-unless-dev-mode>");
    }

    private static string? Next(string link) => link.Split(',').FirstOrDefault(l => l.EndsWith("rel=\"next\"", StringComparison.Ordinal))?.Split('<', '>')[1];

    private sealed class Host(CourierBench bench, TestServer server) : IAsyncDisposable
    {
        public CourierBench Bench => bench;

        public static async Task<Host> StartAsync(string engine, int retries = 0)
        {
            var settings = CourierBench.Settings((string?)null, c => c with { MessageRetries = retries });
            var made = await CourierBench.StartAsync(engine, settings with { Serve = TestServer.Settings().Serve });
            var web = await TestServer.StartAsync(made.Config.Current, change: o => o with
            {
                Config = made.Config, Time = made.Time, MapAdmin = admin => admin.MapAdminCourier(),
                Services = s =>
                {
                    o.Services!(s);
                    s.AddCrypto().AddSingleton(made.Db).AddSingleton(new Tenant(made.Nid)).AddSingleton(made.Store).AddSingleton(made.Seal).AddSingleton(made.Signal).AddSingleton(new EventWriter(made.Time));
                },
            });
            return new Host(made, web);
        }

        public async Task<Answer> GetAsync(string path, string method = "GET")
        {
            using var response = await server.SendAsync(method, path, admin: true);
            return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response);
        }

        public async ValueTask DisposeAsync()
        {
            await server.DisposeAsync();
            await bench.DisposeAsync();
        }
    }
}

using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Courier;
using Ascent.Jsonnet;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Ascent.Tests.Courier;

/// <summary>Messages handed to an HTTP service that is really there.</summary>
public sealed class HttpChannelTests
{
    private const string Everything = """{ "all": "{{ ctx }}" }""";

    [Fact]
    public async Task Without_a_body_of_its_own_mail_goes_as_the_usual_one()
    {
        await using var service = await Service.StartAsync();
        var request = new CourierRequest { Url = service.Url + "/mail", Headers = new Dictionary<string, string> { ["x-key"] = "house", ["content-type"] = "application/vnd.mail+json" } };
        await using var bench = await StartAsync(c => c with { DeliveryStrategy = DeliveryStrategy.Http, Http = new CourierHttpConfig { RequestConfig = request } });
        (await bench.TryAsync(CourierBench.LoginCode())).Error.ShouldBeNull();
        var got = service.Requests.Single();
        (got.Method, got.Path, got.Headers["x-key"], got.Headers["content-type"]).ShouldBe(("POST", "/mail", "house", "application/vnd.mail+json"));
        var body = JsonNode.Parse(got.Body)!.AsObject();
        body.Select(b => b.Key).ShouldBe(["recipient", "template_type", "to", "recovery_code", "recovery_url", "verification_url", "verification_code", "subject", "body"]);
        body["recovery_code"].ShouldBeNull();
        ((string)body["body"]!).ShouldContain(CourierBench.Code);
        ((string?)body["template_type"]).ShouldBe("login_code_valid");
    }

    [Fact]
    public async Task A_template_sees_all_of_a_mail()
    {
        await using var service = await Service.StartAsync();
        await using var bench = await StartAsync(c => c with
        {
            DeliveryStrategy = DeliveryStrategy.Http,
            Http = new CourierHttpConfig { RequestConfig = new CourierRequest { Url = service.Url, Method = "PUT", Body = Data(Everything), Auth = Basic("courier", "se:cret") } },
        });
        (await bench.TryAsync(CourierBench.LoginCode() with { RequestHeaders = new JsonObject { ["User-Agent"] = "app" } })).Error.ShouldBeNull();
        var got = service.Requests.Single();
        (got.Method, got.Headers["authorization"], got.Headers["content-type"]).ShouldBe(("PUT", "Basic " + Convert.ToBase64String("courier:se:cret"u8), "application/json"));
        var all = JsonElement.Parse(got.Body).GetProperty("all");
        all.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal).ShouldBe(["body", "html_body", "message_type", "recipient", "request_headers", "subject", "template_data", "template_type"]);
        all.GetProperty("template_data").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal).ShouldBe(["expires_in_minutes", "identity", "login_code", "request_url", "to", "transient_payload"]);
        all.GetProperty("request_headers").GetProperty("User-Agent").GetString().ShouldBe("app");
    }

    [Theory]
    [InlineData("x-token")]
    [InlineData("cookie")]
    public async Task A_text_message_goes_by_the_channel_sms_with_its_key(string header)
    {
        var place = header == "cookie" ? ApiKeyPlace.Cookie : ApiKeyPlace.Header;
        await using var service = await Service.StartAsync();
        var auth = new RequestAuth { Type = RequestAuthType.ApiKey, Config = new RequestAuthSettings { Name = "x-token", Value = new Secret("Key 42"), In = place } };
        await using var bench = await StartAsync(c => c with { Channels = [new ChannelConfig { Id = "sms", RequestConfig = new CourierRequest { Url = service.Url, Body = Data(Everything), Auth = auth } }] });
        (await bench.TryAsync(CourierBench.LoginCode("+4917612345678") with { Channel = MessageChannel.Sms })).Error.ShouldBeNull();
        var got = service.Requests.Single();
        got.Headers[header].ShouldBe(place == ApiKeyPlace.Header ? "Key 42" : "x-token=Key 42");
        var all = JsonElement.Parse(got.Body).GetProperty("all");
        all.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal).ShouldBe(["body", "message_type", "recipient", "request_headers", "subject", "template_data", "template_type"]);
        all.GetProperty("message_type").GetString().ShouldBe("sms");
    }

    [Fact]
    public async Task Jsonnet_makes_the_body_or_cancels_it()
    {
        Assert.SkipUnless(new JsonnetEngine(TimeProvider.System).Available, "libjsonnet is not there: apt-get install libjsonnet0");
        await using var service = await Service.StartAsync();
        const string Body = "function(ctx) if ctx.recipient == 'no@example.org' then error 'cancel' else if ctx.recipient == 'bad@example.org' then error ctx.body else { to: ctx.template_data.to }";
        await using var bench = await CourierBench.StartAsync("sqlite", CourierBench.Settings((string?)null, c => Mail(c, service, Data(Body))), TimeProvider.System);
        (await bench.TryAsync(CourierBench.LoginCode())).Error.ShouldBeNull();
        service.Requests.Single().Body.ShouldContain("ada@example.org");
        (await bench.TryAsync(CourierBench.LoginCode("no@example.org"))).Message.Status.ShouldBe(MessageStatus.Abandoned);
        var (message, error) = await bench.TryAsync(CourierBench.LoginCode("bad@example.org"));
        message.Status.ShouldBe(MessageStatus.Queued);
        error.ShouldNotBeNull().ShouldNotContain(CourierBench.Code);
        service.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(400)]
    [InlineData(302)]
    public async Task An_answer_that_is_no_success_is_tried_again(int status)
    {
        await using var service = await Service.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.Location = "/elsewhere";
        });
        await using var bench = await StartAsync(c => Mail(c, service, null));
        var (message, error) = await bench.TryAsync(CourierBench.LoginCode());
        message.Status.ShouldBe(MessageStatus.Queued);
        error.ShouldNotBeNull().ShouldContain(status.ToString());
        service.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_channel_called_email_comes_before_the_strategy()
    {
        await using var service = await Service.StartAsync();
        await using var mail = new TestMailServer();
        var channel = new ChannelConfig { Id = "email", RequestConfig = new CourierRequest { Url = service.Url, Body = Data(Everything) } };
        await using var bench = await CourierBench.StartAsync("sqlite", CourierBench.Settings(mail, c => c with { Channels = [channel] }));
        (await bench.TryAsync(CourierBench.LoginCode())).Error.ShouldBeNull();
        (service.Requests.Count, mail.Connections).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Private_addresses_are_reached_only_where_that_is_allowed()
    {
        await using var service = await Service.StartAsync();
        var settings = CourierBench.Settings((string?)null, c => Mail(c, service, null));
        var closed = new HttpClientConfig { DisallowPrivateIpRanges = true };
        await using var shut = await CourierBench.StartAsync("sqlite", settings with { Clients = new ClientsConfig { Http = closed } });
        (await shut.TryAsync(CourierBench.LoginCode())).Error.ShouldNotBeNull().ShouldContain("cannot be reached");
        service.Requests.ShouldBeEmpty();
        await using var open = await CourierBench.StartAsync("sqlite", settings with { Clients = new ClientsConfig { Http = closed with { PrivateIpExceptionUrls = [service.Url + "/**"] } } });
        (await open.TryAsync(CourierBench.LoginCode())).Error.ShouldBeNull();
    }

    private static CourierConfig Mail(CourierConfig c, Service service, string? body) =>
        c with { DeliveryStrategy = DeliveryStrategy.Http, Http = new CourierHttpConfig { RequestConfig = new CourierRequest { Url = service.Url + "/mail", Body = body } } };

    private static Task<CourierBench> StartAsync(Func<CourierConfig, CourierConfig> change) => CourierBench.StartAsync("sqlite", CourierBench.Settings((string?)null, change));

    private static RequestAuth Basic(string user, string password) => new() { Type = RequestAuthType.BasicAuth, Config = new RequestAuthSettings { User = user, Password = new Secret(password) } };

    private static string Data(string text) => "base64://" + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private sealed record Got(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);

    private sealed class Service(WebApplication app) : IAsyncDisposable
    {
        public ConcurrentQueue<Got> Requests { get; } = new();
        public string Url => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

        public static async Task<Service> StartAsync(Action<HttpContext>? answer = null)
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            var app = builder.Build();
            var service = new Service(app);
            app.Run(async http =>
            {
                using var reader = new StreamReader(http.Request.Body);
                service.Requests.Enqueue(new Got(http.Request.Method, http.Request.Path, http.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()), await reader.ReadToEndAsync()));
                answer?.Invoke(http);
            });
            await app.StartAsync();
            return service;
        }

        public ValueTask DisposeAsync() => app.DisposeAsync();
    }
}

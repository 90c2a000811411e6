using System.Net;
using Ascent.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed class ForwardedTests
{
    private static DefaultHttpContext Context(TrustedProxies proxies, string peer, params (string Name, string Value)[] headers)
    {
        var http = new DefaultHttpContext();
        http.Features.Set(new Listener(Face.Public) { Proxies = proxies });
        http.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        http.Request.Scheme = "http";
        http.Request.Host = new HostString("id.local:4433");
        http.Request.Path = "/self-service/login/browser";
        http.Request.QueryString = new QueryString("?a=b%20c");
        foreach (var (name, value) in headers) http.Request.Headers[name] = value;
        return http;
    }

    private static readonly TrustedProxies Ten = TrustedProxies.Of([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/8")]);

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.7", "203.0.113.7")]
    [InlineData("X-Forwarded-For", "203.0.113.7, 198.51.100.2", "198.51.100.2")]
    [InlineData("Cf-Connecting-Ip", "203.0.113.8", "203.0.113.8")]
    [InlineData("X-Real-IP", "203.0.113.9", "203.0.113.9")]
    [InlineData("True-Client-IP", "203.0.113.10", "203.0.113.10")]
    [InlineData("X-Real-IP", "nonsense", "127.0.0.1")]
    [InlineData("X-Real-IP", "7", "127.0.0.1")]
    [InlineData("X-Real-IP", "0x7f.1.2.3", "127.0.0.1")]
    [InlineData("X-Real-IP", "203.0.113.9:1234", "203.0.113.9")]
    [InlineData("X-Real-IP", "[2001:db8::1]:443", "2001:db8::1")]
    [InlineData("X-Real-IP", "::ffff:203.0.113.9", "203.0.113.9")]
    [InlineData("X-Forwarded-For", "203.0.113.7, unknown", "127.0.0.1")]
    [InlineData("X-Forwarded-For", "", "127.0.0.1")]
    public void In_development_everybody_may_name_the_client(string header, string value, string address) =>
        ClientAddress.Of(Context(TrustedProxies.All, "127.0.0.1", (header, value))).ToString().ShouldBe(address);

    [Fact]
    public void A_stranger_is_not_believed()
    {
        foreach (var header in (string[])["X-Forwarded-For", "True-Client-IP", "X-Real-IP", "Cf-Connecting-Ip"])
            ClientAddress.Of(Context(Ten, "203.0.113.1", (header, "198.51.100.9"))).ToString().ShouldBe("203.0.113.1");
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7")]
    [InlineData("1.1.1.1, 203.0.113.7, 10.0.0.9", "203.0.113.7")]
    [InlineData("203.0.113.7, 10.0.0.8, fd00::1", "203.0.113.7")]
    [InlineData("10.0.0.7, 10.0.0.8", "10.0.0.7")]
    [InlineData("junk, 10.0.0.8", "10.0.0.8")]
    public void Behind_several_proxies_the_first_address_we_do_not_run_is_the_clients(string list, string address) =>
        ClientAddress.Vouched(Context(Ten, "::ffff:10.1.2.3", ("X-Forwarded-For", list), ("X-Real-IP", "1.2.3.4"), ("True-Client-IP", "1.2.3.5"))).ToString().ShouldBe(address);

    [Fact]
    public void What_is_shown_goes_by_the_headers_in_the_order_of_Kratos()
    {
        (string Name, string Value)[] headers = [("True-Client-IP", "203.0.113.1"), ("Cf-Connecting-IP", "203.0.113.2"), ("X-Real-IP", "203.0.113.3"), ("X-Forwarded-For", "203.0.113.4")];
        for (var i = 0; i < headers.Length; i++) ClientAddress.Of(Context(Ten, "10.1.2.3", headers[i..])).ToString().ShouldBe(headers[i].Value);
    }

    [Theory]
    [InlineData(null, null, "http://id.local:4433")]
    [InlineData("https", null, "https://id.local:4433")]
    [InlineData("https", "auth.example.org", "https://auth.example.org")]
    [InlineData(null, "auth.example.org", "http://auth.example.org")]
    [InlineData("http, https", "a.example.org, b.example.org:8443", "https://b.example.org:8443")]
    [InlineData("javascript", "evil/<x>", "http://id.local:4433")]
    public void The_request_url_follows_trusted_proxies(string? proto, string? host, string start)
    {
        var http = Context(TrustedProxies.All, "127.0.0.1");
        if (proto is not null) http.Request.Headers["X-Forwarded-Proto"] = proto;
        if (host is not null) http.Request.Headers["X-Forwarded-Host"] = host;
        RequestUrl.Of(http).ShouldBe(start + "/self-service/login/browser?a=b%20c");
        http.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.1");
        http.Features.Get<Listener>()!.Proxies = Ten;
        RequestUrl.Of(http).ShouldStartWith("http://id.local:4433/");
    }

    [Fact]
    public void A_cdn_may_say_where_the_client_is()
    {
        var http = Context(Ten, "10.0.0.1", ("Cf-Ipcity", "Munich"), ("Cf-Ipcountry", "DE"));
        GeoLocation.Of(http).ShouldBe("Munich, DE");
        http.Request.Headers.Remove("Cf-Ipcity");
        GeoLocation.Of(http).ShouldBe("DE");
        http.Connection.RemoteIpAddress = IPAddress.Parse("203.0.113.1");
        GeoLocation.Of(http).ShouldBe("");
        GeoLocation.Of(Context(Ten, "10.0.0.1")).ShouldBe("");
    }

    [Fact]
    public async Task Who_is_trusted_follows_the_configuration_of_the_running_server()
    {
        await using var server = await TestServer.StartAsync(map: r => r.MapGet("/who", (HttpContext http) => ClientAddress.Of(http).ToString()));
        async Task<string> AskAsync()
        {
            using var answer = await server.SendAsync("GET", "/who", false, null, ("X-Forwarded-For", "203.0.113.7"));
            return await answer.Content.ReadAsStringAsync();
        }
        (await AskAsync()).ShouldBe("203.0.113.7"); // the loopback is trusted unless told otherwise
        server.Config.Replace(TestServer.Settings(p => p with { TrustedProxies = ["10.0.0.0/8", "192.0.2.1"] }));
        (await AskAsync()).ShouldBe("127.0.0.1");
        server.Config.Replace(TestServer.Settings(p => p with { TrustedProxies = [] }, dev: true));
        (await AskAsync()).ShouldBe("203.0.113.7");
    }
}

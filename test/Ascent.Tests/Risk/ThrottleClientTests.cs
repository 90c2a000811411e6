using System.Net;
using Ascent.Http;
using Ascent.Risk;
using Microsoft.AspNetCore.Http;
using Shouldly;

namespace Ascent.Tests.Risk;

public sealed class ThrottleClientTests
{
    [Theory]
    [InlineData("203.0.113.7", null, "203.0.113.7")]
    [InlineData("203.0.113.7", "198.51.100.1", "203.0.113.7")]
    [InlineData("127.0.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("127.0.0.1", null, null)]
    [InlineData("127.0.0.1", "127.0.0.2", null)]
    [InlineData("172.18.0.3", "198.51.100.1", "172.18.0.3")]
    [InlineData("::ffff:172.18.0.3", "198.51.100.1", "172.18.0.3")]
    [InlineData("172.18.0.3", null, "172.18.0.3")]
    [InlineData("fd00::5", "198.51.100.1", "fd00::/64")]
    [InlineData("127.0.0.1", "10.1.2.3", "10.1.2.3")]
    public void A_client_is_counted_where_its_address_is_known(string peer, string? forwarded, string? counted) =>
        (ThrottleClient.Of(Request(peer, forwarded, TrustedProxies.Of([IPNetwork.Parse("127.0.0.0/8")])))?.Name).ShouldBe(counted);

    [Fact]
    public void Who_forwards_for_others_untrusted_is_let_do_ten_times_as_much_and_no_more()
    {
        var proxies = TrustedProxies.Of([IPNetwork.Parse("127.0.0.0/8")]);
        var config = ThrottleBench.Settings();
        var neighbour = ThrottleClient.Of(Request("172.18.0.3", "anything", proxies))!;
        neighbour.Kind.ShouldBe(ThrottleKind.Neighbour);
        ThrottleLimit.Of(config, neighbour).MaxFailures.ShouldBe(10 * ThrottleBench.MostOfAddress);
        ThrottleLimit.Of(config, ThrottleClient.Of(Request("172.18.0.3", null, proxies))!).MaxFailures.ShouldBe(ThrottleBench.MostOfAddress);
        // Those that have an address of their own choose nothing by a header.
        ThrottleClient.Of(Request("203.0.113.7", "x", proxies))!.Kind.ShouldBe(ThrottleKind.Address);
    }

    [Fact]
    public void In_development_whatever_is_forwarded_is_counted()
    {
        ThrottleClient.Of(Request("172.18.0.3", "198.51.100.1", TrustedProxies.All))!.Name.ShouldBe("198.51.100.1");
        ThrottleClient.Of(Request("127.0.0.1", null, TrustedProxies.All))!.Name.ShouldBe("127.0.0.1");
    }

    private static DefaultHttpContext Request(string peer, string? forwarded, TrustedProxies proxies)
    {
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(peer);
        if (forwarded is not null) http.Request.Headers["X-Forwarded-For"] = forwarded;
        http.Features.Set(new Listener(Face.Public) { Proxies = proxies });
        return http;
    }
}

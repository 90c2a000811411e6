using System.Net;
using Ascent.Http;
using Ascent.Http.Outbound;
using Shouldly;

namespace Ascent.Tests.Http;

public sealed class OutboundTests
{
    [Theory]
    [InlineData("http://intern.example.org/hooks/a", "http://intern.example.org/hooks/*", true)]
    [InlineData("http://intern.example.org/hooks/a/b", "http://intern.example.org/hooks/*", false)]
    [InlineData("http://intern.example.org/hooks/a/b?x=1", "http://intern.example.org/**", true)]
    [InlineData("http://a.example.org/x", "http://*.example.org/x", true)]
    [InlineData("http://a.b.example.org/x", "http://*.example.org/x", false)]
    [InlineData("http://evil.org/http://intern.example.org/hooks/a", "http://intern.example.org/hooks/*", false)]
    [InlineData("http://intern.example.org@evil.org/", "http://intern.example.org**", false)]
    [InlineData("http://internXexample.org/", "http://intern.example.org/", false)]
    public void Exceptions_are_patterns(string url, string pattern, bool excepted) => OutboundClient.IsException(new Uri(url), [pattern]).ShouldBe(excepted);

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.31.0.1", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.0.1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("255.255.255.255", true)]
    [InlineData("127.255.1.2", true)]
    [InlineData("172.16.0.1", true)]
    [InlineData("224.0.0.1", true)]
    [InlineData("1.1.1.1", false)]
    [InlineData("8.8.8.8", false)]
    [InlineData("::1", true)]
    [InlineData("::", true)]
    [InlineData("fe80::1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("::ffff:127.0.0.1", true)]
    [InlineData("::ffff:1.1.1.1", false)]
    [InlineData("64:ff9b::7f00:1", true)]
    [InlineData("64:ff9b::101:101", false)]
    [InlineData("2002:7f00:1::", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("ff02::1", true)]
    [InlineData("2606:4700:4700::1111", false)]
    public void Addresses_that_are_nobodys_in_public_are_private(string address, bool isPrivate) => PrivateRanges.Has(IPAddress.Parse(address)).ShouldBe(isPrivate);
}

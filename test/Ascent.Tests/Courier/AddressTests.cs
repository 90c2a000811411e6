using System.Net;
using Ascent.Courier.Channels;
using Shouldly;

namespace Ascent.Tests.Courier;

public sealed class AddressTests
{
    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("1.1.1.1", true)]
    [InlineData("2606:4700::1111", true)]
    [InlineData("172.32.0.1", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.1.2", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.31.255.255", false)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::1", false)]
    [InlineData("::", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("::ffff:8.8.8.8", true)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("ff02::1", false)]
    public void Open_addresses_are_those_of_the_Internet(string address, bool open) => OpenAddresses.IsOpen(IPAddress.Parse(address)).ShouldBe(open);

    [Theory]
    [InlineData("https://a.example/x", "https://a.example/x", true)]
    [InlineData("https://a.example/x", "https://a.example/", false)]
    [InlineData("https://a.example/x/y", "https://a.example/**", true)]
    [InlineData("https://a.example/x/y", "https://a.example/*", false)]
    [InlineData("https://a.example/x/y", "https://a.example/*/y", true)]
    [InlineData("https://a.example/", "https://*.example/", true)]
    [InlineData("https://a.b.example/", "https://*.example/", false)]
    [InlineData("https://evil.example/?https://a.example/", "https://a.example/**", false)]
    public void Stars_stand_for_parts(string url, string pattern, bool fits) => UrlPattern.Fits(url, pattern).ShouldBe(fits);

    [Theory]
    [InlineData("ada@example.org", "ada@example.org")]
    [InlineData("a.d+a_=/~!#$%&'*{|}`^?-@x-y.example", "a.d+a_=/~!#$%&'*{|}`^?-@x-y.example")]
    [InlineData("ada@bücher.example", "ada@xn--bcher-kva.example")]
    [InlineData("ada@localhost", "ada@localhost")]
    [InlineData(".ada@example.org", null)]
    [InlineData("a..da@example.org", null)]
    [InlineData("ada@example..org", null)]
    [InlineData("ada@-example.org", null)]
    [InlineData("ada@exam\u200bple.org", null)]
    [InlineData("ada@example.org\n", null)]
    [InlineData("a\0da@example.org", null)]
    public void An_address_is_taken_or_refused_whole(string text, string? expected) => MailAddress.Parse(text)?.ToString().ShouldBe(expected);
}

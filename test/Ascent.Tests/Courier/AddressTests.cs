using Ascent.Courier.Channels;
using Shouldly;

namespace Ascent.Tests.Courier;

public sealed class AddressTests
{
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

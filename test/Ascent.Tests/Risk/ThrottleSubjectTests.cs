using System.Net;
using Ascent.Config;
using Ascent.Crypto;
using Ascent.Risk;
using Shouldly;

namespace Ascent.Tests.Risk;

public sealed class ThrottleSubjectTests
{
    private static readonly Guid Nid = Guid.CreateVersion7();

    [Theory]
    [InlineData("ada@example.org", " ADA@Example.ORG\t", true)]
    [InlineData("ada@example.org", "bob@example.org", false)]
    [InlineData("+4917612345678", "+49 176 12345678", true)]
    public void Every_way_of_writing_an_identifier_is_one_subject(string one, string other, bool same) =>
        (Key(ThrottleSubject.Identifier(one)) == Key(ThrottleSubject.Identifier(other))).ShouldBe(same);

    [Theory]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    public void Addresses_are_one_subject_by_client_or_by_network(string one, string other, bool same) =>
        (Key(ThrottleSubject.Address(IPAddress.Parse(one))) == Key(ThrottleSubject.Address(IPAddress.Parse(other)))).ShouldBe(same);

    [Fact]
    public void Kinds_methods_and_accounts_are_kept_apart()
    {
        Guid one = Guid.CreateVersion7(), other = Guid.CreateVersion7();
        ThrottleSubject[] all =
        [
            ThrottleSubject.Factor(one, "totp"), ThrottleSubject.Factor(one, "lookup_secret"), ThrottleSubject.Factor(other, "totp"),
            ThrottleSubject.Identifier("203.0.113.7"), ThrottleSubject.Address(IPAddress.Parse("203.0.113.7")),
        ];
        all.Select(s => Key(s)).ShouldBeUnique();
    }

    [Fact]
    public void Neither_text_nor_key_tells_the_name()
    {
        var subject = ThrottleSubject.Identifier("ada@example.org");
        subject.ToString().ShouldNotContain("ada");
        new ThrottleVerdict.Admitted([new Reservation(subject, Key(subject), false)]).ToString().ShouldNotContain("ada");
        Key(subject).ShouldNotBe(Key(subject, "another secret, as long"));
    }

    [Theory]
    [InlineData(false, 10, 100)]
    [InlineData(true, 100, 1000)]
    public void Development_allows_ten_times_as_many_unless_told_otherwise(bool dev, int identifier, int address)
    {
        var config = new AscentConfig { Dev = dev };
        ThrottleLimit.Of(config, ThrottleKind.Identifier).ShouldBe(new ThrottleLimit(identifier, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(15)));
        ThrottleLimit.Of(config, ThrottleKind.Factor).MaxFailures.ShouldBe(identifier);
        ThrottleLimit.Of(config, ThrottleKind.Address).MaxFailures.ShouldBe(address);
        var told = ThrottleBench.Settings() with { Dev = dev };
        ThrottleLimit.Of(told, ThrottleKind.Identifier).MaxFailures.ShouldBe(ThrottleBench.Most);
    }

    private static Guid Key(ThrottleSubject subject, string secret = "a secret of the test suite") =>
        new ThrottleKeys(new SecretKeys(new ConfigStore(ThrottleBench.Settings(secret: secret)))).Of(Nid, subject);
}

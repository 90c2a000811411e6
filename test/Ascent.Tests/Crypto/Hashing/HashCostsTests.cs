using Ascent.Crypto.Hashing;
using Ascent.Crypto.Hashing.Formats;
using Shouldly;

namespace Ascent.Tests.Crypto.Hashing;

/// <summary>A failure takes what one with any other stored hash takes: by work up to the configured cost, by waiting beyond it.</summary>
public sealed class HashCostsTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory]
    [InlineData(4), InlineData(8), InlineData(11)]
    public void What_a_cheaper_bcrypt_lacks_is_made_up_for_exactly(int stored)
    {
        var (configured, cheap) = (Bcrypt(12), Bcrypt(stored));
        var costs = new HashCosts();
        var missing = configured.Part(costs.Missing(cheap.Work, configured.Work)).Sum(p => p.Work.Amount);
        (cheap.Work.Amount + missing).ShouldBe(configured.Work.Amount);
    }

    [Fact]
    public void A_digest_costs_nothing_and_an_unknown_kind_is_made_up_for_in_full()
    {
        var costs = new HashCosts();
        costs.Missing(new HashWork("ssha", 0), Bcrypt(12).Work).ShouldBe(1);
        costs.Missing(new HashWork("scrypt", 1000), Bcrypt(12).Work).ShouldBe(1);
        costs.Missing(Bcrypt(12).Work, Bcrypt(12).Work).ShouldBe(0);
        costs.Missing(Bcrypt(13).Work, Bcrypt(12).Work).ShouldBe(0);
    }

    [Fact]
    public void Kinds_are_compared_by_what_they_took_at_their_fastest()
    {
        var costs = new HashCosts();
        var scrypt = new HashWork("scrypt", 1000);
        foreach (var seconds in (double[])[0.6, 0.25, 5]) costs.Took(scrypt, Second * seconds);
        foreach (var seconds in (double[])[3, 0.5]) costs.Took(Bcrypt(12).Work, Second * seconds);
        costs.Missing(scrypt, Bcrypt(12).Work).ShouldBe(0.5);
        Bcrypt(12).Part(0.5).ShouldHaveSingleItem().Work.Amount.ShouldBe(2048);
    }

    [Fact]
    public void Failures_wait_as_long_as_the_dearest_stored_hash_takes_and_only_while_it_is_there()
    {
        var costs = new HashCosts();
        costs.Wait(Bcrypt(12).Work, Bcrypt(12).Work, Second).ShouldBe(TimeSpan.Zero);
        costs.Saw(Bcrypt(14).Work).ShouldBeTrue();
        costs.Saw(Bcrypt(14).Work).ShouldBeFalse();
        costs.Wait(Bcrypt(12).Work, Bcrypt(12).Work, Second).ShouldBe(3 * Second);
        costs.Wait(Bcrypt(10).Work, Bcrypt(12).Work, Second).ShouldBe(3 * Second);
        costs.Wait(Bcrypt(13).Work, Bcrypt(12).Work, 2 * Second).ShouldBe(2 * Second);
        costs.Wait(Bcrypt(14).Work, Bcrypt(12).Work, 4 * Second).ShouldBe(TimeSpan.Zero);
        // What is dearer than that is not hidden, and makes nobody wait.
        costs.Replace([Bcrypt(15).Work]);
        costs.Wait(Bcrypt(12).Work, Bcrypt(12).Work, Second).ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("$2a$12$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq", "$2a$12$")]
    [InlineData("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$AAAAAAAA", "$argon2id$v=19$m=64,t=1,p=1$")]
    [InlineData("$pbkdf2-sha256$i=1000,l=32$c2FsdA$AAAA", "$pbkdf2-sha256$i=1000,l=32$")]
    [InlineData("$sha512-crypt$rounds=9000$salt$digest", "$sha512-crypt$rounds=9000$")]
    [InlineData("$sha512-crypt$salt$digest", "$sha512-crypt$")]
    [InlineData("{SSHA}AAAA", "{SSHA}")]
    public void A_kind_is_told_without_salt_or_digest(string hash, string kind) => PasswordHashFormats.KindOf(hash).ShouldBe(kind);

    private static BcryptHash Bcrypt(int cost) => new(cost, new byte[16], "");
}

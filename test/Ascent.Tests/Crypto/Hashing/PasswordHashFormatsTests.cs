using Ascent.Crypto.Hashing;
using Shouldly;

namespace Ascent.Tests.Crypto.Hashing;

public sealed class PasswordHashFormatsTests
{
    private const string Salt = "c29tZXNhbHQtMDEyMzQ1Ng", Digest = "r0OytkW7fpWcT0Zq373awX1plJJS/IwklrFUoW1FlVw";
    private const string PaddedSalt = Salt + "==", PaddedDigest = Digest + "=";

    [Theory]
    [InlineData("")]
    [InlineData("correct-horse-battery-9")]
    [InlineData($"$argon2d$v=19$m=64,t=1,p=1${Salt}${Digest}")]
    [InlineData("$6$saltstring4$ztLlF6KjsADjBUt.8nbftSPxSkDwfJ6gtKLBvke4y9uOMZgq8ucDHcMlZpH3ughaWbapn5RD6J1PSn5Cet5/K.")]
    [InlineData("{SHA}S9//BWOEIDAfW+zYO0iiMYcqEpY=")]
    [InlineData("$2x$04$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sq")]
    [InlineData("$ARGON2ID$v=19$m=64,t=1,p=1$c2FsdA$AAAA")]
    [InlineData($" $argon2id$v=19$m=64,t=1,p=1${Salt}${Digest}")]
    [InlineData($"$pbkdf2-sha3$i=1000,l=32${Salt}${Digest}")]
    [InlineData("$hmac-sha3$AAAA$AAAA")]
    public void What_begins_like_no_format_is_unknown(string hash) => PasswordHashFormats.Check(hash).ShouldBeOfType<HashCheck.Unknown>();

    [Theory]
    [InlineData("$2a$16$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sq")]
    [InlineData("$2a$31$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sq")]
    [InlineData($"$argon2id$v=19$m=64,t=11,p=1${Salt}${Digest}")]
    [InlineData($"$argon2id$v=19$m=64,t=0,p=1${Salt}${Digest}")]
    [InlineData($"$argon2id$v=19$m=1048577,t=1,p=1${Salt}${Digest}")]
    [InlineData($"$argon2i$v=19$m=0,t=1,p=1${Salt}${Digest}")]
    [InlineData($"$argon2i$v=19$m=1024,t=1,p=17${Salt}${Digest}")]
    [InlineData($"$argon2i$v=19$m=1024,t=1,p=0${Salt}${Digest}")]
    [InlineData($"$pbkdf2-sha256$i=0,l=32${Salt}${Digest}")]
    [InlineData($"$pbkdf2-sha512$i=10000001,l=32${Salt}${Digest}")]
    [InlineData($"$scrypt$ln=1024,r=9,p=1${PaddedSalt}${PaddedDigest}")]
    [InlineData($"$scrypt$ln=1024,r=0,p=1${PaddedSalt}${PaddedDigest}")]
    [InlineData($"$scrypt$ln=1024,r=8,p=11${PaddedSalt}${PaddedDigest}")]
    [InlineData($"$scrypt$ln=1024,r=8,p=0${PaddedSalt}${PaddedDigest}")]
    [InlineData($"$scrypt$ln=262144,r=8,p=1${PaddedSalt}${PaddedDigest}")]
    [InlineData($"$scrypt$ln=1000,r=8,p=1${PaddedSalt}${PaddedDigest}")]
    [InlineData($"$scrypt$ln=1,r=8,p=1${PaddedSalt}${PaddedDigest}")]
    [InlineData($"$firescrypt$ln=18,r=8,p=1${PaddedSalt}${PaddedDigest}$c2Vw${PaddedDigest}")]
    [InlineData($"$firescrypt$ln=0,r=8,p=1${PaddedSalt}${PaddedDigest}$c2Vw${PaddedDigest}")]
    [InlineData($"$firescrypt$ln=14,r=9,p=1${PaddedSalt}${PaddedDigest}$c2Vw${PaddedDigest}")]
    [InlineData("$sha512-crypt$rounds=999999999$saltstring$AAAA")]
    public void Costs_beyond_what_a_login_may_take_are_out_of_bounds(string hash) =>
        PasswordHashFormats.Check(hash).ShouldBeOfType<HashCheck.OutOfBounds>().Reason.ShouldNotBeNullOrEmpty();

    [Theory]
    [InlineData("$2a$20$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sq", true)]
    [InlineData("$2a$21$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sq", false)]
    [InlineData($"$argon2id$v=19$m=4194304,t=100,p=255${Salt}${Digest}", true)]
    [InlineData($"$argon2id$v=19$m=4194305,t=1,p=1${Salt}${Digest}", false)]
    [InlineData($"$argon2id$v=19$m=64,t=101,p=1${Salt}${Digest}", false)]
    [InlineData($"$argon2id$v=19$m=64,t=1,p=256${Salt}${Digest}", false)]
    [InlineData($"$pbkdf2-sha512$i=10000001,l=32${Salt}${Digest}", false)]
    [InlineData($"$scrypt$ln=262144,r=8,p=1${PaddedSalt}${PaddedDigest}", false)]
    public void What_could_have_been_configured_still_works_once_it_is_stored(string hash, bool works)
    {
        PasswordHashFormats.Check(hash).ShouldBeOfType<HashCheck.OutOfBounds>();
        (PasswordHashFormats.Read(hash) is not null).ShouldBe(works);
    }

    [Theory]
    [InlineData("$2a$15$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sq")]
    [InlineData($"$argon2id$v=19$m=1048576,t=10,p=16${Salt}${Digest}")]
    [InlineData($"$argon2id$v=19$m=1,t=1,p=1${Salt}${Digest}")]
    [InlineData($"$pbkdf2-sha224$i=10000000,l=32${Salt}${Digest}")]
    [InlineData($"$pbkdf2-sha1$i=1,l=99${Salt}${Digest}")]
    [InlineData($"$scrypt$ln=131072,r=8,p=10${PaddedSalt}${PaddedDigest}")]
    [InlineData($"$firescrypt$ln=17,r=8,p=10${PaddedSalt}${PaddedDigest}$c2Vw${PaddedDigest}")]
    public void Costs_up_to_the_bounds_are_accepted(string hash)
    {
        PasswordHashFormats.Check(hash).ShouldBe(new HashCheck.Accepted(hash));
        PasswordHashFormats.Read(hash).ShouldNotBeNull();
    }

    [Theory]
    [InlineData($"$argon2id$v=16$m=64,t=1,p=1${Salt}${Digest}")]
    [InlineData($"$argon2id$m=64,t=1,p=1${Salt}${Digest}")]
    [InlineData("$argon2id$v=19$m=64,t=1")]
    [InlineData($"$argon2id$v=19$m=64,t=1,p=1$!!!${Digest}")]
    [InlineData($"$argon2id$v=19$m=64,t=1,p=1${PaddedSalt}${Digest}")]
    [InlineData($"$argon2id$v=19$m=64,t=1,p=1${Salt}${PaddedDigest}")]
    [InlineData($"$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQtMDEyMzQ1Nh${Digest}")]
    [InlineData($"$argon2id$v=19$t=1,m=64,p=1${Salt}${Digest}")]
    [InlineData($"$argon2id$v=19$m=-64,t=1,p=1${Salt}${Digest}")]
    [InlineData($"$argon2id$v=19$m=99999999999,t=1,p=1${Salt}${Digest}")]
    [InlineData($"$argon2id$v=19$m=64,t=1,p=1${Salt}$")]
    [InlineData("$2a$04$N9qo8")]
    [InlineData("$2a$03$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sq")]
    [InlineData("$2a$4$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5sqq")]
    [InlineData("$2a$04$N9qo8uLOickgx2ZMRZoMy!Id0kMYHMoCdgRdyneFFfwxb2HBaQ5sq")]
    [InlineData("$2a$04$N9qo8uLOickgx2ZMRZoMyeId0kMYHMoCdgRdyneFFfwxb2HBaQ5s")]
    [InlineData($"$pbkdf2-sha256$i=1000${Salt}${Digest}")]
    [InlineData($"$pbkdf2-sha256$i=1000,l=32${PaddedSalt}${Digest}")]
    [InlineData($"$scrypt$ln=1024,r=8,p=1${Salt}${PaddedDigest}")]
    [InlineData($"$scrypt$ln=1024,r=8,p=1${PaddedSalt}")]
    [InlineData($"$firescrypt$ln=14,r=8,p=1${PaddedSalt}${PaddedDigest}$c2Vw")]
    public void A_format_with_costs_must_be_readable(string hash)
    {
        PasswordHashFormats.Check(hash).ShouldBeOfType<HashCheck.Malformed>().Reason.ShouldNotBeNullOrEmpty();
        PasswordHashFormats.Read(hash).ShouldBeNull();
    }

    [Theory]
    [InlineData("$md5$!!!")]
    [InlineData("$sha1$nonsense")]
    [InlineData("$sha256$pf=x$y$z")]
    [InlineData("{SSHA512}x")]
    [InlineData("$hmac-md5$!$!")]
    [InlineData("$md5-crypt$")]
    [InlineData("$sha512-crypt$a$b$c$d$e")]
    public void A_plain_digest_is_accepted_as_it_is_and_fits_nothing(string hash)
    {
        PasswordHashFormats.Check(hash).ShouldBe(new HashCheck.Accepted(hash));
        PasswordHashFormats.Read(hash).ShouldBeNull();
    }

    [Fact]
    public void A_hash_of_no_sensible_length_is_out_of_bounds()
    {
        var hash = "$md5$" + new string('A', PasswordHashFormats.MaxLength);
        PasswordHashFormats.Check(hash).ShouldBeOfType<HashCheck.OutOfBounds>();
        PasswordHashFormats.Read(hash).ShouldBeNull();
    }
}

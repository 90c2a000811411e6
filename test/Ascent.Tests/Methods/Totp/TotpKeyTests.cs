using System.Text;
using Ascent.Methods.Totp;
using Shouldly;

namespace Ascent.Tests.Methods.Totp;

public sealed class TotpKeyTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 10, TimeSpan.Zero);

    /// <summary>RFC 6238, appendix B: the last six of its eight digits.</summary>
    [Theory]
    [InlineData(59, "287082")]
    [InlineData(1111111109, "081804")]
    [InlineData(1111111111, "050471")]
    [InlineData(1234567890, "005924")]
    [InlineData(2000000000, "279037")]
    [InlineData(20000000000, "353130")]
    public void Codes_are_those_of_the_standard(long seconds, string code)
    {
        var key = TotpKey.FromText(Base32.Encode("12345678901234567890"u8))!;
        key.Code(TotpKey.StepAt(DateTimeOffset.FromUnixTimeSeconds(seconds))).ShouldBe(code);
    }

    /// <summary>RFC 4648, section 10, without its padding.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_is_that_of_the_standard(string plain, string encoded)
    {
        Base32.Encode(Encoding.ASCII.GetBytes(plain)).ShouldBe(encoded);
        Base32.Decode(encoded)!.ShouldBe(Encoding.ASCII.GetBytes(plain));
        Base32.Decode(encoded.ToLowerInvariant() + "==")!.ShouldBe(Encoding.ASCII.GetBytes(plain));
    }

    [Theory]
    [InlineData("MZXW1")]
    [InlineData("MZ XW")]
    [InlineData("ÄÖ")]
    [InlineData("MY=A")]
    public void What_is_no_base32_is_refused(string text) => Base32.Decode(text).ShouldBeNull();

    [Theory]
    [InlineData(-2, false)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void The_step_before_and_the_step_after_count_too(int off, bool good)
    {
        var key = TotpKey.FromText("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")!;
        var step = TotpKey.StepAt(Noon) + off;
        key.Match(key.Code(step), Noon).ShouldBe(good ? step : null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12345")]
    [InlineData("1234567")]
    [InlineData("00000x")]
    [InlineData("１２３４５６")]
    public void What_is_no_code_matches_nothing(string code) => TotpKey.New().Match(code, Noon).ShouldBeNull();

    [Fact]
    public void A_code_in_two_groups_is_read()
    {
        var key = TotpKey.New();
        var code = key.Code(TotpKey.StepAt(Noon));
        key.Match($" {code[..3]} {code[3..]} ", Noon).ShouldBe(TotpKey.StepAt(Noon));
    }

    [Fact]
    public void The_URL_carries_the_secret_and_names_that_need_escaping()
    {
        var key = TotpKey.New();
        var url = new Uri(key.Url("Ascent & Co: EU", "ada+1@example.org"));
        url.Scheme.ShouldBe("otpauth");
        url.Host.ShouldBe("totp");
        url.AbsolutePath.ShouldBe("/Ascent%20%26%20Co%3A%20EU:ada%2B1@example.org");
        url.Query.ShouldBe($"?algorithm=SHA1&digits=6&issuer=Ascent%20%26%20Co%3A%20EU&period=30&secret={key.Text}");
        TotpKey.FromUrl(url.OriginalString)!.Text.ShouldBe(key.Text);
        key.Text.Length.ShouldBe(32);
    }

    [Theory]
    [InlineData("otpauth://totp/x")]
    [InlineData("otpauth://totp/x?issuer=y")]
    [InlineData("otpauth://hotp/x?secret=JBSWY3DPEHPK3PXP")]
    [InlineData("otpauth://totp/x?secret=")]
    [InlineData("otpauth://totp/x?secret=no!")]
    public void A_URL_without_a_secret_gives_no_key(string url) => TotpKey.FromUrl(url).ShouldBeNull();

    [Fact]
    public void A_key_does_not_print_itself() => TotpKey.New().ToString().ShouldBe("[redacted]");
}

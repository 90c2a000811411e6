using Ascent.Config;
using Shouldly;

namespace Ascent.Tests.Config;

public class PrimitivesTests
{
    [Theory]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("500ms", 500)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("-1s", -1000)]
    [InlineData("+2m", 120_000)]
    [InlineData("1h0m10.5s", 3_610_500)]
    [InlineData("1500us", 1.5)]
    [InlineData("3µs", 0.003)]
    [InlineData("250000ns", 0.25)]
    public void A_duration_is_read_as_go_reads_it(string text, double milliseconds)
    {
        GoDuration.TryParse(text, out var span).ShouldBeTrue();
        span.TotalMilliseconds.ShouldBe(milliseconds, 0.0001);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("1d")]
    [InlineData("h")]
    [InlineData("1h 30m")]
    [InlineData("1..5h")]
    [InlineData("-")]
    [InlineData("1hm")]
    [InlineData("99999999999999999999h")]
    public void What_go_refuses_is_refused(string text) => GoDuration.TryParse(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("24h")]
    [InlineData("1h30m")]
    [InlineData("500ms")]
    [InlineData("1m0.5s", "1m500ms")]
    [InlineData("0", "0s")]
    [InlineData("-90s", "-1m30s")]
    [InlineData("300ns")]
    public void A_duration_printed_is_the_same_duration(string text, string? shown = null)
    {
        GoDuration.TryParse(text, out var span).ShouldBeTrue();
        var printed = GoDuration.Format(span);
        printed.ShouldBe(shown ?? text);
        GoDuration.TryParse(printed, out var again).ShouldBeTrue();
        again.ShouldBe(span);
    }

    [Theory]
    [InlineData("128MB", 134_217_728)]
    [InlineData("19MiB", 19_922_944)]
    [InlineData("64KB", 65_536)]
    [InlineData("1gb", 1_073_741_824)]
    [InlineData("4096", 4096)]
    [InlineData("100B", 100)]
    [InlineData("1.5k", 1536)]
    [InlineData("2 GB", 2_147_483_648)]
    public void A_size_counts_in_powers_of_two(string text, long bytes)
    {
        ByteSizes.TryParse(text, out var read).ShouldBeTrue();
        read.ShouldBe(bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("MB")]
    [InlineData("-1MB")]
    [InlineData("1XB")]
    [InlineData("99999999999TB")]
    public void What_is_no_size_is_refused(string text) => ByteSizes.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Sizes_know_their_kibibytes_and_print_short()
    {
        new ByteSize(19 * 1024 * 1024).KiB.ShouldBe(19 * 1024);
        new ByteSize(19 * 1024 * 1024).ToString().ShouldBe("19MB");
        new ByteSize(1500).ToString().ShouldBe("1500B");
    }

    [Fact]
    public void A_secret_never_prints() => $"{new Secret("open sesame")} {new SecretsConfig { Default = [new("open sesame")] }.Default[0]}".ShouldNotContain("sesame");
}

using Ascent.Methods.LookupSecret;
using Shouldly;

namespace Ascent.Tests.Methods.LookupSecret;

public sealed class LookupCodesTests
{
    [Fact]
    public void Twelve_codes_of_eight_lower_case_letters_and_digits_each_another()
    {
        var codes = LookupCodes.New();
        codes.Count.ShouldBe(12);
        codes.ShouldAllBe(c => c.Length == 8 && c.All(x => char.IsAsciiLetterLower(x) || char.IsAsciiDigit(x)));
        codes.Distinct().Count().ShouldBe(12);
        LookupCodes.Read(LookupCodes.Config(codes))!.All.ShouldBe(codes.Select(c => new LookupCode(c, null)));
    }

    [Fact]
    public void A_used_code_is_found_and_an_unused_one_of_the_same_text_before_it()
    {
        var codes = LookupCodes.Read("""{"recovery_codes":[{"code":"a","used_at":"2024-01-02T03:04:05Z"},{"code":"b","used_at":null},{"code":"a"},{"code":"c","used_at":""}]}""")!;
        codes.Find("a").ShouldBe(2);
        codes.Find("b").ShouldBe(1);
        codes.Find("A").ShouldBe(-1);
        codes.All[0].UsedAt.ShouldBe(new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.Zero));
        codes.All[3].UsedAt.ShouldBeNull();
    }

    [Fact]
    public void A_time_that_cannot_be_read_still_means_used() =>
        LookupCodes.Read("""{"recovery_codes":[{"code":"a","used_at":"last week"},{"code":"b","used_at":17}]}""")!.All.ShouldAllBe(c => c.UsedAt != null);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"recovery_codes":[]}""")]
    [InlineData("""{"recovery_codes":"x"}""")]
    public void No_codes_are_none(string config) => LookupCodes.Read(config).ShouldBeNull();

    [Fact]
    public void Using_one_changes_nothing_else()
    {
        var codes = LookupCodes.Read("""{"recovery_codes":[{"code":"a","used_at":null,"note":1},{"code":"b","used_at":null}],"more":true}""")!;
        codes.Use(1, new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero))
            .ShouldBe("""{"recovery_codes":[{"code":"a","used_at":null,"note":1},{"code":"b","used_at":"2026-01-02T03:04:05Z"}],"more":true}""");
    }

    [Fact]
    public void A_code_does_not_print_itself() => new LookupCode("abcd1234", null).ToString().ShouldBe("[redacted]");
}

using Ascent.Schemas;
using Shouldly;

namespace Ascent.Tests.Schemas;

public sealed class IdentifierTests
{
    [Theory]
    [InlineData("Ada.LoveLace@Example.ORG", "ada.lovelace@example.org")]
    [InlineData("  ada.lovelace@example.org\t", "ada.lovelace@example.org")]
    [InlineData("ａｄａ.ＬＯＶＥＬＡＣＥ@example.org", "ada.lovelace@example.org")]
    [InlineData("ada\u200D.lovelace@example.org", "ada.lovelace@example.org")]
    [InlineData("ada\u00AD.lovelace@example.org", "ada.lovelace@example.org")]
    [InlineData("ada.lovelace@example.org\u200F", "ada.lovelace@example.org")]
    [InlineData("ada\0.lovelace@example.org", "ada.lovelace@example.org")]
    [InlineData("\uFEFFada.lovelace@example.org", "ada.lovelace@example.org")]
    [InlineData("ada😀.lovelace@example.org", "ada😀.lovelace@example.org")]
    [InlineData("JÜRGEN", "jürgen")]
    [InlineData("Jurge\u0308n", "jurgën")]
    [InlineData("İstanbul", "i\u0307stanbul")]
    [InlineData("ﬁlm", "film")]
    [InlineData("한글", "한글")]
    [InlineData("Grace Hopper", "grace hopper")]
    [InlineData("שלום", "שלום")]
    [InlineData("+49 (170) 123-4567", "+491701234567")]
    [InlineData("＋４９ 170 1234567", "+491701234567")]
    [InlineData("+49", "+49")]
    [InlineData("+tag", "+tag")]
    public void What_somebody_types_is_brought_into_one_form(string typed, string form) => Identifiers.Normalize(typed).ShouldBe(form);

    [Fact]
    public void A_form_is_its_own_form()
    {
        foreach (var text in (string[])["ÅNGSTRÖM", "ẛ̣", "Ⅻ", "ﷺ", "㎏", "ｶﾞ", "e\u0301\u0323", "한"])
        {
            var form = Identifiers.Normalize(text);
            Identifiers.Normalize(form).ShouldBe(form);
        }
    }

    [Theory]
    [InlineData("A\u030A", "å")]
    [InlineData("ｶﾞ", "ガ")]
    [InlineData("㎏", "kg")]
    [InlineData("ẛ\u0323", "ṩ")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("\u1112\u1161\u11AB", "한")]
    [InlineData("①", "1")]
    public void Compatibility_forms_are_folded_and_marks_composed(string text, string form) => Identifiers.Normalize(text).ShouldBe(form);

    [Fact]
    public void A_hostile_row_of_marks_is_folded_quickly()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Identifiers.Normalize("a" + string.Concat(Enumerable.Repeat("\u0301\u0323", 50_000))).Length.ShouldBeGreaterThan(90_000);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    [Theory]
    [InlineData("Ada@Example.org", "ada@example.org")]
    [InlineData("ａｄａ@example.org", "ada@example.org")]
    [InlineData("jürgen@example.org", "jürgen@example.org")]
    [InlineData("b\u200Dob@example.org", null)]
    [InlineData("Bob <bob@example.org>", null)]
    [InlineData("jürgen@exämple.org", null)]
    [InlineData("nobody", null)]
    [InlineData("", null)]
    [InlineData("a@b@example.org", null)]
    [InlineData("\"a b\"@example.org", "\"a b\"@example.org")]
    [InlineData("\"a\"b\"@example.org", null)]
    public void A_mail_address_is_strict(string text, string? form) => Identifiers.NormalizeEmail(text).ShouldBe(form);

    [Theory]
    [InlineData("+12025550123", "+12025550123")]
    [InlineData("+1 (415) 867-5309", "+14158675309")]
    [InlineData("+1 911 867 5309", null)]
    [InlineData("+1 295 867 5309", null)]
    [InlineData("+1 415 167 5309", null)]
    [InlineData("+1 415 911 5309", null)]
    [InlineData("+1 415 867 530", null)]
    [InlineData("+49 176 1234 5678", "+4917612345678")]
    [InlineData("+49 176 1234-5678", "+4917612345678")]
    [InlineData("+49 30 123456", "+4930123456")]
    [InlineData("+49 176 123", null)]
    [InlineData("+44 (0)20 7946 0958", "+442079460958")]
    [InlineData("+44 7700 900123", "+447700900123")]
    [InlineData("+33 6 12 34 56 78", "+33612345678")]
    [InlineData("+33 612 34 56", null)]
    [InlineData("+41 79 123 45 67", "+41791234567")]
    [InlineData("+43 664 1234567", "+436641234567")]
    [InlineData("+39 06 1234 5678", "+390612345678")]
    [InlineData("+39 347 123 4567", "+393471234567")]
    [InlineData("+34 612 345 678", "+34612345678")]
    [InlineData("+34 112 345 678", null)]
    [InlineData("+31 6 12345678", "+31612345678")]
    [InlineData("+91 98765 43210", "+919876543210")]
    [InlineData("+81 90-1234-5678", "+819012345678")]
    [InlineData("+61 412 345 678", "+61412345678")]
    [InlineData("+55 11 91234-5678", "+5511912345678")]
    [InlineData("+55 01 91234-5678", null)]
    [InlineData("+352 621 123 456", "+352621123456")]
    [InlineData("+999 123 456", null)]
    [InlineData("0176 12345678", null)]
    [InlineData("12", null)]
    [InlineData("+49 176 1234 5678 ext 5", null)]
    [InlineData("++4917612345678", null)]
    [InlineData("+1234567890123456789", null)]
    public void A_telephone_number_becomes_its_international_form(string text, string? form) => Identifiers.NormalizePhone(text).ShouldBe(form);
}

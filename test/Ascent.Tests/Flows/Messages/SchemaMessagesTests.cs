using Ascent.Flows.Messages;
using Ascent.Schemas;
using Shouldly;

namespace Ascent.Tests.Flows.Messages;

public sealed class SchemaMessagesTests
{
    private static SchemaError Error(string pointer, SchemaFault fault) => new("keyword", pointer, "#", fault);

    private static readonly (SchemaFault Fault, string Expected)[] Known =
    [
        (new SchemaFault.TooShort(3, 2), """4000003 {"actual_length":2,"min_length":3}"""),
        (new SchemaFault.TooLong(12, 16), """4000017 {"actual_length":16,"max_length":12}"""),
        (new SchemaFault.PatternMismatch("^a$"), """4000004 {"pattern":"^a$"}"""),
        (new SchemaFault.BelowMinimum("13", "12"), """4000018 {"actual":12,"minimum":13}"""),
        (new SchemaFault.NotAboveMinimum("0", "0"), """4000019 {"actual":0,"minimum":0}"""),
        (new SchemaFault.AboveMaximum("100", "100.5"), """4000020 {"actual":100.5,"maximum":100}"""),
        (new SchemaFault.NotBelowMaximum("1", "2"), """4000021 {"actual":2,"maximum":1}"""),
        (new SchemaFault.NotMultiple("0.5", "1.25"), """4000022 {"actual":1.25,"base":0.5}"""),
        (new SchemaFault.TooManyItems(1, 2), """4000023 {"actual_items":2,"max_items":1}"""),
        (new SchemaFault.TooFewItems(1, 0), """4000024 {"actual_items":0,"min_items":1}"""),
        (new SchemaFault.EqualItems(0, 1), """4000025 {"index_a":0,"index_b":1}"""),
        (new SchemaFault.WrongType(["integer"], "string"), """4000026 {"actual_type":"string","allowed_types":["integer"]}"""),
        (new SchemaFault.NotConstant("true", true), """4000029 {"expected":"true"}"""),
        (new SchemaFault.NotConstant("\"yes\"", true), """4000029 {"expected":"yes"}"""),
        (new SchemaFault.NotConstant("{}", false), "4000030 "),
        (new SchemaFault.BadEmail("nobody"), """4000040 {"value":"nobody"}"""),
        (new SchemaFault.BadPhone("12"), """4000041 {"value":"12"}"""),
    ];

    [Fact]
    public void A_fault_has_its_number_and_context()
    {
        foreach (var (fault, expected) in Known)
        {
            var message = SchemaMessages.Of([Error("#/traits/x", fault)]).ShouldHaveSingleItem();
            message.Pointer.ShouldBe("#/traits/x");
            $"{message.Text.Id} {message.Text.Context?.ToJsonString()}".ShouldBe(expected);
        }
    }

    [Fact]
    public void Each_missing_property_is_told_at_its_own_field()
    {
        var messages = SchemaMessages.Of([Error("#/traits/address", new SchemaFault.MissingProperties(["country", "zip"]))]);
        messages.Select(m => (m.Pointer, m.Text.Id, m.Text.Context!["property"]!.GetValue<string>())).ShouldBe(
            [("#/traits/address/country", 4000002, "country"), ("#/traits/address/zip", 4000002, "zip")]);
    }

    [Fact]
    public void What_has_no_number_of_its_own_says_what_to_do()
    {
        static string Reason(SchemaFault fault)
        {
            var text = SchemaMessages.Of([Error("#/traits", fault)]).ShouldHaveSingleItem().Text;
            text.Id.ShouldBe(4000001);
            return text.Context!["reason"]!.GetValue<string>();
        }

        Reason(new SchemaFault.UnknownProperties(["shoe"])).ShouldBe("This form does not have \"shoe\"; please leave it out.");
        Reason(new SchemaFault.NotListed(["\"free\"", "\"pro\"", "3"])).ShouldBe("Please choose one of free, pro, 3.");
        Reason(new SchemaFault.BadFormat("date", "17.08.1936")).ShouldContain("2001-12-31");
        Reason(new SchemaFault.BadFormat("email", "")).ShouldBe("Please fill this in.");
        Reason(new SchemaFault.Forbidden()).ShouldContain("is not allowed here");
    }

    [Fact]
    public void Of_combined_rules_the_innermost_are_told_each_once()
    {
        var leaf = Error("#/traits/x", new SchemaFault.TooShort(3, 2));
        var messages = SchemaMessages.Of([new SchemaError("anyOf", "#/traits/x", "#", new SchemaFault.NoBranch(), [leaf, leaf, Error("#/traits/x", new SchemaFault.BadEmail("a"))])]);
        messages.Select(m => m.Text.Id).ShouldBe([4000003, 4000040]);
    }
}

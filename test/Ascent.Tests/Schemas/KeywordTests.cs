using System.Text;
using System.Text.Json;
using Ascent.Schemas;
using Shouldly;

namespace Ascent.Tests.Schemas;

/// <summary>What the suite at hand has no file for, what messages are made of, and what must not bring the server down.</summary>
public sealed class KeywordTests
{
    [Theory]
    [InlineData("""{"const": {"a": [1, 2]}}""", """{"a": [1.0, 2e0]}""", true)]
    [InlineData("""{"const": {"a": 1, "b": 2}}""", """{"b": 2, "a": 1}""", true)]
    [InlineData("""{"const": false}""", "0", false)]
    [InlineData("""{"const": "1"}""", "1", false)]
    [InlineData("""{"contains": {"minimum": 5}}""", "[1, 5]", true)]
    [InlineData("""{"contains": {"minimum": 5}}""", "[1, 4]", false)]
    [InlineData("""{"contains": {"minimum": 5}}""", "[]", false)]
    [InlineData("""{"not": {"type": "integer"}}""", "1", false)]
    [InlineData("""{"not": {"type": "integer"}}""", "\"1\"", true)]
    [InlineData("""{"propertyNames": {"maxLength": 3}}""", """{"foo": 1}""", true)]
    [InlineData("""{"propertyNames": {"maxLength": 3}}""", """{"foobar": 1}""", false)]
    [InlineData("""{"dependencies": {"card": ["street"]}}""", """{"card": 1}""", false)]
    [InlineData("""{"dependencies": {"card": ["street"]}}""", """{"street": 1}""", true)]
    [InlineData("""{"dependencies": {"card": {"required": ["zip"]}}}""", """{"card": 1}""", false)]
    [InlineData("""{"dependencies": {"card": {"required": ["zip"]}}}""", """{"card": 1, "zip": 2}""", true)]
    [InlineData("""{"maxProperties": 1}""", """{"a": 1, "b": 2}""", false)]
    [InlineData("""{"uniqueItems": true}""", "[1, 1.0]", false)]
    [InlineData("""{"uniqueItems": true}""", """[{"a": 1, "b": 2}, {"b": 2, "a": 1}]""", false)]
    [InlineData("""{"uniqueItems": true}""", """[1, true, "1", [1], {"a": 1}, null, 0, false]""", true)]
    [InlineData("""{"type": "integer"}""", "1e400", true)]
    [InlineData("""{"type": "integer"}""", "1.5e1", true)]
    [InlineData("""{"type": "integer"}""", "1.5", false)]
    [InlineData("""{"multipleOf": 0.01}""", "4.35", true)]
    [InlineData("""{"multipleOf": 3}""", "1e100000", false)]
    [InlineData("""{"multipleOf": 3}""", "3e100000", true)]
    [InlineData("""{"maximum": 1e999999999}""", "1e999999998", true)]
    [InlineData("""{"minimum": -1e-999999999}""", "-1", false)]
    [InlineData("""{"maximum": 9007199254740993}""", "9007199254740994", false)]
    public void A_value_is_valid_or_not(string schema, string value, bool valid) => Errors(schema, value).Count.ShouldBe(valid ? 0 : 1);

    [Theory]
    [InlineData("^a+$", "aaa", true)]
    [InlineData("(?i)^ab$", "AB", true)]
    [InlineData("(?P<year>[0-9]{4})", "in 2026", true)]
    [InlineData(@"\A[[:alpha:]]+\z", "abc", true)]
    [InlineData(@"\A[[:alpha:]]+\z", "ab1", false)]
    [InlineData("^[^x]$", "🐲", true)]
    [InlineData("^[🐲-🐵]$", "🐳", true)]
    [InlineData("^[^🐲]$", "🐲", false)]
    [InlineData("^.$", "🐲", true)]
    [InlineData(@"^\p{Script=Greek}+$", "αβγ", true)]
    [InlineData(@"\bword\b", "a word.", true)]
    [InlineData(@"\bword\b", "swords", false)]
    [InlineData("a{,5}", "a{,5}", true)]
    [InlineData(@"^[\w.+-]+@example\.org$", "ada.l+x@example.org", true)]
    [InlineData("^(?!admin$).*$", "admin", false)]
    public void A_pattern_means_what_its_writer_meant(string pattern, string value, bool matches) =>
        Errors($$"""{"pattern": {{JsonSerializer.Serialize(pattern)}}}""", JsonSerializer.Serialize(value)).Count.ShouldBe(matches ? 0 : 1);

    [Fact]
    public void A_pattern_made_to_backtrack_answers_at_once()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Errors("""{"pattern": "^(a+)+$"}""", $"\"{new string('a', 5_000)}!\"").ShouldNotBeEmpty();
        Errors("""{"pattern": "^(?=(a+)+$)"}""", $"\"{new string('a', 5_000)}!\"").ShouldNotBeEmpty();
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void An_error_says_where_and_what()
    {
        const string Schema = """{"properties": {"a/b": {"items": {"maxLength": 2}}, "n": {"minimum": 13}}, "required": ["x", "y"]}""";
        var errors = Errors(Schema, """{"a/b": ["abc"], "n": 12}""");

        errors.Select(e => e.ToString()).ShouldBe(
        [
            "I[#] S[#/required] missing properties: \"x\", \"y\"",
            "I[#/a~1b/0] S[#/properties/a~1b/items/maxLength] length must be <= 2, but got 3",
            "I[#/n] S[#/properties/n/minimum] must be >= 13 but found 12",
        ]);
        errors[0].Fields.ShouldBe(["x", "y"]);
        errors[1].Fields.ShouldBe(["a/b.0"]);
        errors[1].Fault.ShouldBe(new SchemaFault.TooLong(2, 3));
        errors[2].Fault.ShouldBe(new SchemaFault.BelowMinimum("13", "12"));
    }

    [Fact]
    public void Length_counts_code_points() => Errors("""{"maxLength": 2}""", "\"🐲🐲\"").ShouldBeEmpty();

    [Fact]
    public void The_branches_that_failed_are_children()
    {
        var error = Errors("""{"anyOf": [{"type": "string"}, {"minimum": 5}]}""", "3").ShouldHaveSingleItem();
        error.Fault.ShouldBeOfType<SchemaFault.NoBranch>();
        error.Leaves.Select(e => e.SchemaPointer).ShouldBe(["#/anyOf/0/type", "#/anyOf/1/minimum"]);
    }

    [Theory]
    [InlineData("""{"type": "strin"}""", "#/type")]
    [InlineData("""{"properties": {"a": {"minLength": -1}}}""", "#/properties/a/minLength")]
    [InlineData("""{"properties": {"a": {"pattern": "(" }}}""", "#/properties/a/pattern")]
    [InlineData("""{"$ref": "#/nowhere"}""", "#/$ref")]
    [InlineData("""{"allOf": [{"$ref": "#"}]}""", "#/allOf/0")]
    [InlineData("""{"$ref": "#"}""", "#")]
    public void A_schema_that_cannot_work_is_refused_with_its_place(string schema, string path)
    {
        var compilation = CompiledSchema.Compile(JsonElement.Parse(schema), new SchemaCompileOptions());
        compilation.Schema.ShouldBeNull();
        compilation.Issues.ShouldContain(i => i.Path == path);
    }

    [Fact]
    public void A_schema_that_would_take_forever_gives_up()
    {
        var value = string.Concat(Enumerable.Repeat("[", 60)) + "1" + string.Concat(Enumerable.Repeat("]", 60));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Errors("""{"anyOf": [{"items": {"$ref": "#"}, "minItems": 9}, {"items": {"$ref": "#"}, "minItems": 8}]}""", value)
            .ShouldHaveSingleItem().Fault.ShouldBeOfType<SchemaFault.TooComplex>();
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void A_long_chain_of_references_costs_no_stack()
    {
        var schema = new StringBuilder("""{"$ref": "#/definitions/s0", "definitions": {""");
        for (var i = 0; i < 1_000; i++) schema.Append(System.Globalization.CultureInfo.InvariantCulture, $"\"s{i}\": {{\"$ref\": \"#/definitions/s{i + 1}\"}},");
        schema.Append("\"s1000\": true}}");
        Errors(schema.ToString(), "1").ShouldHaveSingleItem().Fault.ShouldBeOfType<SchemaFault.TooComplex>();
    }

    [Fact]
    public void A_number_of_very_many_digits_is_not_calculated_with() =>
        Errors("""{"minimum": 5}""", new string('9', 100_000)).ShouldHaveSingleItem().Fault.ShouldBeOfType<SchemaFault.TooComplex>();

    [Fact]
    public void Ten_thousand_different_items_are_told_apart_quickly()
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Errors("""{"uniqueItems": true}""", $"[{string.Join(',', Enumerable.Range(0, 10_000).Select(n => $"{{\"id\":{n}}}"))}]").ShouldBeEmpty();
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }

    private static IReadOnlyList<SchemaError> Errors(string schema, string value)
    {
        var compilation = CompiledSchema.Compile(JsonElement.Parse(schema), new SchemaCompileOptions());
        compilation.Issues.ShouldBeEmpty();
        return compilation.Schema!.Validate(JsonElement.Parse(value));
    }
}

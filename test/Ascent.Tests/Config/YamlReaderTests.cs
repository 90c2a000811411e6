using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Config.Loading;
using Shouldly;

namespace Ascent.Tests.Config;

public class YamlReaderTests
{
    [Theory]
    [InlineData("1", "1")]
    [InlineData("-12", "-12")]
    [InlineData("0x1F", "31")]
    [InlineData("0o17", "15")]
    [InlineData("1.5", "1.5")]
    [InlineData("true", "true")]
    [InlineData("FALSE", "false")]
    [InlineData("~", "null")]
    [InlineData("", "null")]
    [InlineData("yes", "\"yes\"")]
    [InlineData("on", "\"on\"")]
    [InlineData("1h", "\"1h\"")]
    [InlineData("\"1\"", "\"1\"")]
    [InlineData("'true'", "\"true\"")]
    [InlineData("!!str 42", "\"42\"")]
    [InlineData("[1, a, null]", "[1,\"a\",null]")]
    [InlineData("{a: {b: [x]}}", "{\"a\":{\"b\":[\"x\"]}}")]
    [InlineData("|\n  two\n  lines\n", "\"two\\nlines\\n\"")]
    public void Scalars_have_the_types_of_the_core_schema(string yaml, string json) => Read($"key: {yaml}")["key"].ToJson().ShouldBe(json);

    [Fact]
    public void Json_is_read_as_well() => Read("""{"a": [1, "two", {"b": null}], "c": "\u00e9"}""").ToJson().ShouldBe("""{"a":[1,"two",{"b":null}],"c":"\u00E9"}""");

    [Fact]
    public void Anchors_and_merge_keys_are_resolved()
    {
        var read = Read("""
            base: &base { ui_url: /a, lifespan: 10m }
            login: { <<: *base, ui_url: /login }
            both: { <<: [ { x: 1 }, { x: 2, y: 3 } ] }
            again: *base
            """);
        read["login"].ToJson().ShouldBe("""{"ui_url":"/login","lifespan":"10m"}""");
        read["both"].ToJson().ShouldBe("""{"x":1,"y":3}""");
        read["again"].ToJson().ShouldBe("""{"ui_url":"/a","lifespan":"10m"}""");
    }

    [Fact]
    public void An_empty_file_is_an_empty_map() => Read("# nothing\n").Count.ShouldBe(0);

    [Theory]
    [InlineData("a: 1\nb: 2\na: 3\n", "line 3", "second time")]
    [InlineData("{\"a\": 1, \"a\": 2}", "line 1", "second time")]
    [InlineData("a: [1, 2\n", "line", "")]
    [InlineData("- a\n- b\n", "line 1", "must be a map")]
    [InlineData("a: 1\n---\nb: 2\n", "line 2", "one document")]
    [InlineData("a: *nowhere\n", "line 1", "no anchor")]
    [InlineData("? [a]\n: 1\n", "line 1", "plain text")]
    [InlineData("a: { <<: 1 }\n", "line 1", "<<")]
    public void A_broken_file_is_one_fault_with_its_place(string text, string place, string reason)
    {
        var findings = new Findings();
        YamlReader.Read("kratos.yml", text, findings).ShouldBeNull();
        var fault = findings.Faults.ShouldHaveSingleItem().Message;
        fault.ShouldStartWith("kratos.yml: " + place);
        fault.ShouldContain(reason);
    }

    [Fact]
    public void Depth_is_bounded()
    {
        Refusal("a: " + new string('[', 100_000)).ShouldContain("nested deeper than 64");
        Read("a: " + new string('[', 50) + new string(']', 50)).Count.ShouldBe(1);
    }

    [Fact]
    public void Aliases_of_aliases_do_not_explode()
    {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
            + string.Concat(Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));
        Refusal(bomb).ShouldContain("more than 200000 values");
    }

    [Fact]
    public void Size_is_bounded() => Refusal("a: " + new string('x', 5 * 1024 * 1024)).ShouldContain("larger than 4 MiB");

    private static string Refusal(string text)
    {
        var findings = new Findings();
        YamlReader.Read("kratos.yml", text, findings).ShouldBeNull();
        return findings.Faults.ShouldHaveSingleItem().Message;
    }

    private static JsonObject Read(string text)
    {
        var findings = new Findings();
        var read = YamlReader.Read("kratos.yml", text, findings);
        findings.Faults.ShouldBeEmpty();
        return read.ShouldNotBeNull();
    }
}

internal static class JsonNodes
{
    public static string ToJson(this JsonNode? node) => node?.ToJsonString() ?? "null";
}

using System.Text;
using System.Text.Json.Nodes;
using Ascent.Jsonnet;
using Shouldly;

namespace Ascent.Tests.Jsonnet;

public sealed class JsonTemplateTests
{
    private const string Claims = """
        {"sub":"ada","n":7,"big":12345678901234567890,"yes":true,"nothing":null,"quote":"a \"b\" {{ claims.sub }}",
         "roles":["admin","user"],"deep":{"a":[{"b":"c"}]},"https://example.org/role":"gold","x.y":1}
        """;

    [Theory]
    [InlineData("""{"a":"{{ claims.sub }}"}""", """{"a":"ada"}""")]
    [InlineData("""{"a":"{{claims.n}}"}""", """{"a":7}""")]
    [InlineData("""{"a":"{{ claims.big }}"}""", """{"a":12345678901234567890}""")]
    [InlineData("""{"a":"{{ claims.yes }}","b":"{{ claims.roles }}"}""", """{"a":true,"b":["admin","user"]}""")]
    [InlineData("""{"a":"{{ claims.deep.a[0].b }}","b":"{{ claims.roles[1] }}"}""", """{"a":"c","b":"user"}""")]
    [InlineData("""{"a":"{{ claims['https://example.org/role'] }}","b":"{{ claims['x.y'] }}"}""", """{"a":"gold","b":1}""")]
    [InlineData("""{"a":"{{ claims.nothing }}"}""", """{"a":null}""")]
    [InlineData("""{"a":"{{ claims.absent }}","b":["{{ claims.absent.more }}",1]}""", """{"b":[null,1]}""")]
    [InlineData("""{"a":"{{ claims.roles[2] }}","b":"{{ claims.sub.x }}","c":"{{ claims.sub[0] }}","d":"{{ other }}"}""", "{}")]
    [InlineData("""{"a":"Hello {{ claims.sub }}, {{ claims.n }}/{{ claims.yes }}/{{ claims.nothing }}{{ claims.absent }}!"}""", """{"a":"Hello ada, 7/true/!"}""")]
    [InlineData("""{"a":" {{ claims.n }}"}""", """{"a":" 7"}""")]
    [InlineData("""{"a":"is {{ claims.roles }}"}""", """{"a":"is [\u0022admin\u0022,\u0022user\u0022]"}""")]
    [InlineData("""{"a":"{{ claims.quote }}"}""", """{"a":"a \"b\" {{ claims.sub }}"}""")]
    [InlineData("""{"a":"<{{ claims.quote }}>"}""", """{"a":"<a \"b\" {{ claims.sub }}>"}""")]
    [InlineData("""{"a":"{{ '{{' }} x }}","b":"{{ '}}' }}"}""", """{"a":"{{ x }}","b":"}}"}""")]
    [InlineData("""{"{{ claims.sub }}":1,"plain":[true,null,1.50,"x"]}""", """{"{{ claims.sub }}":1,"plain":[true,null,1.50,"x"]}""")]
    [InlineData("{}", "{}")]
    public async Task Placeholders_become_what_they_name(string template, string expected)
    {
        var result = await EvaluateAsync(template);
        var json = Encoding.UTF8.GetString(result.ShouldBeOfType<JsonnetResult.Ok>().Json);
        JsonNode.Parse(json)!.ToJsonString().ShouldBe(JsonNode.Parse(expected)!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"a":"{{ claims.sub"}""", "/a")]
    [InlineData("""{"a":["x","{{ }}"]}""", "/a/1")]
    [InlineData("""{"a":{"b/c":"{{ claims. }}"}}""", "/a/b~1c")]
    [InlineData("""{"a":"{{ claims..sub }}"}""", "/a")]
    [InlineData("""{"a":"{{ claims[x] }}"}""", "/a")]
    [InlineData("""{"a":"{{ claims[-1] }}"}""", "/a")]
    [InlineData("""{"a":"{{ [0] }}"}""", "/a")]
    [InlineData("""{"a":"{{ claims.sub | upper }}"}""", "/a")]
    public async Task A_placeholder_that_is_none_is_found_when_the_template_is_read(string template, string place)
    {
        using var engine = new JsonnetEngine(TimeProvider.System);
        (await new Templates(engine).ReadAsync(Encoding.UTF8.GetBytes(template), TestContext.Current.CancellationToken))
            .ShouldBeOfType<TemplateResult.Faulty>().Message.ShouldContain($"the text at {place} has ");
    }

    [Fact]
    public async Task Variables_and_arguments_are_names_alike()
    {
        using var engine = new JsonnetEngine(TimeProvider.System);
        var templates = new Templates(engine);
        var read = await templates.ReadAsync("""{"a":"{{ x }}{{ ctx.y }}"}"""u8.ToArray(), TestContext.Current.CancellationToken);
        var input = new TemplateInput { Variables = JsonnetEngineTests.Bytes(new() { ["x"] = "1" }), Arguments = JsonnetEngineTests.Bytes(new() { ["ctx"] = """{"y":2}""" }) };
        var result = await templates.EvaluateAsync(read.ShouldBeOfType<TemplateResult.Good>().Template, input, TestContext.Current.CancellationToken);
        Encoding.UTF8.GetString(result.ShouldBeOfType<JsonnetResult.Ok>().Json).ShouldBe("""{"a":"12"}""");
    }

    [Fact]
    public async Task Half_a_character_in_the_input_is_a_failure_and_no_exception()
    {
        (await EvaluateAsync("""{"a":"{{ claims.bad }}"}""", """{"bad":"\ud800"}""")).ShouldBeOfType<JsonnetResult.Failed>();
        (await EvaluateAsync("""{"a":"x{{ claims.bad }}"}""", """{"bad":"\ud800"}""")).ShouldBeOfType<JsonnetResult.Failed>();
    }

    [Fact]
    public async Task What_is_no_JSON_object_is_Jsonnet()
    {
        using var engine = JsonnetEngineTests.Engine();
        var templates = new Templates(engine);
        (await ReadAsync(templates, "{ a: 1 }")).ShouldBeOfType<TemplateResult.Good>().Template.ShouldBeOfType<Template.Jsonnet>();
        (await ReadAsync(templates, "[1]")).ShouldBeOfType<TemplateResult.Good>().Template.ShouldBeOfType<Template.Jsonnet>();
        (await ReadAsync(templates, """{"a":1}""")).ShouldBeOfType<TemplateResult.Good>().Template.ShouldBeOfType<Template.Json>();
        (await ReadAsync(templates, "{ a: ")).ShouldBeOfType<TemplateResult.Faulty>().Message.ShouldStartWith("is neither a JSON object nor Jsonnet: line ");
        (await templates.ReadAsync(new byte[] { 0xFF }, TestContext.Current.CancellationToken)).ShouldBe(new TemplateResult.Faulty("is not UTF-8"));
    }

    [Fact]
    public async Task Without_libjsonnet_only_JSON_templates_are_good()
    {
        using var engine = new JsonnetEngine(TimeProvider.System, new JsonnetLimits(), library: null);
        var templates = new Templates(engine);
        (await ReadAsync(templates, """{"a":1}""")).ShouldBeOfType<TemplateResult.Good>();
        (await ReadAsync(templates, "{ a: 1 }")).ShouldBeOfType<TemplateResult.Faulty>().Message.ShouldStartWith("needs libjsonnet: apt-get install libjsonnet0");
    }

    private static Task<TemplateResult> ReadAsync(Templates templates, string text) => templates.ReadAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken);

    private static async Task<JsonnetResult> EvaluateAsync(string template, string claims = Claims)
    {
        using var engine = new JsonnetEngine(TimeProvider.System, new JsonnetLimits(), library: null);
        var templates = new Templates(engine);
        var good = (await ReadAsync(templates, template)).ShouldBeOfType<TemplateResult.Good>();
        return await templates.EvaluateAsync(good.Template, new TemplateInput { Variables = JsonnetEngineTests.Bytes(new() { ["claims"] = claims }) }, TestContext.Current.CancellationToken);
    }
}

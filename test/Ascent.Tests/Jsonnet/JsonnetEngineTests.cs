using System.Text;
using System.Text.Json.Nodes;
using Ascent.Jsonnet;
using Shouldly;

namespace Ascent.Tests.Jsonnet;

public sealed class JsonnetEngineTests
{
    [Fact]
    public async Task Variables_and_arguments_reach_the_template_as_values()
    {
        (await OkAsync("{ a: std.extVar('x').list[1], b: std.extVar('y') }", variables: new() { ["x"] = """{"list":[1,2]}""", ["y"] = "\"é\\u0000\"" }))
            .ToJsonString().ShouldBe(new JsonObject { ["a"] = 2, ["b"] = "é\0" }.ToJsonString());
        (await OkAsync("function(ctx) { at: ctx.at }", arguments: new() { ["ctx"] = """{"at":1763704217}""" })).ToJsonString().ShouldBe("""{"at":1763704217}""");
    }

    [Theory]
    [InlineData("error 'cancel'")]
    [InlineData("{ a: error 'cancel' }")]
    [InlineData("error 'can' + 'cel'")]
    public async Task The_error_cancel_is_told_apart(string snippet) =>
        (await EvaluateAsync(snippet)).ShouldBe(new JsonnetResult.Cancelled());

    [Theory]
    [InlineData("error 'cancelled'", "line 1: cancelled")]
    [InlineData("error 'cancel\\n'", "line 1: cancel")]
    [InlineData("local a = 1;\nlocal b = error 'no';\n{ c: b }", "line 2: no")]
    [InlineData("{\n a: }", "line 2: ")]
    [InlineData("std.extVar('absent')", "line 1: undefined external variable: absent")]
    [InlineData("import '/etc/passwd'", "a template may not import")]
    [InlineData("importstr '/etc/passwd'", "a template may not import")]
    [InlineData("local f(x) = 1 + f(x); f(1)", "max stack frames exceeded")]
    [InlineData("function(ctx) ctx", "ctx")]
    [InlineData("{ f: function(x) x }", "function")]
    [InlineData("{ a: 1 }\0", "U+0000")]
    public async Task Whatever_is_wrong_is_told(string snippet, string message)
    {
        var failed = (await EvaluateAsync(snippet)).ShouldBeOfType<JsonnetResult.Failed>();
        failed.Message.ShouldContain(message);
        failed.Message.ShouldNotContain("\t");
        failed.Message.ShouldNotContain("root:");
    }

    [Theory]
    [InlineData("import 'x'")]
    [InlineData("error 'cancel'")]
    [InlineData("")]
    [InlineData("{} {}")]
    [InlineData("{ a: std.length('x') }")]
    public async Task Only_JSON_is_given_to_a_template(string value)
    {
        var failed = (await EvaluateAsync("std.extVar('x')", new() { ["x"] = value })).ShouldBeOfType<JsonnetResult.Failed>();
        failed.Message.ShouldBe("x is not JSON of at most 64 levels");
    }

    [Fact]
    public async Task Output_and_templates_have_an_end()
    {
        (await EvaluateAsync("local twice(s, n) = if n == 0 then s else twice(s + s, n - 1); twice('x', 21)")).ShouldBeOfType<JsonnetResult.Failed>().Message.ShouldContain("larger than");
        (await EvaluateAsync(new string('x', 300_000))).ShouldBeOfType<JsonnetResult.Failed>().Message.ShouldContain("at most");
    }

    [Theory]
    [InlineData("std.length(std.repeat('xxxxxxxxxxxxxxxx', 100000000))")]
    [InlineData("std.length(std.makeArray(300000000, function(i) { a: i }))")]
    [InlineData("local double(s, n) = if n == 0 then s else double(s + s, n - 1); std.length(double('xxxxxxxx', 40))")]
    public async Task Memory_has_an_end_and_the_next_run_is_another_s(string snippet)
    {
        using var engine = Engine();
        var lost = (await engine.EvaluateAsync(snippet, new TemplateInput(), TestContext.Current.CancellationToken)).ShouldBeOfType<JsonnetResult.Lost>();
        lost.Message.ShouldBe("it needed more than 128 MiB of memory");
        (await engine.EvaluateAsync("{ a: 1 }", new TemplateInput(), TestContext.Current.CancellationToken)).ShouldBeOfType<JsonnetResult.Ok>();
    }

    [Theory]
    [InlineData("0")]
    [InlineData("""{"":{"":{}}}""")]
    [InlineData("[[[]]]")]
    public async Task The_most_that_may_be_given_is_within_the_memory_and_more_is_refused(string element)
    {
        using var engine = Engine();
        string Of(int bytes) => $"[{string.Join(',', Enumerable.Repeat(element, bytes / (element.Length + 1)))}]";
        Task<JsonnetResult> GiveAsync(string json) => engine.EvaluateAsync("function(ctx) std.length(std.map(function(x) { v: x }, ctx))", new TemplateInput { Arguments = Bytes(new() { ["ctx"] = json }) }, TestContext.Current.CancellationToken);
        (await GiveAsync(Of(128 * 1024 - 100))).ShouldBeOfType<JsonnetResult.Ok>();
        (await GiveAsync(Of(128 * 1024 + 100))).ShouldBe(new JsonnetResult.TooLarge(128 * 1024));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("(", "")]
    [InlineData("(", ")")]
    [InlineData("{a:", "}")]
    [InlineData("1+", "1")]
    [InlineData("!", "")]
    public async Task The_deepest_nesting_that_is_taken_does_not_end_the_process(string open, string close)
    {
        var depth = (65_500 - close.Length) / (open.Length + (open == "1+" ? 0 : close.Length));
        var snippet = string.Concat(Enumerable.Repeat(open, depth)) + (open == "1+" ? close : string.Concat(Enumerable.Repeat(close, depth)));
        (await EvaluateAsync(snippet)).ShouldNotBeOfType<JsonnetResult.Overdue>();
    }

    [Theory]
    [InlineData("{ a: std.extVar('x') } // the end", null)]
    [InlineData("local x = 1; function(ctx) { a: x }", null)]
    [InlineData("error 'cancel'", null)]
    [InlineData("local f() = f() tailstrict; f()", null)]
    [InlineData("{ a: b }", "line 1: ")]
    [InlineData("{\n\n a: 1,, }", "line 3: ")]
    [InlineData("local x = 1;", "line ")]
    public async Task A_check_reads_and_evaluates_nothing(string snippet, string? message)
    {
        using var engine = Engine();
        var fault = await engine.CheckAsync(snippet, TestContext.Current.CancellationToken);
        if (message is null) fault.ShouldBeNull();
        else fault.ShouldNotBeNull().ShouldStartWith(message);
    }

    [Fact]
    public async Task Many_at_once_all_get_their_own_answer()
    {
        using var engine = Engine();
        var all = await Task.WhenAll(Enumerable.Range(0, 24).Select(i =>
            engine.EvaluateAsync("std.extVar('i') * 2", new TemplateInput { Variables = Bytes(new() { ["i"] = $"{i}" }) }, TestContext.Current.CancellationToken)));
        all.Select(r => int.Parse(Encoding.UTF8.GetString(r.ShouldBeOfType<JsonnetResult.Ok>().Json))).ShouldBe(Enumerable.Range(0, 24).Select(i => i * 2));
    }

    [Fact]
    public async Task Without_the_library_it_says_what_to_install()
    {
        using var engine = new JsonnetEngine(TimeProvider.System, new JsonnetLimits(), library: null);
        engine.Available.ShouldBeFalse();
        (await engine.EvaluateAsync("{}", new TemplateInput(), TestContext.Current.CancellationToken))
            .ShouldBe(new JsonnetResult.Failed("needs libjsonnet: apt-get install libjsonnet0"));
    }

    [Theory]
    [InlineData("v0.18.0", false)]
    [InlineData("v0.19.0", true)]
    [InlineData("v0.20.0", true)]
    [InlineData("v1.0.0", true)]
    [InlineData("next", true)]
    public void The_callback_fits_the_version(string version, bool binary) => JsonnetLibrary.HasBinaryImports(version).ShouldBe(binary);

    internal static JsonnetEngine Engine()
    {
        if (JsonnetLibrary.Installed is null) Assert.Skip("libjsonnet is not there: apt-get install libjsonnet0");
        // The machine may be busy: nothing here is about time.
        return new JsonnetEngine(TimeProvider.System, new JsonnetLimits { Patience = TimeSpan.FromMinutes(5), TurnPatience = TimeSpan.FromMinutes(5), StartPatience = TimeSpan.FromMinutes(5) }, JsonnetLibrary.Installed);
    }

    internal static Dictionary<string, ReadOnlyMemory<byte>> Bytes(Dictionary<string, string>? values) =>
        (values ?? []).ToDictionary(v => v.Key, v => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(v.Value));

    private static async Task<JsonnetResult> EvaluateAsync(string snippet, Dictionary<string, string>? variables = null, Dictionary<string, string>? arguments = null)
    {
        using var engine = Engine();
        return await engine.EvaluateAsync(snippet, new TemplateInput { Variables = Bytes(variables), Arguments = Bytes(arguments) }, TestContext.Current.CancellationToken);
    }

    private static async Task<JsonNode> OkAsync(string snippet, Dictionary<string, string>? variables = null, Dictionary<string, string>? arguments = null) =>
        JsonNode.Parse((await EvaluateAsync(snippet, variables, arguments)).ShouldBeOfType<JsonnetResult.Ok>().Json)!;
}

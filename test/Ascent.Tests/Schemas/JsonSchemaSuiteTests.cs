using System.Text.Json;
using Ascent.Schemas;
using Shouldly;

namespace Ascent.Tests.Schemas;

/// <summary>The draft-07 part of the JSON Schema organisation's own suite, file by file.</summary>
public sealed class JsonSchemaSuiteTests(ITestOutputHelper output)
{
    private const string Suite = "data/json-schema-draft7";

    /// <summary>Optional cases we do not claim: a 2019-09 schema is read as draft-07.</summary>
    private static readonly string[] NotClaimed = ["cross-draft.json: refs to future drafts are processed as future drafts: missing bar is invalid"];

    [Fact]
    public void Every_required_case_of_the_suite_passes()
    {
        var (passed, failed) = RunAll(Path.Combine(SuiteRoot(), "tests", "draft7"), SearchOption.TopDirectoryOnly);
        output.WriteLine($"required: {passed} passed, {failed.Count} failed");
        failed.ShouldBeEmpty();
        passed.ShouldBeGreaterThan(600);
    }

    [Fact]
    public void Every_optional_case_of_the_suite_passes_but_for_those_not_claimed()
    {
        var (passed, failed) = RunAll(Path.Combine(SuiteRoot(), "tests", "draft7", "optional"), SearchOption.AllDirectories);
        output.WriteLine($"optional: {passed} passed, {failed.Count} failed: {string.Join("; ", failed)}");
        failed.ShouldBe(NotClaimed, ignoreOrder: true);
        passed.ShouldBeGreaterThan(500);
    }

    private (int Passed, List<string> Failed) RunAll(string folder, SearchOption depth)
    {
        var passed = 0;
        List<string> failed = [];
        foreach (var file in Directory.EnumerateFiles(folder, "*.json", depth).Order(StringComparer.Ordinal))
        {
            var before = failed.Count;
            var good = 0;
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var group in document.RootElement.EnumerateArray()) good += RunGroup(Path.GetFileName(file), group, failed);
            output.WriteLine($"{Path.GetRelativePath(folder, file)}: {good} passed, {failed.Count - before} failed");
            passed += good;
        }
        return (passed, failed);
    }

    private static int RunGroup(string file, JsonElement group, List<string> failed)
    {
        var name = $"{file}: {group.GetProperty("description").GetString()}";
        var compilation = CompiledSchema.Compile(group.GetProperty("schema").Clone(), new SchemaCompileOptions { Resolve = Remote });
        var good = 0;
        foreach (var test in group.GetProperty("tests").EnumerateArray())
        {
            var label = $"{name}: {test.GetProperty("description").GetString()}";
            if (compilation.Schema is null)
            {
                failed.Add($"{label} ({string.Join(", ", compilation.Issues)} {string.Join(", ", compilation.Missing)})");
                continue;
            }
            var valid = compilation.Schema.Validate(test.GetProperty("data")).Count == 0;
            if (valid == test.GetProperty("valid").GetBoolean()) good++;
            else failed.Add(label);
        }
        return good;
    }

    private static JsonElement? Remote(Uri address)
    {
        if (address.Authority != "localhost:1234") return null;
        var file = Path.Combine(SuiteRoot(), "remotes", address.AbsolutePath.TrimStart('/'));
        return File.Exists(file) ? JsonElement.Parse(File.ReadAllBytes(file)) : null;
    }

    private static string SuiteRoot()
    {
        var root = TestFiles.Shared(Suite);
        Assert.SkipWhen(root is null, $"The JSON Schema suite is not there: ../shared/{Suite}");
        return root!;
    }
}

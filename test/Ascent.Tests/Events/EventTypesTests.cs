using System.Text.RegularExpressions;
using Ascent.Events;
using Shouldly;

namespace Ascent.Tests.Events;

public sealed partial class EventTypesTests
{
    /// <summary>With ASCENT_WRITE_REFERENCE=1 the page is written instead of compared.</summary>
    [Fact]
    public void The_reference_page_lists_the_types_as_they_are()
    {
        var path = Path.Combine(TestFiles.Root, "docs", "reference", "events.md");
        if (Environment.GetEnvironmentVariable("ASCENT_WRITE_REFERENCE") == "1") File.WriteAllText(path, EventTypes.Page());
        File.ReadAllText(path).ShouldBe(EventTypes.Page(), "docs/reference/events.md is stale: run this test once with ASCENT_WRITE_REFERENCE=1, or ascent events types");
    }

    [Fact]
    public void Every_type_that_the_program_writes_is_in_the_list_and_no_other()
    {
        var source = Path.Combine(TestFiles.Root, "src", "Ascent");
        var written = Directory.EnumerateFiles(source, "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && !f.EndsWith("EventTypes.cs", StringComparison.Ordinal))
            .Select(File.ReadAllText).Where(text => text.Contains("Event(", StringComparison.Ordinal) || text.Contains("FailedAttempt(", StringComparison.Ordinal) || text.Contains("events.WriteAsync(", StringComparison.Ordinal))
            .SelectMany(text => Literal().Matches(text).Select(m => m.Groups["type"].Value)).Distinct().Order(StringComparer.Ordinal);
        written.ShouldBe(EventTypes.All.Select(t => t.Name).Order(StringComparer.Ordinal));
    }

    [GeneratedRegex("\"(?<type>(identity|session|sessions|login|registration|recovery|verification|lockout|message|settings|oidc|admin)\\.[a-z_]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Literal();
}

using System.Text;
using Ascent.Flows.Messages;
using Shouldly;

namespace Ascent.Tests.Flows.Messages;

public sealed class MessageReferenceTests
{
    /// <summary>With ASCENT_WRITE_REFERENCE=1 the page is written instead of compared.</summary>
    [Fact]
    public void The_reference_page_lists_the_catalogue_as_it_is()
    {
        var path = Path.Combine(TestFiles.Root, "docs", "reference", "messages.md");
        if (Environment.GetEnvironmentVariable("ASCENT_WRITE_REFERENCE") == "1") File.WriteAllText(path, Page());
        File.Exists(path).ShouldBeTrue();
        File.ReadAllText(path).ShouldBe(Page(), "docs/reference/messages.md is stale: run this test once with ASCENT_WRITE_REFERENCE=1");
    }

    private static string Page()
    {
        var page = new StringBuilder("""
            # Messages

            Every message of a self-service flow has a number that programs may rely on; numbers, types and context keys are those of
            Ory Kratos. The sentences are ours and may be improved: a page that wants its own words picks them by the number and the
            context. Words in braces are put in when the message is said.

            """.ReplaceLineEndings("\n"));
        Table(page, "Labels", MessageWords.Labels);
        Table(page, "Notices", MessageWords.Notices);
        Table(page, "Errors", MessageWords.Errors);
        return page.ToString();
    }

    private static void Table(StringBuilder page, string title, IEnumerable<MessageEntry> entries)
    {
        page.Append($"\n## {title}\n\n| number | type | sentence | context |\n| ---: | --- | --- | --- |\n");
        foreach (var e in entries.OrderBy(e => e.Id))
            page.Append($"| {e.Id} | {UiText.NameOf(e.Type)} | {e.Text} | {string.Join(", ", e.ContextKeys.Select(k => $"`{k}`"))} |\n");
    }
}

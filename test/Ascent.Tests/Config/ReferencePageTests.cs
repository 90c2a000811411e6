using Ascent.Config.Loading;
using Shouldly;

namespace Ascent.Tests.Config;

public class ReferencePageTests
{
    [Fact]
    public void The_reference_page_is_what_the_keys_say()
    {
        var page = Path.Combine(TestFiles.Root, "docs", "reference", "configuration.md");
        File.Exists(page).ShouldBeTrue("docs/reference/configuration.md is missing; write it with: ascent config reference > docs/reference/configuration.md");
        File.ReadAllText(page).ShouldBe(Reference.Markdown(), "docs/reference/configuration.md is stale; write it with: ascent config reference > docs/reference/configuration.md");
    }
}

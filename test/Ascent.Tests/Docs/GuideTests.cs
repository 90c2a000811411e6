using System.Text.RegularExpressions;
using Ascent.Tests.Config;
using Shouldly;

namespace Ascent.Tests.Docs;

/// <summary>What a guide shows can be copied: its YAML is a good configuration, its links lead somewhere.</summary>
public sealed partial class GuideTests
{
    private static readonly string Folder = Path.Combine(TestFiles.Root, "docs", "guides");

    public static TheoryData<string> Pages() => [.. Directory.GetFiles(Folder, "*.md").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory, MemberData(nameof(Pages))]
    public void Every_configuration_in_a_guide_is_good(string page) => Check(Path.Combine(Folder, page));

    [Fact]
    public void So_is_the_one_of_the_security_page() => Check(Path.Combine(TestFiles.Root, "docs", "security.md"));

    private static void Check(string file)
    {
        foreach (Match block in YamlBlock().Matches(File.ReadAllText(file)))
        {
            var result = Yaml.With(block.Groups["text"].Value);
            result.Faults.ShouldBeEmpty(block.Value);
            result.Warnings.ShouldBeEmpty(block.Value);
        }
    }

    [Theory, MemberData(nameof(Pages))]
    public void Every_link_of_a_guide_leads_somewhere(string page)
    {
        foreach (Match link in Link().Matches(File.ReadAllText(Path.Combine(Folder, page))))
            File.Exists(Path.Combine(Folder, link.Groups["to"].Value)).ShouldBeTrue($"{page} links to {link.Groups["to"].Value}");
    }

    [GeneratedRegex("^```yaml\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex YamlBlock();

    [GeneratedRegex(@"\]\((?<to>[^):#]+\.md)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}

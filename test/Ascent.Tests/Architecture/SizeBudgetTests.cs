using Shouldly;

namespace Ascent.Tests.Architecture;

public sealed class SizeBudgetTests
{
    private const int MostLines = 400;

    [Fact]
    public void No_source_file_is_longer_than_can_be_read_at_once()
    {
        var files = ((string[])["src", "test", "bench"]).Select(d => Path.Combine(TestFiles.Root, d)).Where(Directory.Exists)
            .SelectMany(d => Directory.EnumerateFiles(d, "*.cs", SearchOption.AllDirectories))
            .Where(f => !f.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(f => (Name: Path.GetRelativePath(TestFiles.Root, f), Lines: File.ReadLines(f).Count()))
            .ToList();
        files.Count.ShouldBeGreaterThan(10);
        files.Where(f => f.Lines > MostLines).Select(f => $"{f.Name}: {f.Lines} lines").ShouldBeEmpty();
    }

    [Fact]
    public void The_program_s_entry_fits_on_a_page() =>
        File.ReadLines(Path.Combine(TestFiles.Root, "src", "Ascent.Server", "Program.cs")).Count().ShouldBeLessThanOrEqualTo(40);
}

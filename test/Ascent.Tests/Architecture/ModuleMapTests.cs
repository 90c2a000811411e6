using System.Text.RegularExpressions;
using Shouldly;

namespace Ascent.Tests.Architecture;

/// <summary>Holds the code against the table in docs/architecture.md: which module may use which.</summary>
public sealed partial class ModuleMapTests
{
    private static readonly string Source = Path.Combine(TestFiles.Root, "src", "Ascent");

    /// <summary>Sub-folders that are part of their module's face.</summary>
    private static readonly HashSet<string> OpenSubfolders = ["Crypto.Hashing", "Flows.Nodes", "Flows.Messages", "Flows.Login", "Flows.Registration", "Flows.Settings", "Flows.Recovery", "Flows.Verification", "Flows.Hooks", "Flows.Codes", "Storage.Postgres", "Storage.Sqlite"];

    [Fact]
    public void Every_module_uses_only_what_the_map_allows()
    {
        var map = ReadMap();
        var faults = new List<string>();
        foreach (var file in Files())
        {
            var module = ModuleOf(file);
            if (module is null) continue;
            map.ShouldContainKey(module, $"docs/architecture.md has no row for module {module}");
            foreach (var (used, subfolder) in Uses(file).Where(u => u.Module != module))
            {
                if (!map[module].Contains(used)) faults.Add($"{Path.GetRelativePath(Source, file)} uses {used}");
                if (subfolder is not null && !OpenSubfolders.Contains($"{used}.{subfolder}")) faults.Add($"{Path.GetRelativePath(Source, file)} reaches into {used}/{subfolder}");
            }
        }
        faults.ShouldBeEmpty();
    }

    [Fact]
    public void The_map_has_no_cycle()
    {
        var map = ReadMap();
        var done = new HashSet<string>(StringComparer.Ordinal);
        while (done.Count < map.Count)
        {
            var next = map.Where(m => !done.Contains(m.Key) && m.Value.All(done.Contains)).Select(m => m.Key).ToArray();
            next.ShouldNotBeEmpty($"a cycle among {string.Join(", ", map.Keys.Except(done))}");
            done.UnionWith(next);
        }
    }

    [Fact]
    public void Every_module_of_the_map_exists_and_every_folder_is_in_it() =>
        Directory.GetDirectories(Source).Select(Path.GetFileName).Where(d => d is not ("bin" or "obj")).Order().ShouldBe(ReadMap().Keys.Where(m => !m.Contains('/', StringComparison.Ordinal)).Order());

    // | Sessions | … | Identities, Storage, … | … |
    private static Dictionary<string, HashSet<string>> ReadMap()
    {
        var map = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(Path.Combine(TestFiles.Root, "docs", "architecture.md")))
            if (Row().Match(line) is { Success: true } row)
                map.Add(row.Groups["module"].Value, [.. row.Groups["uses"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Where(m => m != "–")]);
        map.ShouldNotBeEmpty();
        return map;
    }

    private static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories).Where(f => !Path.GetRelativePath(Source, f).StartsWith("obj", StringComparison.Ordinal));

    private static string? ModuleOf(string file)
    {
        var parts = Path.GetRelativePath(Source, file).Split(Path.DirectorySeparatorChar);
        return parts.Length == 1 ? null : parts[0];
    }

    private static IEnumerable<(string Module, string? Subfolder)> Uses(string file)
    {
        foreach (var line in File.ReadLines(file))
            foreach (Match use in Use().Matches(line))
                if (Directory.Exists(Path.Combine(Source, use.Groups["module"].Value)))
                {
                    var subfolder = use.Groups["folder"].Success && Directory.Exists(Path.Combine(Source, use.Groups["module"].Value, use.Groups["folder"].Value)) ? use.Groups["folder"].Value : null;
                    yield return (use.Groups["module"].Value, subfolder);
                }
    }

    [GeneratedRegex(@"^\| `(?<module>[A-Z]\w+(/\w+)?)` \|[^|]*\|(?<uses>[^|]*)\|", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Row();

    [GeneratedRegex(@"\bAscent\.(?<module>[A-Z]\w+)(\.(?<folder>[A-Z]\w+))?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Use();
}

namespace Ascent.Tests;

/// <summary>Finds the repository and the material beside it, wherever the tests were built.</summary>
internal static class TestFiles
{
    public static string Root { get; } = FindRoot();

    /// <summary>A path below <c>../shared</c>, or null where a clone has none.</summary>
    public static string? Shared(string path)
    {
        var full = Path.GetFullPath(Path.Combine(Root, "..", "shared", path));
        return File.Exists(full) || Directory.Exists(full) ? full : null;
    }

    private static string FindRoot()
    {
        for (var d = new DirectoryInfo(AppContext.BaseDirectory); d is not null; d = d.Parent)
            if (File.Exists(Path.Combine(d.FullName, "Ascent.slnx")))
                return d.FullName;
        throw new DirectoryNotFoundException("No Ascent.slnx above the test assembly.");
    }
}

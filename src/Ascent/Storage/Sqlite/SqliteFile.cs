namespace Ascent.Storage.Sqlite;

/// <summary>
/// A database file is its owner's alone: hashes and sealed secrets are in it. SQLite would make it readable for everybody, and gives
/// its -wal and -shm files the mode that it finds on the database.
/// </summary>
internal static class SqliteFile
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the file where there is none; one that is there keeps its mode.</summary>
    public static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows() || File.Exists(path)) return;
        try
        {
            // The umask takes away from the mode what it forbids. An empty file is an empty database.
            using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Private });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody was faster, or it cannot be made: SQLite says which when it opens it.
        }
    }

    /// <summary>What is wrong with the modes of the database's files, or null.</summary>
    public static string? WiderThanNeeded(string path)
    {
        if (OperatingSystem.IsWindows()) return null;
        var wide = new List<string>();
        foreach (var file in (string[])[path, $"{path}-wal", $"{path}-shm"])
            if (File.Exists(file) && (File.GetUnixFileMode(file) & ~Private) != UnixFileMode.None) wide.Add(file);
        return wide.Count == 0 ? null : $"others than its owner may read or write {string.Join(", ", wide)}, where password hashes and sealed secrets are; run: chmod 600 {string.Join(' ', wide)}";
    }
}

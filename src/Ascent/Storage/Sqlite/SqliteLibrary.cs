using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Ascent.Storage.Sqlite;

/// <summary>Prefers the system's libsqlite3, which the distribution keeps patched, over the one that the package carries.</summary>
internal static class SqliteLibrary
{
    private static readonly Lazy<string> Loaded = new(Load);

    /// <summary>The version of the library in use.</summary>
    public static string Version => Loaded.Value;

    private static string Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return raw.sqlite3_libversion().utf8_to_string();
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3") return 0;
        foreach (var candidate in (string[])["libsqlite3.so.0", "libsqlite3.dylib", "winsqlite3"])
            if (NativeLibrary.TryLoad(candidate, out var handle))
                return handle;
        return 0; // the default search finds the bundled one
    }
}

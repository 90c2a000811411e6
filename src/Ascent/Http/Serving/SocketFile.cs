using System.Globalization;
using System.Runtime.InteropServices;
using Ascent.Config;

namespace Ascent.Http.Serving;

/// <summary>A Unix socket's file: removed when a dead server left it, then given owner and mode.</summary>
internal static partial class SocketFile
{
    public const string Prefix = "unix:";

    public static void Prepare(string path)
    {
        if (File.Exists(path)) File.Delete(path);
    }

    public static void Apply(string path, SocketConfig config)
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(path, (UnixFileMode)config.Mode);
        if (config.Owner is null && config.Group is null) return;
        var owner = config.Owner is { Length: > 0 } user ? Number("/etc/passwd", user) : uint.MaxValue;
        var group = config.Group is { Length: > 0 } name ? Number("/etc/group", name) : uint.MaxValue;
        if (Chown(path, owner, group) != 0)
            throw new IOException($"The socket {path} could not be given to {config.Owner ?? "-"}:{config.Group ?? "-"}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>The third field of the line that begins with the name, or the number itself.</summary>
    private static uint Number(string file, string name)
    {
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return number;
        foreach (var line in File.ReadLines(file))
            if (line.Split(':') is [var first, _, var id, ..] && first == name)
                return uint.Parse(id, CultureInfo.InvariantCulture);
        throw new InvalidOperationException($"serve.*.socket names {name}, which {file} does not know.");
    }

    [LibraryImport("libc", EntryPoint = "chown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32 | DllImportSearchPath.SafeDirectories)]
    private static partial int Chown(string path, uint owner, uint group);
}

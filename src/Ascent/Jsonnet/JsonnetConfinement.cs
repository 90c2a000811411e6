using System.Globalization;
using System.Runtime.InteropServices;

namespace Ascent.Jsonnet;

/// <summary>
/// What a child process takes from itself before it evaluates. The limits are Linux's; elsewhere, where people develop, a run is held
/// to its time alone.
/// </summary>
internal static partial class JsonnetConfinement
{
    private const int Hangup = 1, Interrupt = 2, Termination = 15, StandardError = 2, WriteOnly = 1, DataLimit = 2, CoreLimit = 4, NoNewPrivileges = 38;

    /// <summary>
    /// Its end is the end of its input, no signal: those go to the whole group or unit, and the server finishes its requests first.
    /// What libjsonnet and the runtime say when they end is nobody's to read: the server tells it in one line.
    /// </summary>
    public static void Enter()
    {
        foreach (var signal in (int[])[Hangup, Interrupt, Termination]) IgnoreSignal(signal, 1);
        _ = Duplicate(OpenFile("/dev/null", WriteOnly), StandardError);
        if (!OperatingSystem.IsLinux()) return;
        Require(Control(NoNewPrivileges, 1, 0, 0, 0));
        Require(SetLimit(CoreLimit, default));
        try
        {
            // Where memory is short for the whole container, this process is the one to go.
            File.WriteAllText("/proc/self/oom_score_adj", "1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not everywhere may a process ask for that.
        }
    }

    /// <summary>
    /// Limits what may be allocated from here on. RLIMIT_DATA counts private memory that can be written; RLIMIT_AS would count what
    /// the runtime reserves and never touches as well.
    /// </summary>
    public static void LimitMemory(int mebibytes)
    {
        if (!OperatingSystem.IsLinux()) return;
        var most = (ulong)(DataBytes() + (mebibytes * 1024L * 1024));
        Require(SetLimit(DataLimit, new Limit(most, most)));
    }

    /// <summary>What the process has in memory; 0 where nobody says.</summary>
    public static long ResidentBytes() =>
        OperatingSystem.IsLinux() ? long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize : 0;

    /// <summary>At once, whatever a thread is doing.</summary>
    [LibraryImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void Exit(int code);

    private static long DataBytes()
    {
        const string name = "VmData:";
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024;
    }

    private static void Require(int result)
    {
        if (result != 0) throw new InvalidOperationException($"the system refuses a limit: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    private readonly record struct Limit(ulong Soft, ulong Hard);

    [LibraryImport("libc", EntryPoint = "signal")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint IgnoreSignal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "dup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(int option, nuint a, nuint b, nuint c, nuint d);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetLimit(int resource, in Limit limit);
}

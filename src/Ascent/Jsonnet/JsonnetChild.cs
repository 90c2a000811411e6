using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;

namespace Ascent.Jsonnet;

/// <summary>
/// A child process, from the server's side. It inherits no environment but where the runtime and libraries are, and no handle but
/// its two pipes: everything else of ours is closed when it is executed.
/// </summary>
internal sealed class JsonnetChild : IDisposable
{
    private const string Server = "Ascent.Server", Host = "dotnet";
    private const int Aborted = 128 + 6;

    private static readonly string[] Inherited = ["DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64", "DOTNET_BUNDLE_EXTRACT_BASE_DIR", "LD_LIBRARY_PATH", "TMPDIR"];

    private readonly Lock gate = new();
    private readonly Process process;
    private readonly int memory;
    private bool ended;

    private JsonnetChild(Process process, int memory) => (this.process, this.memory) = (process, memory);

    public int Id => process.Id;

    /// <summary>Starts one; it is ready after <see cref="Ready"/>. Null where the system refuses, with what it says.</summary>
    public static JsonnetChild? Start(int memory, out string fault)
    {
        fault = "";
        try
        {
            return new JsonnetChild(Process.Start(Command(memory))!, memory);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            fault = $"its process cannot be started: {e.Message}";
            return null;
        }
    }

    /// <summary>Waits until it is ready; false where it ended before.</summary>
    public bool Ready() => Ask(() => JsonnetWire.ReadReply(process.StandardOutput.BaseStream)) is { Outcome: JsonnetOutcome.Ready };

    /// <summary>Asks, and waits for the answer; null where the process ended meanwhile.</summary>
    public JsonnetReply? Run(JsonnetRequest request) => Ask(() =>
    {
        JsonnetWire.Write(process.StandardInput.BaseStream, request);
        return JsonnetWire.ReadReply(process.StandardOutput.BaseStream);
    });

    public bool HasEnded()
    {
        lock (gate) return ended || process.HasExited;
    }

    /// <summary>Why it is gone, as far as that can be told.</summary>
    public string Why() => process.WaitForExit(TimeSpan.FromSeconds(5)) && process.ExitCode == Aborted
        ? $"it needed more than {memory} MiB of memory"
        : "its process was ended from outside, or crashed";

    public void Kill()
    {
        lock (gate)
        {
            if (ended) return;
            process.Kill();
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (ended) return;
            process.Kill();
            ended = true;
            process.Dispose();
        }
    }

    private static JsonnetReply? Ask(Func<JsonnetReply?> conversation)
    {
        try
        {
            return conversation();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ObjectDisposedException)
        {
            return null;
        }
    }

    /// <summary>This program again; where it does not run by itself, its assembly by the program that runs assemblies.</summary>
    private static ProcessStartInfo Command(int memory)
    {
        var own = Environment.ProcessPath ?? Host;
        var byHost = Path.GetFileNameWithoutExtension(own) == Host;
        var start = new ProcessStartInfo
        {
            FileName = byHost ? own : Host, UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = "/",
        };
        if (!byHost && Assembly.GetEntryAssembly()?.GetName().Name == Server) start.FileName = own;
        else start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, Server + ".dll"));
        start.ArgumentList.Add(JsonnetWorker.Word);
        start.ArgumentList.Add(memory.ToString(CultureInfo.InvariantCulture));
        start.Environment.Clear();
        foreach (var name in Inherited)
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value) start.Environment[name] = value;
        // A small heap, no sockets for debuggers, no profile for later compilation; one arena, for each thread's would be counted.
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_GCHeapHardLimit"] = "0x4000000";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["MALLOC_ARENA_MAX"] = "1";
        return start;
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Ascent.Jsonnet;

/// <summary>
/// A child process's side: the program started with a word that no person types. It reads requests from its standard input,
/// evaluates one at a time, answers on its standard output, and ends with its input: the server's end is the child's, however it came.
/// </summary>
internal static class JsonnetWorker
{
    public const string Word = "jsonnet-worker";

    private const int MostRuns = 1000, WithoutLibrary = 3;
    private const long MostGrowth = 64 * 1024 * 1024;

    // libjsonnet reads nested text by recursion: enough for the deepest that the longest template can hold. What is not used is
    // address space only.
    private const int StackBytes = 256 * 1024 * 1024;

    /// <summary>Serves until the input ends.</summary>
    /// <param name="memory">How many MiB it may have above what it has when it is ready.</param>
    public static int Run(string memory)
    {
        var most = int.Parse(memory, CultureInfo.InvariantCulture);
        JsonnetConfinement.Enter();
        if (JsonnetLibrary.Installed is not { } library) return WithoutLibrary;
        using var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        using var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        using var requests = new BlockingCollection<JsonnetRequest>();
        new Thread(() => Evaluate(library, requests, output, most), StackBytes) { IsBackground = true }.Start();
        // This thread has nothing to do but to see the end of the input, in the midst of a run too.
        while (JsonnetWire.ReadRequest(input) is { } request) requests.Add(request);
        JsonnetConfinement.Exit(0);
        return 0;
    }

    private static void Evaluate(JsonnetLibrary library, BlockingCollection<JsonnetRequest> requests, Stream output, int memory)
    {
        // What every run needs is there, and compiled, before memory is counted.
        Evaluate(library, new JsonnetRequest { Snippet = "error 'cancel'\0"u8.ToArray(), MaxStack = 100, MaxOutputBytes = 1000 });
        var atFirst = JsonnetConfinement.ResidentBytes();
        JsonnetConfinement.LimitMemory(memory);
        JsonnetWire.Write(output, new JsonnetReply(JsonnetOutcome.Ready, false, []));
        var runs = 0;
        foreach (var request in requests.GetConsumingEnumerable())
        {
            var (outcome, text) = Evaluate(library, request);
            JsonnetWire.Write(output, new JsonnetReply(outcome, ++runs >= MostRuns || JsonnetConfinement.ResidentBytes() - atFirst > MostGrowth, text));
        }
    }

    private static (JsonnetOutcome, byte[]) Evaluate(JsonnetLibrary library, JsonnetRequest request)
    {
        var text = library.Evaluate(request, out var failed);
        if (failed) return JsonnetFailure.Read(Encoding.UTF8.GetString(text)) is { } message ? (JsonnetOutcome.Failed, Encoding.UTF8.GetBytes(message)) : (JsonnetOutcome.Cancelled, []);
        return text.Length > request.MaxOutputBytes ? (JsonnetOutcome.Failed, Encoding.UTF8.GetBytes($"the output is larger than {request.MaxOutputBytes} bytes")) : (JsonnetOutcome.Output, text);
    }
}

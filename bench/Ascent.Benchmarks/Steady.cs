using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Ascent.Benchmarks;

/// <summary>
/// whoami at a fixed rate: each request has its moment, and its time counts from then on, so that a server that stands still is not
/// asked less. Plain blocking sockets on threads of their own: the client adds as little as it can.
/// </summary>
internal static class Steady
{
    private const int Connections = 16;

    /// <summary>Prints answers a second, errors, and the median, 99th percentile and longest time in µs.</summary>
    public static void Run(int port, string tokensFile, double rate, double seconds)
    {
        var tokens = File.ReadLines(tokensFile).Take(100_000).ToArray();
        var times = new ConcurrentBag<double>();
        var errors = 0;
        var start = Stopwatch.GetTimestamp() + Stopwatch.Frequency / 10;
        var each = (int)(rate * seconds / Connections);
        var threads = Enumerable.Range(0, Connections).Select(n => new Thread(() =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(IPAddress.Loopback, port);
            var buffer = new byte[16 * 1024];
            for (var i = 0; i < each; i++)
            {
                var due = start + (long)((i * Connections + n) / rate * Stopwatch.Frequency);
                var wait = due - Stopwatch.GetTimestamp();
                if (wait > 0 && socket.Poll(TimeSpan.FromSeconds(wait / (double)Stopwatch.Frequency), SelectMode.SelectRead)) throw new EndOfStreamException("The server hung up.");
                // The wait may end late; that is the client's lateness, not the server's.
                var from = wait > 0 ? Stopwatch.GetTimestamp() : due;
                if (!Ask(socket, tokens[(n * 7919 + i * 104_729L) % tokens.Length], buffer)) Interlocked.Increment(ref errors);
                times.Add(Stopwatch.GetElapsedTime(from).TotalMicroseconds);
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        double[] all = [.. times.Order()];
        Console.WriteLine($"{all.Length / Stopwatch.GetElapsedTime(start).TotalSeconds:0} {errors} {all[all.Length / 2]:0} {all[all.Length * 99 / 100]:0} {all[^1]:0}");
    }

    private static bool Ask(Socket socket, string token, byte[] buffer)
    {
        socket.Send(Encoding.ASCII.GetBytes($"GET /sessions/whoami HTTP/1.1\r\nHost: localhost\r\nX-Session-Token: {token}\r\n\r\n"));
        var got = 0;
        while (true)
        {
            var n = socket.Receive(buffer.AsSpan(got));
            if (n == 0) throw new EndOfStreamException("The server hung up.");
            got += n;
            var text = buffer.AsSpan(0, got);
            var head = text.IndexOf("\r\n\r\n"u8);
            if (head < 0) continue;
            var length = Encoding.ASCII.GetString(text[..head]).Split("\r\n").First(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))[15..];
            if (got >= head + 4 + int.Parse(length)) return text.StartsWith("HTTP/1.1 200"u8);
        }
    }
}

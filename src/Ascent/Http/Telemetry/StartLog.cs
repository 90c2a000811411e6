using Ascent.Config;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ascent.Http.Telemetry;

/// <summary>
/// Log lines of a program that has no server yet, or never will: in the chosen form as far as the configuration could be read, on the
/// standard error as all others.
/// </summary>
internal static class StartLog
{
    private const string Category = "Ascent.Server";

    public static void Warn(LogConfig log, TextWriter to, string message)
    {
        Write(log, to, LogLevel.Warning, message);
    }

    /// <summary>What ends the program: for people as it is, with a line for each fault; for machines one entry for each.</summary>
    public static void Fatal(LogConfig log, TextWriter to, string message, IReadOnlyList<string>? faults = null)
    {
        if (log.Format == LogFormat.Text)
        {
            to.WriteLine(message + string.Concat((faults ?? []).Select(f => $"\n  {f}")));
            return;
        }
        foreach (var one in faults is { Count: > 0 } ? faults.Select(f => $"{message} {f}") : [message]) Write(log, to, LogLevel.Critical, one);
    }

    private static void Write(LogConfig log, TextWriter to, LogLevel level, string message)
    {
        using var store = new ConfigStore(new AscentConfig { Log = log });
        new LogLine(store, TimeProvider.System).Write(new LogEntry<string>(level, Category, default, message, null, static (m, _) => m), null, to);
    }
}

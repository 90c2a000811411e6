using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Ascent.Http.Telemetry;

/// <summary>How a log entry looks: a line of text, or JSON for machines, as <c>log.format</c> says.</summary>
internal sealed class LogLine(ConfigStore config, TimeProvider time) : ConsoleFormatter(FormatterName)
{
    public const string FormatterName = "ascent";

    /// <summary>The logger whose lines name their audience themselves.</summary>
    private const string AuditCategory = "Ascent.Audit";

    private static readonly JsonWriterOptions Pretty = JsonOut.WriterOptions with { Indented = true };

    public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
    {
        var message = logEntry.Formatter(logEntry.State, logEntry.Exception);
        var fields = logEntry.State as IEnumerable<KeyValuePair<string, object?>> ?? [];
        var format = config.Current.Log.Format;
        if (format == LogFormat.Text)
        {
            WriteText(textWriter, logEntry, message, fields);
            return;
        }
        using var buffer = new MemoryStream();
        using (var w = new Utf8JsonWriter(buffer, format == LogFormat.JsonPretty ? Pretty : JsonOut.WriterOptions))
        {
            w.WriteStartObject();
            if (format == LogFormat.Gelf) WriteGelf(w, logEntry.LogLevel, message);
            else
            {
                w.WriteString("time"u8, Now());
                w.WriteString("level"u8, Level(logEntry.LogLevel));
                w.WriteString("msg"u8, message);
            }
            var prefix = format == LogFormat.Gelf ? "_" : "";
            w.WriteString(prefix + "logger", logEntry.Category);
            if (logEntry.Category != AuditCategory) w.WriteString(prefix + "audience", "application");
            foreach (var (name, value) in fields) WriteField(w, prefix, name, value);
            if (logEntry.Exception is { } e) w.WriteString(format == LogFormat.Gelf ? "full_message" : "exception", e.ToString());
            w.WriteEndObject();
        }
        textWriter.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    private void WriteGelf(Utf8JsonWriter w, LogLevel level, string message)
    {
        w.WriteString("version"u8, "1.1");
        w.WriteString("host"u8, Environment.MachineName);
        w.WriteString("short_message"u8, message);
        w.WriteNumber("timestamp"u8, time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        // Syslog's severities.
        w.WriteNumber("level"u8, level switch { LogLevel.Critical => 2, LogLevel.Error => 3, LogLevel.Warning => 4, LogLevel.Information => 6, _ => 7 });
    }

    private static void WriteField(Utf8JsonWriter w, string prefix, string name, object? value)
    {
        if (name == "{OriginalFormat}" || value is null) return;
        w.WritePropertyName(prefix + name);
        switch (value)
        {
            case int i: w.WriteNumberValue(i); break;
            case long l: w.WriteNumberValue(l); break;
            case double d when double.IsFinite(d): w.WriteNumberValue(d); break;
            case bool b: w.WriteBooleanValue(b); break;
            case DateTimeOffset t: w.WriteStringValue(t.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)); break;
            case JsonNode n: n.WriteTo(w); break;
            default: w.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    private void WriteText<TState>(TextWriter to, in LogEntry<TState> entry, string message, IEnumerable<KeyValuePair<string, object?>> fields)
    {
        var line = new StringBuilder(256);
        line.Append(Now()).Append(' ').Append(Level(entry.LogLevel).PadRight(7)).Append(' ').Append(OneLine(message));
        // Other messages have their fields in them.
        if (entry.State is RequestLine || entry.Category == AuditCategory)
            foreach (var (name, value) in fields)
                if (name is not ("method" or "route" or "status" or "ms" or "type" or "actor" or "at"))
                    line.Append(' ').Append(name).Append('=').Append(OneLine(value is JsonNode node ? node.ToJsonString() : Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
        line.Append(" [").Append(entry.Category).Append(']');
        to.WriteLine(line);
        if (entry.Exception is { } e) to.WriteLine(e);
    }

    /// <summary>Nobody forges a second line by a line break in a name.</summary>
    private static string OneLine(string text) => text.AsSpan().ContainsAnyInRange('\0', '\x1f') ? text.ReplaceLineEndings(" ").Replace('\u001b', ' ') : text;

    private string Now() => time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static string Level(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace", LogLevel.Debug => "debug", LogLevel.Information => "info", LogLevel.Warning => "warning", LogLevel.Error => "error", _ => "fatal",
    };
}

/// <summary>What <c>log.level</c> lets through; read anew for every entry, so that a reload takes effect at once.</summary>
internal static class LogLevels
{
    public static bool Lets(ConfigStore config, string? category, LogLevel level)
    {
        var least = config.Current.Log.Level switch
        {
            LogVerbosity.Trace => LogLevel.Trace,
            LogVerbosity.Debug => LogLevel.Debug,
            LogVerbosity.Info => LogLevel.Information,
            LogVerbosity.Warning => LogLevel.Warning,
            LogVerbosity.Error => LogLevel.Error,
            _ => LogLevel.Critical,
        };
        if (category is null || !category.StartsWith("Microsoft.", StringComparison.Ordinal)) return level >= least;
        // The hosting diagnostics write paths and queries as they are, and cost a span for each request.
        if (category.StartsWith("Microsoft.AspNetCore.Hosting.Diagnostics", StringComparison.Ordinal)) return false;
        // The framework's information is our debugging.
        return level >= (least <= LogLevel.Debug ? LogLevel.Information : least < LogLevel.Warning ? LogLevel.Warning : least);
    }
}

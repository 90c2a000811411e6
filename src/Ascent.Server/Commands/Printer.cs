using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;

namespace Ascent.Server.Commands;

/// <summary>What a command found, as a table for people or in a form for programs.</summary>
internal sealed class Printer(string format, bool quiet, TextWriter output)
{
    /// <summary>What stands where a row has nothing.</summary>
    public const string None = "<none>";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Pretty = new(Plain) { WriteIndented = true };

    private static readonly Option<string> Format = Formats();
    private static readonly Option<bool> Quiet = new("--quiet", "-q") { Description = "Print nothing but the ids.", Recursive = true };

    public static void AddOptions(Command command)
    {
        command.Add(Format);
        command.Add(Quiet);
    }

    public static Printer Of(ParseResult parsed) => new(parsed.GetValue(Format)!, parsed.GetValue(Quiet), Console.Out);

    /// <summary>One thing: in a table, a line for each of its columns.</summary>
    public void Row(string[] header, string[] row, JsonNode? json)
    {
        if (quiet) output.WriteLine(row[0]);
        else if (!Structured(json)) Aligned([.. header.Zip(row, (name, value) => new[] { name, value })]);
    }

    /// <summary>Many: in a table, a line each.</summary>
    public void Table(string[] header, IReadOnlyList<string[]> rows, JsonNode? json, string? below = null)
    {
        if (quiet)
        {
            foreach (var row in rows) output.WriteLine(row[0]);
            return;
        }
        if (Structured(json)) return;
        Aligned([header, .. rows]);
        if (below is not null) output.WriteLine(below);
    }

    private bool Structured(JsonNode? json)
    {
        switch (format)
        {
            case "json": output.WriteLine(json?.ToJsonString(Plain) ?? "null"); return true;
            case "json-pretty": output.WriteLine(json?.ToJsonString(Pretty) ?? "null"); return true;
            case "yaml": output.Write(ConfigPrinter.Yaml(json)); return true;
            default: return false;
        }
    }

    private void Aligned(IReadOnlyList<string[]> rows)
    {
        var widths = Enumerable.Range(0, rows.Max(r => r.Length)).Select(i => rows.Max(r => i < r.Length ? r[i].Length : 0)).ToArray();
        foreach (var row in rows) output.WriteLine(string.Join("  ", row.Select((cell, i) => i == row.Length - 1 ? cell : cell.PadRight(widths[i]))).TrimEnd());
    }

    private static Option<string> Formats()
    {
        var format = new Option<string>("--format") { Description = "table, json, json-pretty or yaml.", DefaultValueFactory = _ => "table", Recursive = true };
        format.AcceptOnlyFromAmong("table", "json", "json-pretty", "yaml");
        return format;
    }
}

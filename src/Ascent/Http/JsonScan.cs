using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Ascent.Http;

internal enum JsonFaultKind { Encoding, Truncated, Syntax, Depth, Duplicate, Text }

/// <summary>Why bytes were refused as JSON; the text may go to the client.</summary>
internal readonly record struct JsonFault(JsonFaultKind Kind, string Text);

/// <summary>Walks JSON that is suspect, to name the place that is wrong. Never on the way of good requests.</summary>
internal static class JsonScan
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = JsonBody.MaxDepth };

    /// <summary>The first string or name with an escaped NUL or half of a surrogate pair; null when the text is fine.</summary>
    public static JsonFault? FindBadText(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Options);
        var path = new Path();
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String && reader.ValueIsEscaped && BadEscape(reader.ValueSpan) is { } what)
                    return new JsonFault(JsonFaultKind.Text, reader.TokenType == JsonTokenType.PropertyName
                        ? $"A name inside {path} holds {what}, which is not allowed in text."
                        : $"The field {path.At()} holds {what}, which is not allowed in text.");
                path.Step(ref reader);
            }
        }
        catch (JsonException)
        {
            return null; // the parser says what is wrong
        }
        return null;
    }

    /// <summary>Says why the strict parser refused; only called after it did.</summary>
    public static JsonFault Explain(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, Options);
        var path = new Path();
        var names = new Stack<HashSet<string>>();
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.StartObject) names.Push(new HashSet<string>(StringComparer.Ordinal));
                if (reader.TokenType == JsonTokenType.EndObject) names.Pop();
                var twice = reader.TokenType == JsonTokenType.PropertyName && !names.Peek().Add(reader.GetString()!);
                path.Step(ref reader);
                if (twice) return new JsonFault(JsonFaultKind.Duplicate, $"The field {path} is given twice.");
            }
        }
        catch (JsonException e)
        {
            var at = $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
            if (path.Depth >= JsonBody.MaxDepth && json[(int)reader.BytesConsumed..].TrimStart(" \t\r\n,:"u8) is [(byte)'[' or (byte)'{', ..])
                return new JsonFault(JsonFaultKind.Depth, $"The JSON is nested deeper than {JsonBody.MaxDepth} levels ({at}).");
            return json[(int)Math.Min(reader.BytesConsumed, json.Length)..].Trim(" \t\r\n"u8).IsEmpty || EndsWithin(json, e)
                ? new JsonFault(JsonFaultKind.Truncated, $"The JSON ends too early ({at}).")
                : new JsonFault(JsonFaultKind.Syntax, $"The body is not valid JSON ({at}).");
        }
        return new JsonFault(JsonFaultKind.Syntax, "The body is not valid JSON.");
    }

    private static bool EndsWithin(ReadOnlySpan<byte> json, JsonException e)
    {
        var line = e.LineNumber ?? 0;
        var start = 0;
        for (; line > 0; line--)
        {
            var next = json[start..].IndexOf((byte)'\n');
            if (next < 0) return true;
            start += next + 1;
        }
        return start + (e.BytePositionInLine ?? 0) >= json.Length;
    }

    private static string? BadEscape(ReadOnlySpan<byte> raw)
    {
        for (var i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\') continue;
            if (raw[++i] != 'u') continue;
            var unit = Hex(raw.Slice(i + 1, 4));
            i += 4;
            if (unit == 0) return "the character U+0000";
            if (unit is < 0xD800 or > 0xDFFF) continue;
            var low = unit <= 0xDBFF && raw.Length > i + 6 && raw[i + 1] == '\\' && raw[i + 2] == 'u' ? Hex(raw.Slice(i + 3, 4)) : 0;
            if (low is < 0xDC00 or > 0xDFFF) return "half of a surrogate pair";
            i += 6;
        }
        return null;
    }

    private static int Hex(ReadOnlySpan<byte> four) => int.Parse(four, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>A JSON pointer that follows a reader.</summary>
    private sealed class Path
    {
        private readonly List<(string? Name, int Index)> steps = [];

        public int Depth => steps.Count;

        public void Step(ref Utf8JsonReader reader)
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    steps[^1] = (reader.GetString(), -1);
                    break;
                case JsonTokenType.StartObject:
                    Value();
                    steps.Add((null, -1));
                    break;
                case JsonTokenType.StartArray:
                    Value();
                    steps.Add((null, 0));
                    break;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    steps.RemoveAt(steps.Count - 1);
                    break;
                default:
                    Value();
                    break;
            }
        }

        /// <summary>The place of the value that comes next.</summary>
        public string At() => Text(0);

        public override string ToString() => Text(-1);

        private void Value()
        {
            if (steps.Count > 0 && steps[^1].Index >= 0) steps[^1] = (null, steps[^1].Index + 1);
        }

        private string Text(int ahead)
        {
            var text = new StringBuilder();
            for (var i = 0; i < steps.Count; i++)
            {
                var (name, index) = steps[i];
                var last = i == steps.Count - 1;
                if (name is not null) text.Append('/').Append(Pointer.Escape(name));
                else if (index >= 0 && !(last && ahead < 0)) text.Append('/').Append(last ? index : index - 1);
            }
            return text.Length == 0 ? "(root)" : text.ToString();
        }
    }
}

/// <summary>JSON pointers (RFC 6901) as error texts show them: cut where somebody sends names without end.</summary>
internal static class Pointer
{
    private const int LongestName = 80;

    public static string Escape(string name)
    {
        var shown = name.Length <= LongestName ? name : name[..LongestName] + "…";
        return shown.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Ascent.Config.Loading;

/// <summary>
/// One file's text as a tree. Scalars are typed by YAML 1.2's core schema (yes and on are texts), anchors and merge keys
/// are resolved, a key given twice is a fault. Depth and size are bounded, also behind aliases. JSON is read as YAML is,
/// which contains it.
/// </summary>
internal sealed partial class YamlReader
{
    private const int MaxCharacters = 4 * 1024 * 1024;
    private const int MaxDepth = 64;
    private const int MaxNodes = 200_000;

    private readonly Parser parser;
    private readonly Dictionary<string, JsonNode?> anchors = new(StringComparer.Ordinal);
    private int nodes;

    private YamlReader(string text) => parser = new Parser(new Scanner(new StringReader(text), skipComments: true));

    /// <summary>The file's map, empty for an empty file; null after a fault.</summary>
    public static JsonObject? Read(string file, string text, Findings findings)
    {
        if (text.Length > MaxCharacters)
        {
            findings.Fault("", $"{file}: is larger than {MaxCharacters / 1024 / 1024} MiB");
            return null;
        }
        var reader = new YamlReader(text);
        try
        {
            return reader.Document();
        }
        catch (YamlException e)
        {
            findings.Fault("", $"{file}: line {e.Start.Line}, column {e.Start.Column}: {Reason(e)}");
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The scanner gives up on some broken texts in its own way.
            findings.Fault("", $"{file}: behind line {reader.parser.Current?.End.Line ?? 1}: is no YAML; a bracket, a brace or a quotation mark may be left open");
            return null;
        }
    }

    private JsonObject Document()
    {
        parser.Consume<StreamStart>();
        if (parser.Accept<StreamEnd>(out _)) return [];
        parser.Consume<DocumentStart>();
        var at = parser.Current!;
        var root = Node(0);
        parser.Consume<DocumentEnd>();
        if (parser.Accept<DocumentStart>(out var second)) throw Wrong(second, "only one document is read; remove the ---");
        return root switch
        {
            JsonObject map => map,
            null => [],
            _ => throw Wrong(at, "the file must be a map of keys"),
        };
    }

    private JsonNode? Node(int depth)
    {
        Count(1, depth, parser.Current!);
        if (parser.TryConsume<AnchorAlias>(out var alias)) return Aliased(alias, depth);
        if (parser.TryConsume<Scalar>(out var scalar)) return Remember(scalar, Typed(scalar));
        if (parser.TryConsume<SequenceStart>(out var sequence))
        {
            var array = new JsonArray();
            while (!parser.TryConsume<SequenceEnd>(out _)) array.Add(Node(depth + 1));
            return Remember(sequence, array);
        }
        var mapping = parser.Consume<MappingStart>();
        return Remember(mapping, Mapping(depth));
    }

    private JsonObject Mapping(int depth)
    {
        var map = new JsonObject();
        var merged = new List<JsonObject>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            if (!parser.TryConsume<Scalar>(out var key)) throw Wrong(parser.Current!, "a key must be a plain text");
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
            {
                Merge(Node(depth + 1), key, merged);
                continue;
            }
            if (map.ContainsKey(key.Value)) throw Wrong(key, $"the key {key.Value} stands here a second time");
            map[key.Value] = Node(depth + 1);
        }
        // What the map says itself wins over what it merges, and an earlier merge over a later one.
        foreach (var (name, value) in merged.SelectMany(m => m))
            if (!map.ContainsKey(name))
                map[name] = value?.DeepClone();
        return map;
    }

    private static void Merge(JsonNode? value, Scalar key, List<JsonObject> merged)
    {
        var maps = value is JsonArray array ? array.AsEnumerable() : [value];
        foreach (var item in maps)
            merged.Add(item as JsonObject ?? throw Wrong(key, "<< takes a map or a list of maps"));
    }

    private JsonNode? Aliased(AnchorAlias alias, int depth)
    {
        if (!anchors.TryGetValue(alias.Value.Value, out var value)) throw Wrong(alias, $"*{alias.Value.Value} has no anchor before it");
        var (size, height) = Measure(value);
        Count(size, depth + height, alias);
        return value?.DeepClone();
    }

    private JsonNode? Remember(NodeEvent at, JsonNode? value)
    {
        if (!at.Anchor.IsEmpty) anchors[at.Anchor.Value] = value;
        return value;
    }

    private void Count(int more, int depth, ParsingEvent at)
    {
        nodes += more;
        if (depth > MaxDepth) throw Wrong(at, $"is nested deeper than {MaxDepth} levels");
        if (nodes > MaxNodes) throw Wrong(at, $"has more than {MaxNodes} values, aliases counted out");
    }

    private static (int Size, int Height) Measure(JsonNode? node)
    {
        var parts = node switch
        {
            JsonArray array => array.AsEnumerable(),
            JsonObject map => map.Select(m => m.Value),
            _ => [],
        };
        var (size, height) = (1, 0);
        foreach (var (s, h) in parts.Select(Measure)) (size, height) = (size + s, Math.Max(height, h + 1));
        return (size, height);
    }

    private static JsonValue? Typed(Scalar scalar)
    {
        var text = scalar.Value;
        if (scalar.Style != ScalarStyle.Plain || (!scalar.Tag.IsEmpty && scalar.Tag.Value is "tag:yaml.org,2002:str" or "!")) return JsonValue.Create(text);
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL": return null;
            case "true" or "True" or "TRUE": return JsonValue.Create(true);
            case "false" or "False" or "FALSE": return JsonValue.Create(false);
        }
        if (WholeNumber.IsMatch(text) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return JsonValue.Create(whole);
        if (text.StartsWith("0x", StringComparison.Ordinal) && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hex)) return JsonValue.Create(hex);
        if (Octal.IsMatch(text) && text.Length < 20) return JsonValue.Create(Convert.ToInt64(text[2..], 8));
        if (Fraction.IsMatch(text) && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)) return JsonValue.Create(number);
        return JsonValue.Create(text);
    }

    private static string Reason(YamlException e) => e.InnerException?.Message ?? e.Message;

    private static YamlException Wrong(ParsingEvent at, string message) => new(at.Start, at.End, message);

    [GeneratedRegex(@"^[-+]?[0-9]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WholeNumber { get; }

    [GeneratedRegex(@"^0o[0-7]+$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Octal { get; }

    [GeneratedRegex(@"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Fraction { get; }
}

using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ascent.Config.Loading;

/// <summary>
/// Makes the records from the merged tree, by the key tree. Everything that is wrong with a value alone (its type, range,
/// spelling) is found here; what is wrong between values is found by the rules in Validation.
/// </summary>
internal sealed class Binder(Findings findings, bool allowUnknownKeys = false)
{
    /// <summary>Keys that only the command line gives; harmless in a file.</summary>
    private static readonly string[] FlagsInFiles = ["config", "help"];

    /// <summary>Kratos's schema has it by mistake among the keys of a request, so it is legal there.</summary>
    private const string SlipOfKratos = "additionalProperties";

    public AscentConfig Bind(JsonObject merged) => (AscentConfig)Section(KeyTree.Instance.Root, merged, "")!;

    private object? Section(KeyNode node, JsonNode value, string path)
    {
        if (value is not JsonObject map)
        {
            findings.Fault(path, $"must be a map with keys such as {string.Join(", ", node.Children.Take(3).Select(c => c.Name))}; {Kind(value)}");
            return null;
        }
        var record = Activator.CreateInstance(node.Type)!;
        foreach (var (name, _) in map)
            if (node.Child(name) is null && !(path.Length == 0 && FlagsInFiles.Contains(name)))
                Unknown(node, path, name);
        foreach (var child in node.Children)
        {
            var at = NearestKey.Join(path, child.Name);
            if (map[child.Name] is not { } given)
            {
                if (child.Key.Required) Missing(child, at);
                continue;
            }
            if (child.Key is { Ignored: true, Instead: { } instead }) findings.Warn(at, $"is no longer read; use {instead}");
            if (Value(child, given, at) is not { } bound) continue;
            child.Property!.SetValue(record, bound);
            if (child.Key.Planned && !bound.Equals(child.Default)) findings.Warn(at, "planned, not in force: nothing acts on it yet");
        }
        return record;
    }

    private void Missing(KeyNode node, string path)
    {
        if (node.Kind == KeyKind.Section && node.Children.Where(c => c.Key.Required).ToList() is { Count: > 0 } needed)
            foreach (var child in needed) Missing(child, NearestKey.Join(path, child.Name));
        else
            findings.Fault(path, $"is required: {Expected(node)}");
    }

    private void Unknown(KeyNode parent, string path, string name)
    {
        var meant = NearestKey.Find(parent, path, name);
        var at = NearestKey.Join(path, name);
        var hint = meant is null ? "" : $"; did you mean {meant}?";
        if (allowUnknownKeys || name == SlipOfKratos) findings.Warn(at, $"unknown key, not read{hint}");
        else findings.Fault(at, $"{ConfigFault.UnknownKey}{hint}");
    }

    private object? Value(KeyNode node, JsonNode value, string path) => node.Kind switch
    {
        KeyKind.Section => Section(node, value, path),
        KeyKind.List => List(node, value, path),
        KeyKind.Map => Map(node, value, path),
        KeyKind.Any => JsonSerializer.SerializeToElement(value),
        _ => Scalar(node, value, path),
    };

    private Array? List(KeyNode node, JsonNode value, string path)
    {
        if (value is not JsonArray array)
        {
            findings.Fault(path, $"must be a list of {Noun(node.Item!)}; {Kind(value)}");
            return null;
        }
        if (node.Item!.Kind == KeyKind.Section && array.Count < node.Key.Min) findings.Fault(path, $"must have at least {Number(node.Key.Min)} entry");
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(node.Type))!;
        for (var i = 0; i < array.Count; i++)
        {
            var at = $"{path}.{i}";
            if (array[i] is not { } item) findings.Fault(at, $"must not be empty: {Expected(node.Item)}");
            else if (Value(node.Item, item, at) is { } bound) list.Add(bound);
        }
        var exact = Array.CreateInstance(node.Type, list.Count);
        list.CopyTo(exact, 0);
        return exact;
    }

    private IDictionary? Map(KeyNode node, JsonNode value, string path)
    {
        if (value is not JsonObject map)
        {
            findings.Fault(path, $"must be a map of names to {Noun(node.Item!)}; {Kind(value)}");
            return null;
        }
        var bound = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), node.Type), StringComparer.Ordinal)!;
        foreach (var (name, given) in map)
        {
            var at = $"{path}.{name}";
            if (given is null) findings.Fault(at, $"must not be empty: {Expected(node.Item!)}");
            else if (Value(node.Item!, given, at) is { } item) bound[name] = item;
        }
        return bound;
    }

    private object? Scalar(KeyNode node, JsonNode value, string path)
    {
        var parsed = Parse(node, value);
        if (parsed is null)
        {
            findings.Fault(path, $"must be {Expected(node)}; {(node.Kind == KeyKind.Secret ? Kind(value) : Is(value))}");
            return null;
        }
        if (OutOfRange(node, parsed) is { } range)
        {
            findings.Fault(path, range);
            return null;
        }
        if (TextFormats.Fault(node.Key.Format, parsed switch { string s => s, Secret s => s.Value, _ => "" }) is { } fault)
        {
            findings.Fault(path, fault);
            return null;
        }
        return parsed;
    }

    private static object? Parse(KeyNode node, JsonNode value)
    {
        var text = value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        return node.Kind switch
        {
            KeyKind.Text => text,
            KeyKind.Secret => text is null ? null : new Secret(text),
            KeyKind.Number => value is JsonValue n && n.TryGetValue<long>(out var whole) && whole is >= int.MinValue and <= int.MaxValue ? (int)whole : null,
            KeyKind.Decimal => value is JsonValue d && value.GetValueKind() == JsonValueKind.Number ? ToDouble(d) : null,
            KeyKind.Flag => value.GetValueKind() switch { JsonValueKind.True => true, JsonValueKind.False => false, _ => null },
            KeyKind.Duration => text is not null && GoDuration.TryParse(text, out var span) ? span : null,
            KeyKind.Size when text is not null => ByteSizes.TryParse(text, out var bytes) ? new ByteSize(bytes) : null,
            KeyKind.Size => value is JsonValue s && s.TryGetValue<long>(out var count) && count >= 0 ? new ByteSize(count) : null,
            KeyKind.Choice => text is not null && node.Choices.TryGetValue(text, out var choice) ? choice : null,
            _ => null,
        };
    }

    private static double ToDouble(JsonValue value) => value.TryGetValue<double>(out var d) ? d : value.TryGetValue<long>(out var l) ? l : double.NaN;

    private static string? OutOfRange(KeyNode node, object value)
    {
        var (measure, what) = value switch
        {
            int n => (n, ""),
            double d => (d, ""),
            TimeSpan t => (t.TotalSeconds, ""),
            string s => (s.Length, " characters long"),
            Secret s => (s.Value.Length, " characters long"),
            _ => (double.NaN, ""),
        };
        if (double.IsNaN(measure)) return null;
        var (min, max) = (node.Key.Min, node.Key.Max);
        if (value is TimeSpan && double.IsNegativeInfinity(min)) min = 0;
        if (measure >= min && measure <= max) return null;
        var shown = value is TimeSpan ? (Func<double, string>)(s => GoDuration.Format(TimeSpan.FromSeconds(s))) : Number;
        if (min == max) return $"must be exactly {shown(min)}{what}";
        if (double.IsPositiveInfinity(max)) return min == 0 && value is TimeSpan ? "must not be negative" : $"must be at least {shown(min)}{what}";
        return double.IsNegativeInfinity(min) ? $"must be at most {shown(max)}{what}" : $"must be from {shown(min)} to {shown(max)}{what}";
    }

    private static string Expected(KeyNode node) => node.Kind switch
    {
        KeyKind.Section => $"a map with {string.Join(", ", node.Children.Where(c => c.Key.Required).DefaultIfEmpty(node.Children[0]).Select(c => c.Name))}",
        KeyKind.List => $"a list of {Noun(node.Item!)}",
        KeyKind.Map => $"a map of names to {Noun(node.Item!)}",
        KeyKind.Text or KeyKind.Secret => node.Key.Format == TextFormat.Any ? "a text (in quotes, if it looks like a number)" : TextFormats.Expected(node.Key.Format),
        KeyKind.Number => "a whole number",
        KeyKind.Decimal => "a number",
        KeyKind.Flag => "true or false",
        KeyKind.Duration => "a duration with its unit, such as 30s, 10m or 1h30m",
        KeyKind.Size => "an amount of memory, such as 64MB or 1GB",
        KeyKind.Choice => $"one of {string.Join(", ", node.Choices.Keys.Order(StringComparer.Ordinal))}",
        _ => "a value",
    };

    private static string Noun(KeyNode node) => node.Kind switch
    {
        KeyKind.Section => "maps",
        KeyKind.Number or KeyKind.Decimal => "numbers",
        _ => "texts",
    };

    private static string Is(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.String => $"it is \"{Cut(value.GetValue<string>())}\"",
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => $"it is {value.ToJsonString()}",
        _ => Kind(value),
    };

    private static string Kind(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "it is a map",
        JsonValueKind.Array => "it is a list",
        JsonValueKind.String => "it is a text",
        JsonValueKind.Number => "it is a number",
        _ => "it is true or false",
    };

    private static string Cut(string text) => text.Length <= 60 ? text : text[..60] + "…";

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}

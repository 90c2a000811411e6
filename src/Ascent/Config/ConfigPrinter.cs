using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ascent.Config.Loading;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ascent.Config;

/// <summary>
/// The effective configuration, defaults included, for people to read. No secret is in it: those typed as one, those in
/// maps whose name says so, and what stands before the @ of a URL.
/// </summary>
internal static partial class ConfigPrinter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Json(AscentConfig config) => Tree(config).ToJsonString(Indented) + "\n";

    public static string Yaml(AscentConfig config) => Yaml(Tree(config));

    public static string Yaml(JsonNode? tree)
    {
        using var text = new StringWriter { NewLine = "\n" };
        new YamlStream(new YamlDocument(ToYaml(tree))).Save(text, assignAnchors: false);
        return text.ToString().Replace("\n...\n", "\n", StringComparison.Ordinal);
    }

    /// <summary>docs/reference/configuration.md.</summary>
    public static string ReferencePage() => Reference.Markdown();

    public static JsonObject Tree(AscentConfig config) => Section(KeyTree.Instance.Root, config);

    private static JsonObject Section(KeyNode node, object record)
    {
        var map = new JsonObject();
        foreach (var child in node.Children)
            if (Value(child, child.Property!.GetValue(record), child.Name) is { } value)
                map[child.Name] = value;
        return map;
    }

    private static JsonNode? Value(KeyNode node, object? value, string name) => value switch
    {
        null => null,
        Secret secret => Shown(secret, node.Key.Format, name),
        string text when SecretName.IsMatch(name) && node.Path.EndsWith(".*", StringComparison.Ordinal) => text.Length == 0 ? text : Secret.Shown,
        string text => WithoutUser(text),
        bool flag => flag,
        int number => number,
        double number => number,
        TimeSpan span => GoDuration.Format(span),
        ByteSize size => size.ToString(),
        Enum choice => node.Choices.First(c => c.Value.Equals(choice)).Key,
        JsonElement element => Redact(JsonSerializer.SerializeToNode(element), name),
        _ when node.Kind == KeyKind.Section => Section(node, value),
        IDictionary map => new JsonObject(Entries(node, map)),
        IEnumerable list => new JsonArray([.. list.Cast<object>().Select(i => Value(node.Item!, i, name))]),
        _ => null,
    };

    private static IEnumerable<KeyValuePair<string, JsonNode?>> Entries(KeyNode node, IDictionary map)
    {
        foreach (DictionaryEntry entry in map) yield return new((string)entry.Key, Value(node.Item!, entry.Value, (string)entry.Key));
    }

    private static string Shown(Secret secret, TextFormat format, string name) =>
        name == "dsn" || format == TextFormat.Url ? WithoutUser(secret.Value) : Secret.Shown;

    private static JsonNode? Redact(JsonNode? node, string name)
    {
        if (SecretName.IsMatch(name) && node is JsonValue) return Secret.Shown;
        switch (node)
        {
            case JsonObject map:
                foreach (var (key, value) in map.ToList()) map[key] = Redact(value, key)?.DeepClone();
                return map;
            case JsonArray array:
                for (var i = 0; i < array.Count; i++) array[i] = Redact(array[i], name)?.DeepClone();
                return array;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return WithoutUser(value.GetValue<string>());
            default:
                return node;
        }
    }

    private static string WithoutUser(string text) =>
        PasswordInQuery.Replace(UserInfo.Replace(text, $"://{Secret.Shown}@"), Secret.Shown);

    private static YamlNode ToYaml(JsonNode? node) => node switch
    {
        JsonObject map => new YamlMappingNode(map.Select(m => KeyValuePair.Create<YamlNode, YamlNode>(new YamlScalarNode(m.Key), ToYaml(m.Value)))),
        JsonArray array => new YamlSequenceNode(array.Select(ToYaml)),
        JsonValue value when value.GetValueKind() == JsonValueKind.String =>
            new YamlScalarNode(value.GetValue<string>()) { Style = PlainText.IsMatch(value.GetValue<string>()) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted },
        null => new YamlScalarNode("null"),
        _ => new YamlScalarNode(node.ToJsonString()),
    };

    [GeneratedRegex("secret|password|token|authorization|api[-_]?key|private[-_]?key|credential|cookie", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SecretName { get; }

    // Up to the last @ before the path: a password may hold one itself.
    [GeneratedRegex(@"://[^/?#\s]*@", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex UserInfo { get; }

    [GeneratedRegex(@"(?<=[?&](password|sslpassword|token|secret|key)=)[^&\s]+", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PasswordInQuery { get; }

    [GeneratedRegex("^(?!(null|true|false|yes|no|on|off)$)[a-z_][a-z0-9_-]*$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PlainText { get; }
}

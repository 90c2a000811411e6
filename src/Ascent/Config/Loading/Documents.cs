using System.Collections;

namespace Ascent.Config.Loading;

/// <summary>Every document that a configuration refers to, with the key that does.</summary>
internal static class Documents
{
    public static IEnumerable<(string Path, string Reference)> Of(AscentConfig config) => Of(KeyTree.Instance.Root, config, "");

    private static IEnumerable<(string Path, string Reference)> Of(KeyNode node, object? value, string path) => (node.Kind, value) switch
    {
        (KeyKind.Text, string text) when node.Key.Format is TextFormat.Document or TextFormat.DocumentOrPath => [(path, text)],
        (KeyKind.Section, { } record) => node.Children.SelectMany(c => Of(c, c.Property!.GetValue(record), NearestKey.Join(path, c.Name))),
        (KeyKind.List, IEnumerable list) => list.Cast<object>().SelectMany((item, i) => Of(node.Item!, item, $"{path}.{i}")),
        (KeyKind.Map, IDictionary map) => map.Keys.Cast<string>().SelectMany(name => Of(node.Item!, map[name], $"{path}.{name}")),
        _ => [],
    };
}

using System.Collections;
using System.Globalization;
using System.Text;

namespace Ascent.Config.Loading;

/// <summary>docs/reference/configuration.md, from the key tree.</summary>
internal static class Reference
{
    /// <summary>Records that stand in many places; each has a table of its own.</summary>
    private static readonly Dictionary<Type, (string Title, string Example)> Blocks = new()
    {
        [typeof(HookConfig)] = ("Hooks", "selfservice.flows.login.after.hooks[]"),
        [typeof(RequestAuth)] = ("Authentication of requests", "selfservice.flows.login.after.hooks[].config.auth"),
        [typeof(ValidityTemplates)] = ("Message templates", "courier.templates.recovery"),
    };

    public static string Markdown()
    {
        var page = new StringBuilder("""
            # Configuration keys

            Written by `ascent config reference`; do not edit. A `kratos.yml` works unchanged; keys marked **+** are not Kratos's.
            Files are YAML or JSON, several are merged (a later one wins, maps are merged, lists replaced). Every key can be set by an
            environment variable: its path in capitals, dots and dashes as underscores, list items by index, whole lists and maps as
            JSON: `SERVE_PUBLIC_PORT=4433`, `IDENTITY_SCHEMAS_0_URL=file://person.json`, `SECRETS_COOKIE=["…"]`.
            A changed file takes effect within a second if it is valid; keys marked **restart** need a restart.
            `name[]` is an item of a list, `name.*` an entry of a map.

            """);
        foreach (var section in KeyTree.Instance.Root.Children.Where(c => c.Kind == KeyKind.Section && !c.Key.Ignored)) Table(page, section.Name, section.Key.Doc, section.Descendants);
        Table(page, "At the top", "", KeyTree.Instance.Root.Children.Where(c => c.Kind != KeyKind.Section || c.Key.Ignored));
        foreach (var (title, example) in Blocks.Values)
        {
            var block = KeyTree.Instance.All.Select(k => k.Path == example ? k : k.Item).First(k => k?.Path == example)!;
            Table(page, title, "", block.Descendants, block.Path.Length + 1);
        }
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static void Table(StringBuilder page, string title, string doc, IEnumerable<KeyNode> keys, int from = 0)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n");
        if (doc.Length > 0) page.Append(CultureInfo.InvariantCulture, $"{doc}\n\n");
        page.Append("| key | type | default | |\n| --- | --- | --- | --- |\n");
        var all = keys.ToList();
        var folded = all.Where(IsBlock).Select(k => k.Path).ToList();
        foreach (var key in all)
        {
            if (key.Kind == KeyKind.Section && !IsBlock(key)) continue;
            if (folded.Exists(f => key.Path.Length > f.Length && key.Path.StartsWith(f, StringComparison.Ordinal) && key.Path[f.Length] is '.' or '[')) continue;
            var marks = string.Concat(key.Ours ? "**+** " : "", NeedsRestart(key) ? "**restart** " : "", key.Key.Ignored ? "(not used) " : "", IsPlanned(key) ? "(planned, not in force) " : "", key.Key.Required ? "(required) " : "");
            page.Append(CultureInfo.InvariantCulture, $"| `{key.Path[from..]}` | {Type(key)} | {Default(key)} | {marks}{Cell(key.Key.Doc)} |\n");
        }
    }

    private static bool IsBlock(KeyNode key) => Blocks.ContainsKey(key.Type);

    private static bool NeedsRestart(KeyNode key) => KeyTree.Instance.All.Any(k => k.Key.Restart && IsWithin(key, k));

    private static bool IsPlanned(KeyNode key) => KeyTree.Instance.All.Any(k => k.Key.Planned && IsWithin(key, k));

    private static bool IsWithin(KeyNode key, KeyNode section) => section.Path == key.Path || key.Path.StartsWith(section.Path + ".", StringComparison.Ordinal);

    private static string Type(KeyNode key) => key.Kind switch
    {
        KeyKind.List or KeyKind.Section when Blocks.TryGetValue(key.Type, out var block) =>
            $"{(key.Kind == KeyKind.List ? "list, " : "")}[{block.Title}](#{block.Title.ToLowerInvariant().Replace(' ', '-')})",
        KeyKind.List => $"list of {Type(key.Item!)}",
        KeyKind.Map => $"map to {Type(key.Item!)}",
        KeyKind.Section => "map",
        KeyKind.Choice => string.Join(" \\| ", key.Choices.OrderBy(c => Convert.ToInt32(c.Value)).Select(c => $"`{c.Key}`")),
        KeyKind.Secret => "text, secret",
        KeyKind.Number => "whole number" + Range(key),
        KeyKind.Decimal => "number" + Range(key),
        KeyKind.Flag => "true or false",
        KeyKind.Any => "anything",
        _ => key.Kind.ToString().ToLowerInvariant(),
    };

    private static string Range(KeyNode key) => (key.Key.Min, key.Key.Max) switch
    {
        (double.NegativeInfinity, double.PositiveInfinity) => "",
        (var min, double.PositiveInfinity) => $", {min} or more",
        (var min, var max) => $", {min}–{max}",
    };

    private static string Default(KeyNode key)
    {
        if (key.Key.Required) return "";
        if (key.Key.Default is { } said) return Cell(said);
        return key.Default switch
        {
            null or "" => "",
            string text => $"`{text}`",
            bool flag => flag ? "`true`" : "`false`",
            TimeSpan span => $"`{GoDuration.Format(span)}`",
            Enum choice => $"`{key.Choices.First(c => c.Value.Equals(choice)).Key}`",
            IDictionary => "",
            IEnumerable items => string.Join(", ", items.Cast<object>().Where(i => i is string).Select(i => $"`{i}`")),
            ValueType value => $"`{value}`",
            // A table of its own below.
            _ => "",
        };
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}

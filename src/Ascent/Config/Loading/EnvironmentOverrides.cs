using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ascent.Config.Loading;

/// <summary>
/// Environment variables named after a key: SERVE_PUBLIC_PORT, SELFSERVICE_ALLOWED_RETURN_URLS_0. Names are matched against
/// the known keys, since keys contain underscores themselves. A list or map may be given whole, as JSON; a list of texts
/// also as a,b. Variables that name no key are none of our business.
/// </summary>
internal static class EnvironmentOverrides
{
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    public static void Apply(JsonObject merged, IReadOnlyDictionary<string, string> environment, Findings findings)
    {
        // Shorter names first: SECRETS_COOKIE gives the list that SECRETS_COOKIE_1 then changes.
        foreach (var (name, text) in environment.OrderBy(e => e.Key.Length).ThenBy(e => e.Key, StringComparer.Ordinal))
        {
            if (Find(KeyTree.Instance.Root, name) is not { } steps) continue;
            var node = steps[^1].Node;
            if (Value(node, text) is not { } value)
            {
                // A bare SESSION=ubuntu is a desktop's variable, not our section.
                if (node.Kind is not (KeyKind.Section or KeyKind.Map or KeyKind.Any)) findings.Fault(name, $"(environment) must be {Expected(node)}");
                continue;
            }
            if (!Place(merged, steps, value)) findings.Fault(name, "(environment) the list has no entry before this one");
        }
    }

    private static List<(KeyNode Node, int Index)>? Find(KeyNode parent, string rest)
    {
        foreach (var child in parent.Children)
        {
            if (!rest.StartsWith(child.EnvironmentName, StringComparison.Ordinal)) continue;
            var after = rest[child.EnvironmentName.Length..];
            if (after.Length == 0) return [(child, -1)];
            if (after[0] != '_') continue;
            var below = child.Kind == KeyKind.List ? FindItem(child, after[1..]) : Find(child, after[1..]);
            if (below is not null) return [(child, -1), .. below];
        }
        return null;
    }

    private static List<(KeyNode Node, int Index)>? FindItem(KeyNode list, string rest)
    {
        var end = rest.IndexOf('_', StringComparison.Ordinal);
        var digits = end < 0 ? rest : rest[..end];
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index > 999) return null;
        if (end < 0) return [(list.Item!, index)];
        return list.Item!.Kind == KeyKind.Section && Find(list.Item, rest[(end + 1)..]) is { } below ? [(list.Item, index), .. below] : null;
    }

    private static bool Place(JsonObject root, List<(KeyNode Node, int Index)> steps, JsonNode value)
    {
        JsonNode at = root;
        for (var i = 0; i < steps.Count; i++)
        {
            var (node, index) = steps[i];
            var last = i == steps.Count - 1;
            var fresh = last ? value : node.Kind == KeyKind.List ? new JsonArray() : new JsonObject();
            if (at is JsonArray array)
            {
                if (index > array.Count) return false;
                if (index == array.Count) array.Add(fresh);
                else if (last || array[index] is not JsonObject) array[index] = fresh;
                at = array[index]!;
            }
            else if (at is JsonObject map)
            {
                if (last || !Holds(map[node.Name], node.Kind)) map[node.Name] = fresh;
                at = map[node.Name]!;
            }
        }
        return true;
    }

    private static bool Holds(JsonNode? value, KeyKind kind) => kind == KeyKind.List ? value is JsonArray : value is JsonObject;

    private static JsonNode? Value(KeyNode node, string text) => node.Kind switch
    {
        KeyKind.Flag => text.ToLowerInvariant() switch { "true" or "t" or "1" => JsonValue.Create(true), "false" or "f" or "0" => JsonValue.Create(false), _ => null },
        KeyKind.Number => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? JsonValue.Create(whole) : null,
        KeyKind.Decimal => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? JsonValue.Create(number) : null,
        KeyKind.List when text.TrimStart() is ['[', ..] => Json(text) as JsonArray,
        KeyKind.List when node.Item!.Kind is KeyKind.Text or KeyKind.Secret or KeyKind.Choice => new JsonArray([.. Split(text).Select(t => JsonValue.Create(t))]),
        KeyKind.List => null,
        KeyKind.Section or KeyKind.Map => Json(text) as JsonObject,
        KeyKind.Any => Json(text),
        _ => JsonValue.Create(text),
    };

    private static JsonNode? Json(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Strict);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Commas separate; a part in double quotes may contain them.</summary>
    private static List<string> Split(string text)
    {
        var parts = new List<string>();
        var (start, quoted) = (0, false);
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] == '"') quoted = !quoted;
            if (i < text.Length && (quoted || text[i] != ',')) continue;
            var part = text[start..i].Trim();
            if (part is ['"', .. var inner, '"']) part = inner.Replace("\"\"", "\"", StringComparison.Ordinal);
            if (part.Length > 0) parts.Add(part);
            start = i + 1;
        }
        return parts;
    }

    private static string Expected(KeyNode node) => node.Kind switch
    {
        KeyKind.Flag => "true or false",
        KeyKind.Number => "a whole number",
        KeyKind.Decimal => "a number",
        _ => "a JSON list",
    };
}

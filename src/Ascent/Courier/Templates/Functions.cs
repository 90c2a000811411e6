using System.Globalization;
using System.Text.Json.Nodes;

namespace Ascent.Courier.Templates;

/// <summary>The few functions that templates have, named as in Go and its usual library.</summary>
internal static class Functions
{
    private static readonly Dictionary<string, (int Least, int Most)> Known = new(StringComparer.Ordinal)
    {
        ["eq"] = (2, int.MaxValue), ["ne"] = (2, 2), ["and"] = (1, int.MaxValue), ["or"] = (1, int.MaxValue), ["not"] = (1, 1),
        ["index"] = (2, int.MaxValue), ["default"] = (2, 2), ["len"] = (1, 1), ["upper"] = (1, 1), ["lower"] = (1, 1), ["trim"] = (1, 1), ["urlquery"] = (1, 1),
    };

    public static void Check(string name, int arguments)
    {
        if (!Known.TryGetValue(name, out var count)) throw new TemplateFaultException($"{name} is no function; {string.Join(", ", Known.Keys)} are");
        if (arguments < count.Least || arguments > count.Most) throw new TemplateFaultException($"{name} was given {arguments} arguments, it takes {(count.Least == count.Most ? $"{count.Least}" : $"{count.Least} or more")}");
    }

    public static JsonNode? Run(string name, Expression[] arguments, JsonObject data)
    {
        JsonNode? At(int i) => arguments[i].Evaluate(data);
        string Text(int i) => Expression.Show(At(i));
        return name switch
        {
            "eq" => JsonValue.Create(Rest().Any(other => Same(At(0), other))),
            "ne" => JsonValue.Create(!Same(At(0), At(1))),
            "and" => arguments.Select(a => a.Evaluate(data)).FirstOrDefault(v => !Expression.IsTrue(v), At(arguments.Length - 1)),
            "or" => arguments.Select(a => a.Evaluate(data)).FirstOrDefault(Expression.IsTrue, At(arguments.Length - 1)),
            "not" => JsonValue.Create(!Expression.IsTrue(At(0))),
            "index" => Rest().Aggregate(At(0), Index),
            "default" => At(1) is { } given && Expression.IsTrue(given) ? given : At(0),
            "len" => JsonValue.Create(At(0) switch { JsonArray list => list.Count, JsonObject o => o.Count, var other => Expression.Show(other).Length }),
            "upper" => JsonValue.Create(Text(0).ToUpperInvariant()),
            "lower" => JsonValue.Create(Text(0).ToLowerInvariant()),
            "trim" => JsonValue.Create(Text(0).Trim()),
            "urlquery" => JsonValue.Create(Uri.EscapeDataString(Text(0))),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        IEnumerable<JsonNode?> Rest() => arguments.Skip(1).Select(a => a.Evaluate(data));
    }

    private static bool Same(JsonNode? a, JsonNode? b) =>
        Expression.Number(a) is { } x && Expression.Number(b) is { } y ? x.Equals(y) : JsonNode.DeepEquals(a, b);

    private static JsonNode? Index(JsonNode? at, JsonNode? key) => (at, key) switch
    {
        (JsonObject o, not null) => o[Expression.Show(key)],
        (JsonArray list, _) when Expression.Number(key) is { } n && n >= 0 && n < list.Count && double.IsInteger(n) => list[int.Parse(n.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)],
        _ => null,
    };
}

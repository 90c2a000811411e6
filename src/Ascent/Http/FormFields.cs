using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ascent.Http;

/// <summary>What a form's text is meant to be; only a schema knows.</summary>
internal enum FormType
{
    Text,
    Number,
    Boolean,

    /// <summary>All values of the name, in order.</summary>
    TextList,

    /// <summary>An object, written as its JSON.</summary>
    Json,

    /// <summary>Not wanted: left out.</summary>
    Drop,
}

/// <summary>
/// A form's names and values. A name with dots is a path (<c>traits.name.first</c>). Of several values of a name the first counts,
/// as everywhere; of a boolean the last, so that a hidden <c>false</c> before a ticked box's <c>true</c> does what it should.
/// </summary>
internal sealed class FormFields
{
    private const int MostFields = FlowBody.MostNames;
    private const int LongestName = 1024;
    private const int DeepestName = 32;

    private readonly List<(string Name, string Value)> all = [];

    public IEnumerable<string> Names => all.Select(f => f.Name).Distinct(StringComparer.Ordinal);

    public string? First(string name) => all.Find(f => f.Name == name) is { Name: not null } found ? found.Value : null;

    public IEnumerable<string> All(string name) => all.Where(f => f.Name == name).Select(f => f.Value);

    public static bool TryParse(ReadOnlySpan<byte> body, out FormFields fields, out JsonFault fault)
    {
        fields = new FormFields();
        foreach (var range in body.Split((byte)'&'))
        {
            var pair = body[range];
            if (pair.IsEmpty) continue;
            var equals = pair.IndexOf((byte)'=');
            var name = RequestText.Bytes(equals < 0 ? pair : pair[..equals], plusIsBlank: true);
            var value = equals < 0 ? [] : RequestText.Bytes(pair[(equals + 1)..], plusIsBlank: true);
            if (name is null || value is null)
            {
                fault = new JsonFault(JsonFaultKind.Syntax, "The form holds an escape that is none; percent signs stand before two hexadecimal digits.");
                return false;
            }
            if (fields.Add(Encoding.UTF8.GetString(name), value) is not { } bad) continue;
            fault = bad;
            return false;
        }
        fault = default;
        return true;
    }

    /// <summary>Takes a field, or says why not. Bytes that are no UTF-8 become U+FFFD: they match nothing that is stored.</summary>
    public JsonFault? Add(string name, ReadOnlySpan<byte> value)
    {
        if (all.Count == MostFields) return new JsonFault(JsonFaultKind.Syntax, $"A form may have at most {MostFields} fields.");
        if (name.Length > LongestName || name.Count(c => c == '.') >= DeepestName)
            return new JsonFault(JsonFaultKind.Depth, $"A form's field names may have at most {LongestName} characters and {DeepestName} parts.");
        if (name.Contains('\0', StringComparison.Ordinal)) return new JsonFault(JsonFaultKind.Text, "A field's name holds the character U+0000, which is not allowed in text.");
        if (value.Contains((byte)0)) return new JsonFault(JsonFaultKind.Text, $"The field {Pointer.Escape(name)} holds the character U+0000, which is not allowed in text.");
        all.Add((name, Encoding.UTF8.GetString(value)));
        return null;
    }

    /// <summary>
    /// The form as JSON, each name typed as <paramref name="typeOf"/> says. Empty values are left out; a text
    /// that is no such number, boolean or object stays a text, for the schema to complain of.
    /// </summary>
    public JsonObject ToJson(Func<string, FormType> typeOf)
    {
        var body = new JsonObject();
        foreach (var group in all.GroupBy(f => f.Name, StringComparer.Ordinal))
        {
            var first = group.First().Value;
            JsonNode? value = typeOf(group.Key) switch
            {
                FormType.Number => first.Length == 0 ? null : Number(first),
                FormType.Boolean => group.Last().Value is { Length: > 0 } last ? Boolean(last) : null,
                FormType.Json => first.Length == 0 ? null : Object(first),
                FormType.TextList => new JsonArray([.. group.Where(f => f.Value.Length > 0).Select(f => (JsonNode)f.Value)]),
                FormType.Drop => null,
                _ => first.Length == 0 ? null : first,
            };
            if (value is not null) Put(body, group.Key, value);
        }
        return body;
    }

    /// <summary>Sets a dotted name, making the objects on the way; false where something else stands there.</summary>
    internal static bool Put(JsonObject body, string dotted, JsonNode? value)
    {
        var parts = dotted.Split('.');
        if (parts.Length > DeepestName || parts.Any(p => p.Length == 0)) return false;
        var at = body;
        foreach (var part in parts[..^1])
        {
            if (!at.TryGetPropertyValue(part, out var next)) at[part] = next = new JsonObject();
            if (next is not JsonObject inner) return false;
            at = inner;
        }
        if (at.ContainsKey(parts[^1])) return false;
        at[parts[^1]] = value;
        return true;
    }

    private static JsonNode Number(string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole)) return whole;
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : text;
    }

    private static JsonNode Object(string text) =>
        JsonBody.TryParse(Encoding.UTF8.GetBytes(text), out var json, out _) && json.ValueKind == JsonValueKind.Object ? JsonObject.Create(json)! : text;

    private static JsonNode Boolean(string text) => FormBoolean.Of(text) is { } flag ? flag : text;
}

/// <summary>The words that mean yes or no in a form; no other word does.</summary>
internal static class FormBoolean
{
    /// <summary>Null for what is neither.</summary>
    public static bool? Of(string text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}

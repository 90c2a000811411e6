using System.Text.Json;

namespace Ascent.Schemas.Validation;

/// <summary>A place in a document: the element, the address that references start from there, and its pointer.</summary>
internal sealed record SchemaLocation(JsonElement Element, Uri Base, string Pointer);

/// <summary>
/// The documents of one compilation by address, and every <c>$id</c> in them. An <c>$id</c> counts only where a schema can stand
/// (not in enum, const or unknown keywords) and not beside a <c>$ref</c>.
/// </summary>
internal sealed class SchemaDocuments(Func<Uri, JsonElement?> resolve)
{
    private static readonly string[] Single = ["additionalItems", "items", "contains", "additionalProperties", "propertyNames", "if", "then", "else", "not"];
    private static readonly string[] Lists = ["items", "allOf", "anyOf", "oneOf"];
    private static readonly string[] Maps = ["definitions", "$defs", "properties", "patternProperties", "dependencies"];

    private readonly Dictionary<string, SchemaLocation> known = new(StringComparer.Ordinal);
    private readonly HashSet<Uri> missing = [];

    public IReadOnlyList<Uri> Missing => [.. missing];

    public SchemaLocation Add(JsonElement document, Uri address, string pointer)
    {
        var location = new SchemaLocation(document, WithId(document, address), pointer);
        known.TryAdd(Key(address), location);
        Index(document, address, pointer);
        return location;
    }

    /// <summary>The place a reference names, or null with the reason.</summary>
    public SchemaLocation? Find(string reference, Uri from, out string? reason)
    {
        reason = null;
        if (!Uri.TryCreate(from, reference, out var target))
        {
            reason = $"\"{reference}\" is no URI reference";
            return null;
        }
        var fragment = Uri.UnescapeDataString(target.Fragment.TrimStart('#'));
        var address = WithoutFragment(target);
        if (!known.TryGetValue(Key(address), out var document) && (document = Load(address)) is null)
        {
            missing.Add(address);
            reason = $"the document {address} is not there";
            return null;
        }
        if (fragment.Length == 0) return document;
        var found = fragment[0] == '/' ? Walk(document, fragment) : known.GetValueOrDefault(Key(address) + "#" + fragment);
        if (found is null) reason = $"\"{reference}\" names nothing";
        return found;
    }

    public static Uri WithId(JsonElement schema, Uri address)
    {
        if (schema.ValueKind != JsonValueKind.Object || HasRef(schema)) return address;
        if (!schema.TryGetProperty("$id", out var id) || id.ValueKind != JsonValueKind.String) return address;
        return Uri.TryCreate(address, id.GetString(), out var own) ? WithoutFragment(own) : address;
    }

    public static bool HasRef(JsonElement schema) => schema.TryGetProperty("$ref", out var reference) && reference.ValueKind == JsonValueKind.String;

    private SchemaLocation? Load(Uri address)
    {
        var document = address.AbsoluteUri == MetaSchema.Address ? MetaSchema.Document : resolve(address);
        return document is null ? null : Add(document.Value, address, address.OriginalString + JsonPointer.Root);
    }

    private static SchemaLocation? Walk(SchemaLocation from, string pointer)
    {
        var at = from;
        foreach (var segment in JsonPointer.Segments(pointer))
        {
            JsonElement next;
            if (at.Element.ValueKind == JsonValueKind.Object)
            {
                if (!at.Element.TryGetProperty(segment, out next)) return null;
            }
            else if (at.Element.ValueKind == JsonValueKind.Array && int.TryParse(segment, out var index) && index >= 0 && index < at.Element.GetArrayLength())
            {
                next = at.Element[index];
            }
            else
            {
                return null;
            }
            at = new SchemaLocation(next, WithId(next, at.Base), JsonPointer.Append(at.Pointer, segment));
        }
        return at;
    }

    private void Index(JsonElement schema, Uri address, string pointer)
    {
        if (schema.ValueKind != JsonValueKind.Object) return;
        var here = WithId(schema, address);
        if (!HasRef(schema) && schema.TryGetProperty("$id", out var id) && id.ValueKind == JsonValueKind.String && Uri.TryCreate(address, id.GetString(), out var own))
        {
            var location = new SchemaLocation(schema, here, pointer);
            if (own.Fragment.Length > 1) known.TryAdd(Key(here) + own.Fragment, location);
            else known.TryAdd(Key(here), location);
        }
        foreach (var keyword in Single)
            if (schema.TryGetProperty(keyword, out var child)) Index(child, here, JsonPointer.Append(pointer, keyword));
        foreach (var keyword in Lists)
        {
            if (!schema.TryGetProperty(keyword, out var list) || list.ValueKind != JsonValueKind.Array) continue;
            var index = 0;
            foreach (var child in list.EnumerateArray()) Index(child, here, JsonPointer.Append(JsonPointer.Append(pointer, keyword), index++));
        }
        foreach (var keyword in Maps)
        {
            if (!schema.TryGetProperty(keyword, out var map) || map.ValueKind != JsonValueKind.Object) continue;
            foreach (var child in map.EnumerateObject()) Index(child.Value, here, JsonPointer.Append(JsonPointer.Append(pointer, keyword), child.Name));
        }
    }

    private static string Key(Uri address) => address.AbsoluteUri;

    private static Uri WithoutFragment(Uri uri) => uri.Fragment.Length == 0 && !uri.OriginalString.EndsWith('#')
        ? uri
        : new Uri(uri.AbsoluteUri[..uri.AbsoluteUri.IndexOf('#', StringComparison.Ordinal)]);
}

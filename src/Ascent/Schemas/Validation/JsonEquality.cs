using System.Text.Json;

namespace Ascent.Schemas.Validation;

/// <summary>Equality as JSON Schema means it: 1 is 1.0, the order of properties does not count.</summary>
internal sealed class JsonEquality : IEqualityComparer<JsonElement>
{
    public static JsonEquality Instance { get; } = new();

    private const int SmallObject = 8;

    public bool Equals(JsonElement x, JsonElement y)
    {
        if (x.ValueKind != y.ValueKind) return false;
        return x.ValueKind switch
        {
            JsonValueKind.Number => NumbersEqual(x, y),
            JsonValueKind.String => x.ValueEquals(y.GetString()),
            JsonValueKind.Array => ArraysEqual(x, y),
            JsonValueKind.Object => ObjectsEqual(x, y),
            _ => true,
        };
    }

    public int GetHashCode(JsonElement obj)
    {
        switch (obj.ValueKind)
        {
            case JsonValueKind.Number:
                return JsonNumber.TryRead(obj, out var number) ? number.GetHashCode() : obj.GetRawText().GetHashCode(StringComparison.Ordinal);
            case JsonValueKind.String:
                return obj.GetString()!.GetHashCode(StringComparison.Ordinal);
            case JsonValueKind.Array:
                var items = new HashCode();
                foreach (var item in obj.EnumerateArray()) items.Add(GetHashCode(item));
                return items.ToHashCode();
            case JsonValueKind.Object:
                var sum = 0;
                foreach (var property in obj.EnumerateObject()) sum += HashCode.Combine(property.Name.GetHashCode(StringComparison.Ordinal), GetHashCode(property.Value));
                return HashCode.Combine(sum, 7);
            default:
                return (int)obj.ValueKind;
        }
    }

    private static bool NumbersEqual(JsonElement x, JsonElement y) =>
        JsonNumber.TryRead(x, out var a) && JsonNumber.TryRead(y, out var b) ? a == b : x.GetRawText() == y.GetRawText();

    private bool ArraysEqual(JsonElement x, JsonElement y)
    {
        if (x.GetArrayLength() != y.GetArrayLength()) return false;
        using var other = y.EnumerateArray().GetEnumerator();
        foreach (var item in x.EnumerateArray())
        {
            other.MoveNext();
            if (!Equals(item, other.Current)) return false;
        }
        return true;
    }

    private bool ObjectsEqual(JsonElement x, JsonElement y)
    {
        var count = x.GetPropertyCount();
        if (count != y.GetPropertyCount()) return false;
        if (count <= SmallObject)
        {
            foreach (var property in x.EnumerateObject())
                if (!y.TryGetProperty(property.Name, out var value) || !Equals(property.Value, value)) return false;
            return true;
        }
        var others = new Dictionary<string, JsonElement>(count, StringComparer.Ordinal);
        foreach (var property in y.EnumerateObject()) others[property.Name] = property.Value;
        foreach (var property in x.EnumerateObject())
            if (!others.TryGetValue(property.Name, out var value) || !Equals(property.Value, value)) return false;
        return true;
    }
}

using System.Buffers;
using System.Text.Json;

namespace Ascent.Schemas.Traits;

internal static class TraitJson
{
    private static readonly JsonDocumentOptions Limits = new() { MaxDepth = 64 };

    /// <summary><c>{"name": value}</c>; a missing or null value is an empty object.</summary>
    public static JsonElement Wrap(JsonElement value, string name)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName(name);
            if (value.ValueKind == JsonValueKind.Object)
            {
                value.WriteTo(writer);
            }
            else
            {
                writer.WriteStartObject();
                writer.WriteEndObject();
            }
            writer.WriteEndObject();
        }
        return JsonElement.Parse(buffer.WrittenSpan, Limits);
    }

    /// <summary>The value with other strings at these pointers; everything else as it was written.</summary>
    public static JsonElement Replace(JsonElement value, string pointer, IReadOnlyDictionary<string, string> strings)
    {
        if (strings.Count == 0) return value;
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer)) Write(writer, value, pointer, strings);
        return JsonElement.Parse(buffer.WrittenSpan, Limits);
    }

    private static void Write(Utf8JsonWriter writer, JsonElement value, string pointer, IReadOnlyDictionary<string, string> strings)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in value.EnumerateObject())
                {
                    writer.WritePropertyName(property.Name);
                    Write(writer, property.Value, JsonPointer.Append(pointer, property.Name), strings);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                var index = 0;
                foreach (var item in value.EnumerateArray()) Write(writer, item, JsonPointer.Append(pointer, index++), strings);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String when strings.TryGetValue(pointer, out var replacement):
                writer.WriteStringValue(replacement);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}

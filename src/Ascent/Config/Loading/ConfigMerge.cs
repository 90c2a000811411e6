using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ascent.Config.Loading;

/// <summary>Laying one tree over another, and a tree's canonical form.</summary>
internal static class ConfigMerge
{
    /// <summary>Maps go into one another; anything else replaces what was there.</summary>
    public static void Over(JsonObject below, JsonObject above)
    {
        foreach (var (name, value) in above)
        {
            if (below[name] is JsonObject map && value is JsonObject more) Over(map, more);
            else below[name] = value?.DeepClone();
        }
    }

    /// <summary>SHA-256 over the tree's JSON without blanks, keys in order; lower-case hexadecimal.</summary>
    public static string Hash(JsonObject tree)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer)) Write(writer, tree);
        return Convert.ToHexStringLower(SHA256.HashData(buffer.GetBuffer().AsSpan(0, (int)buffer.Length)));
    }

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                writer.WriteStartObject();
                foreach (var (name, value) in map.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    Write(writer, value);
                }
                writer.WriteEndObject();
                break;
            case JsonArray array:
                writer.WriteStartArray();
                foreach (var item in array) Write(writer, item);
                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}

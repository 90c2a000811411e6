using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Http;

namespace Ascent.Identities;

/// <summary>A JSON value as the text that is stored: without blanks, numbers as they were written.</summary>
internal static class JsonText
{
    public static string Of(JsonElement value) => Encoding.UTF8.GetString(JsonOut.ToBytes(value, static (w, v) => v.WriteTo(w)));

    public static string Of(JsonNode value) => Encoding.UTF8.GetString(JsonOut.ToBytes(value, static (w, v) => v.WriteTo(w)));

    /// <summary>Whether it is nested no deeper than it could be inside a request.</summary>
    public static bool IsShallow(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(json), new JsonReaderOptions { MaxDepth = JsonBody.MaxDepth - 1 });
        try
        {
            while (reader.Read()) { }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

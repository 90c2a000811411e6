using System.Text.Json.Nodes;

namespace Ascent.Flows;

/// <summary>What somebody sent, read as texts: a form has nothing else, and JSON that stands for one may have numbers and booleans.</summary>
internal static class BodyText
{
    extension(JsonObject body)
    {
        /// <summary>A member as text, numbers and booleans by their spelling; null where it is missing or empty.</summary>
        public string? Text(string name) => body[name] is JsonValue v && v.ToString() is { Length: > 0 } text ? text : null;
    }
}

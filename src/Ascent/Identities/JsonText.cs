using System.Text;
using System.Text.Json;
using Ascent.Http;

namespace Ascent.Identities;

/// <summary>A JSON value as the text that is stored: without blanks, numbers as they were written.</summary>
internal static class JsonText
{
    public static string Of(JsonElement value) => Encoding.UTF8.GetString(JsonOut.ToBytes(value, static (w, v) => v.WriteTo(w)));
}

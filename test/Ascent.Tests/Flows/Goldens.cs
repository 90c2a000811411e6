using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ascent.Tests.Flows;

/// <summary>The recordings of the real server's answers, where a checkout has them beside it.</summary>
internal static class Goldens
{
    public sealed record Step(string File, string Label, JsonObject Json)
    {
        public string Method => Json["method"]!.GetValue<string>();
        public string Path => Json["path"]!.GetValue<string>();
        public JsonNode? Body => Json["body"];

        /// <summary>The form in the answer, if it is a flow.</summary>
        public JsonObject? Ui => (Body as JsonObject)?["ui"] as JsonObject;

        public override string ToString() => $"{File}: {Label}";
    }

    public static List<Step> Steps()
    {
        if (TestFiles.Shared("conformance/golden") is not { } folder)
        {
            Assert.Skip("The recordings are not there: ../shared/conformance/golden");
            return [];
        }
        return [.. Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal).SelectMany(file =>
            JsonNode.Parse(File.ReadAllText(file))!.AsArray().Select(s =>
                new Step(Path.GetFileName(file), s!["label"]?.GetValue<string>() ?? "", s.AsObject())))];
    }

    /// <summary>The form as it was sent: the recorder shows scripts' calls as objects, which a node never holds.</summary>
    public static JsonElement Form(JsonObject ui)
    {
        var copy = ui.DeepClone().AsObject();
        foreach (var node in copy["nodes"] as JsonArray ?? [])
            if (node!["attributes"]!["onclick"] is JsonObject call)
                node["attributes"]!["onclick"] = call.ToJsonString();
        return JsonSerializer.SerializeToElement(copy);
    }

    public static IEnumerable<JsonObject> Objects(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject o:
                yield return o;
                foreach (var inner in o.SelectMany(p => Objects(p.Value))) yield return inner;
                break;
            case JsonArray a:
                foreach (var inner in a.SelectMany(Objects)) yield return inner;
                break;
        }
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Http;

namespace Ascent.Identities.Admin;

/// <summary>
/// A JSON Patch (RFC 6902) of the operations that the wire contract knows: add, replace and remove. It is applied as a whole
/// or not at all, and as often as an edit must be repeated.
/// </summary>
internal sealed class JsonPatchDocument
{
    private const int Most = 1000;
    private readonly IReadOnlyList<Operation> operations;

    private JsonPatchDocument(IReadOnlyList<Operation> operations) => this.operations = operations;

    public IEnumerable<string[]> Paths => operations.Select(o => o.Path);

    private sealed record Operation(string Op, string Pointer, string[] Path, JsonElement Value);

    /// <exception cref="ApiException">This is no such patch.</exception>
    public static JsonPatchDocument Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Array) throw Bad("The body must be an array of JSON Patch operations.");
        if (body.GetArrayLength() > Most) throw Bad($"A patch may hold at most {Most} operations.");
        return new JsonPatchDocument([.. body.EnumerateArray().Select((o, i) => ReadOne(o, $"/{i}"))]);
    }

    /// <exception cref="ApiException">An operation finds nothing at its path.</exception>
    public void Apply(JsonObject document)
    {
        foreach (var operation in operations) Apply(document, operation);
    }

    private static Operation ReadOne(JsonElement element, string pointer)
    {
        var fields = ObjectReader.Of(element, pointer);
        var op = fields.RequiredString("op");
        if (op is not ("add" or "replace" or "remove")) throw fields.Invalid("op", "add, replace or remove");
        var path = fields.RequiredString("path");
        if (!path.StartsWith('/')) throw fields.Invalid("path", "a JSON pointer as /traits/name");
        // A null is a value here, so it cannot count as absent.
        var hasValue = element.TryGetProperty("value"u8, out var value);
        if (op != "remove" && !hasValue) throw fields.Invalid("value", "given for add and replace");
        return new Operation(op, path, [.. path[1..].Split('/').Select(Unescape)], value);
    }

    private static void Apply(JsonObject document, Operation operation)
    {
        JsonNode? parent = document;
        foreach (var token in operation.Path[..^1]) parent = Child(parent, token, operation);
        var last = operation.Path[^1];
        switch (parent)
        {
            case JsonObject o when operation.Op == "remove":
                if (!o.Remove(last)) throw Nothing(operation);
                break;
            case JsonObject o:
                if (operation.Op == "replace" && !o.ContainsKey(last)) throw Nothing(operation);
                o[last] = Node(operation.Value);
                break;
            case JsonArray a when operation.Op == "remove":
                a.RemoveAt(Index(last, a.Count - 1, operation));
                break;
            case JsonArray a when operation.Op == "replace":
                a[Index(last, a.Count - 1, operation)] = Node(operation.Value);
                break;
            case JsonArray a:
                a.Insert(last == "-" ? a.Count : Index(last, a.Count, operation), Node(operation.Value));
                break;
            default:
                throw Nothing(operation);
        }
    }

    private static JsonNode? Child(JsonNode? parent, string token, Operation operation) => parent switch
    {
        JsonObject o when o.TryGetPropertyValue(token, out var child) => child,
        JsonArray a => a[Index(token, a.Count - 1, operation)],
        _ => throw Nothing(operation),
    };

    private static int Index(string token, int most, Operation operation) =>
        int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var i) && i <= most && (token.Length == 1 || token[0] != '0') ? i : throw Nothing(operation);

    private static JsonNode? Node(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        _ => JsonValue.Create(value),
    };

    private static string Unescape(string token) => token.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static ApiException Nothing(Operation operation) => Bad($"The operation {operation.Op} finds nothing at {Shown(operation.Pointer)}.");

    private static string Shown(string pointer) => pointer.Length <= 200 ? pointer : pointer[..200] + "…";

    private static ApiException Bad(string reason) => new(ApiError.BadRequest(reason));
}

using System.Text.Json;
using System.Text.Unicode;

namespace Ascent.Jose;

/// <summary>A key that cannot be used, or a document that is no key set (then the path is empty).</summary>
internal sealed record JwkFault(string Path, string Message)
{
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}

/// <summary>
/// A JSON Web Key Set. Keys for other uses than signatures are passed over (RFC 7517 5). Faults stand beside the keys: who
/// wrote the set himself refuses them, who was given it by a provider goes on with the keys that are good.
/// </summary>
internal sealed record JwkSet(IReadOnlyList<Jwk> Keys, IReadOnlyList<JwkFault> Faults)
{
    public const int MaxKeys = 100;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    public static JwkSet Parse(ReadOnlySpan<byte> document)
    {
        if (!Utf8.IsValid(document)) return Refused("the key set is not UTF-8");
        JsonElement json;
        try
        {
            json = JsonElement.Parse(document, Strict);
        }
        catch (JsonException)
        {
            return Refused("the key set is not JSON without duplicate members");
        }
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("keys", out var list) || list.ValueKind != JsonValueKind.Array)
            return Refused("a key set is an object with a list named keys");
        if (list.GetArrayLength() > MaxKeys) return Refused($"a key set holds at most {MaxKeys} keys");
        var keys = new List<Jwk>();
        var faults = new List<JwkFault>();
        var index = -1;
        foreach (var item in list.EnumerateArray())
        {
            index++;
            if (ForOtherUse(item)) continue;
            if (Jwk.TryParse(item, out var key, out var fault)) keys.Add(key);
            else faults.Add(new JwkFault($"keys[{index}]", fault));
        }
        return new JwkSet(keys, faults);
    }

    private static JwkSet Refused(string message) => new([], [new JwkFault("", message)]);

    private static bool ForOtherUse(JsonElement key) =>
        key.ValueKind == JsonValueKind.Object && key.TryGetProperty("use", out var use) && use.ValueKind == JsonValueKind.String && !use.ValueEquals("sig"u8);
}

using System.Buffers.Text;
using System.Text.Json;

namespace Ascent.Methods.WebAuthn.Ceremony;

/// <summary>What a page sends after <c>navigator.credentials.create()</c>.</summary>
internal sealed record AttestationAnswer(byte[] ClientDataJson, byte[] AttestationObject, IReadOnlyList<string> Transports)
{
    private const int MostTransports = 8, LongestTransport = 32;

    /// <summary>Null where the text is no such answer.</summary>
    public static AttestationAnswer? Parse(string json) => AnswerJson.Read(json, static (_, response) =>
        AnswerJson.Bytes(response, "clientDataJSON") is { } client && AnswerJson.Bytes(response, "attestationObject") is { } attestation
            ? new AttestationAnswer(client, attestation, TransportsOf(response))
            : null);

    /// <summary>Hints for later ceremonies; what is no short word is dropped.</summary>
    private static List<string> TransportsOf(JsonElement response) => !response.TryGetProperty("transports", out var list) || list.ValueKind != JsonValueKind.Array ? [] :
        [.. list.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!)
            .Where(t => t.Length is > 0 and <= LongestTransport && t.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')).Distinct(StringComparer.Ordinal).Take(MostTransports)];
}

/// <summary>What a page sends after <c>navigator.credentials.get()</c>.</summary>
internal sealed record AssertionAnswer(byte[] Id, byte[] ClientDataJson, byte[] AuthenticatorData, byte[] Signature, byte[]? UserHandle)
{
    /// <summary>Null where the text is no such answer.</summary>
    public static AssertionAnswer? Parse(string json) => AnswerJson.Read(json, static (id, response) =>
        AnswerJson.Bytes(response, "clientDataJSON") is { } client && AnswerJson.Bytes(response, "authenticatorData") is { } data && AnswerJson.Bytes(response, "signature") is { } signature
            ? new AssertionAnswer(id, client, data, signature, AnswerJson.Bytes(response, "userHandle"))
            : null);
}

/// <summary>The JSON form of a PublicKeyCredential (section 5.1); bytes are base64url, padded or not.</summary>
internal static class AnswerJson
{
    private const int Longest = 256 * 1024;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    public static T? Read<T>(string json, Func<byte[], JsonElement, T?> make) where T : class
    {
        if (json.Length is 0 or > Longest) return null;
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("type", out var type) || !type.ValueEquals("public-key"u8)) return null;
            // Texts are compared, not bytes: base64url can spell the same bytes in more ways than one.
            if (Bytes(root, "id") is not { Length: > 0 } id || root.TryGetProperty("rawId", out var raw) && !raw.ValueEquals(root.GetProperty("id").GetString())) return null;
            return root.TryGetProperty("response", out var response) && response.ValueKind == JsonValueKind.Object ? make(id, response) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    public static byte[]? Bytes(JsonElement holder, string name)
    {
        if (!holder.TryGetProperty(name, out var v) || v.ValueKind != JsonValueKind.String) return null;
        var text = v.GetString()!.TrimEnd('=');
        return text.Length % 4 != 1 && !text.Any(char.IsWhiteSpace) && Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;
    }
}

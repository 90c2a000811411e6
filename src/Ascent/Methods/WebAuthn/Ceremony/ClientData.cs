using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Ascent.Methods.WebAuthn.Ceremony;

/// <summary>What the browser says that it was asked, and by whom (section 5.8.1).</summary>
internal sealed record ClientData(string Type, string Challenge, string Origin, bool CrossOrigin, string? TopOrigin)
{
    private const int MostBytes = 16 * 1024;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Null where the bytes are no JSON object with the members, or name one twice.</summary>
    public static ClientData? Read(ReadOnlyMemory<byte> json)
    {
        // UTF-8 decode strips a byte order mark.
        if (json.Span.StartsWith("\uFEFF"u8)) json = json[3..];
        if (json.Length is 0 or > MostBytes) return null;
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return null;
            if (Text(root, "type") is not { } type || Text(root, "challenge") is not { } challenge || Text(root, "origin") is not { } origin) return null;
            var cross = root.TryGetProperty("crossOrigin", out var c) ? c.ValueKind : JsonValueKind.False;
            if (cross is not (JsonValueKind.True or JsonValueKind.False)) return null;
            if (root.TryGetProperty("topOrigin", out var top) && top.ValueKind != JsonValueKind.String) return null;
            return new ClientData(type, challenge, origin, cross == JsonValueKind.True, Text(root, "topOrigin"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: an escape of half a character.
            return null;
        }
    }

    /// <summary>Steps 7 to 11 of a registration and 10 to 14 of an assertion; <paramref name="first"/> is the number of the first.</summary>
    public CeremonyFault? Check(string type, RelyingPartyExpectation expected, string section, int first)
    {
        if (Type != type) return Fault(0, FaultKind.Type, $"The type is not {type}.");
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Challenge), Encoding.ASCII.GetBytes(Base64Url.EncodeToString(expected.Challenge))))
            return Fault(1, FaultKind.Challenge, "The challenge is another than the one that was given out.");
        if (!expected.Origins.Holds(Origin)) return Fault(2, FaultKind.Origin, "The origin is none of the configured ones (rp.origins).");
        if (CrossOrigin && TopOrigin is null && !expected.AllowsUnknownFrames) return Fault(3, FaultKind.CrossOrigin, "The page was framed by another site that is not named.");
        if (TopOrigin is not null && !expected.TopOrigins.Holds(TopOrigin)) return Fault(4, FaultKind.CrossOrigin, "The page was framed by a site that is none of the configured ones (rp.origins).");
        return null;

        CeremonyFault Fault(int offset, FaultKind kind, string reason) => new(kind, $"{section}:{first + offset}", reason);
    }

    private static string? Text(JsonElement root, string name) => root.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.String ? v.GetString() : null;
}

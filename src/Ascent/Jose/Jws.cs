using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Ascent.Jose;

/// <summary>What a token's header says, once its signature holds.</summary>
internal sealed record JwsHeader(JwsAlgorithm Algorithm, string? Kid, string? Typ, JsonElement Json);

/// <summary>How it ended to verify a token.</summary>
internal abstract record JwsResult
{
    private JwsResult() { }

    /// <summary>The signature holds. What the payload claims is still to be checked.</summary>
    public sealed record Valid(JwsHeader Header, byte[] Payload, Jwk Key) : JwsResult;

    /// <summary>No key of this id that could have made it: the keys may have changed since they were fetched.</summary>
    public sealed record UnknownKey(string? Kid) : JwsResult;

    public sealed record Invalid(string Reason) : JwsResult;
}

/// <summary>
/// Signs and verifies tokens in compact form (RFC 7515 3.1). Verifying trusts nothing in the header: the key decides which
/// algorithms count, keys inside a token (jwk, jku, x5c, x5u) are never looked at, and extensions that must be understood (crit,
/// b64) are refused because we understand none.
/// </summary>
internal static class Jws
{
    public const int MaxLength = 64 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    /// <summary>A token over these bytes, which are JSON where <paramref name="typ"/> says JWT.</summary>
    public static string Sign(Jwk key, ReadOnlySpan<byte> payload, string typ = "JWT")
    {
        var header = new ArrayBufferWriter<byte>(128);
        using (var w = new Utf8JsonWriter(header))
        {
            w.WriteStartObject();
            w.WriteString("alg"u8, key.Algorithms[0].Name);
            if (key.Kid is not null) w.WriteString("kid"u8, key.Kid);
            w.WriteString("typ"u8, typ);
            w.WriteEndObject();
        }
        var input = $"{Base64Url.EncodeToString(header.WrittenSpan)}.{Base64Url.EncodeToString(payload)}";
        return $"{input}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(input)))}";
    }

    /// <summary>
    /// Verifies with those of the keys that the token's kid names, or with all that fit where it names none. Where keys are good
    /// for more algorithms than should count, <paramref name="allowed"/> has the names of those that do.
    /// </summary>
    public static JwsResult Verify(string token, IReadOnlyList<Jwk> keys, IReadOnlyList<string>? allowed = null)
    {
        if (token.Length > MaxLength) return new JwsResult.Invalid($"The token is longer than {MaxLength} characters.");
        var parts = token.Split('.');
        if (parts is not [var head, var body, var tail]) return new JwsResult.Invalid("A token has three parts.");
        if (!Base64UrlText.TryDecode(head, out var headerBytes) || !Base64UrlText.TryDecode(body, out var payload) || !Base64UrlText.TryDecode(tail, out var signature))
            return new JwsResult.Invalid("A part of the token is not base64url without padding.");
        if (ReadHeader(headerBytes, out var header) is { } fault) return new JwsResult.Invalid(fault);
        if (allowed is not null && !allowed.Contains(header!.Algorithm.Name, StringComparer.Ordinal))
            return new JwsResult.Invalid($"The token's algorithm is {header.Algorithm}; {string.Join(", ", allowed)} would be accepted.");

        var named = keys.Where(k => header!.Kid is null || k.Kid == header.Kid || k.Kid is null).ToList();
        if (named.Count == 0) return new JwsResult.UnknownKey(header!.Kid);
        var data = Encoding.ASCII.GetBytes(token, 0, head.Length + 1 + body.Length);
        foreach (var key in named)
            if (key.Verify(header!.Algorithm, data, signature))
                return new JwsResult.Valid(header, payload, key);
        return named.Exists(k => k.MayVerify && k.Algorithms.Contains(header!.Algorithm))
            ? new JwsResult.Invalid("The token's signature does not hold.")
            : new JwsResult.Invalid($"The token's algorithm {header!.Algorithm} is not the key's.");
    }

    private static string? ReadHeader(byte[] bytes, out JwsHeader? header)
    {
        header = null;
        JsonElement json;
        try
        {
            json = Utf8.IsValid(bytes) ? JsonElement.Parse(bytes, Strict) : default;
        }
        catch (JsonException)
        {
            return "The token's header is not JSON without duplicate members.";
        }
        if (json.ValueKind != JsonValueKind.Object) return "The token's header is not a JSON object.";
        if (json.TryGetProperty("crit"u8, out _) || json.TryGetProperty("b64"u8, out _)) return "The token needs an extension that is not supported here.";
        if (!Text(json, "alg", out var name) || !Text(json, "kid", out var kid) || !Text(json, "typ", out var typ)) return "alg, kid and typ of a token are strings.";
        if (name is null) return "The token names no algorithm.";
        if (JwsAlgorithm.Find(name) is not { } algorithm) return $"The token's algorithm must be one of {JwsAlgorithm.Names}.";
        header = new JwsHeader(algorithm, kid, typ, json);
        return null;
    }

    private static bool Text(JsonElement json, string name, out string? text)
    {
        text = null;
        if (!json.TryGetProperty(name, out var value)) return true;
        if (value.ValueKind != JsonValueKind.String) return false;
        text = value.GetString();
        return true;
    }
}

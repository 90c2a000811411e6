using System.Globalization;
using System.Text.Json.Nodes;

namespace Ascent.Methods.Oidc.Providers;

/// <summary>
/// The claims as mappers see them: those of OpenID Connect by their names, each of the type it should have and left out where it
/// is empty, and everything that the provider said under <c>raw_claims</c>.
/// </summary>
internal static class StandardClaims
{
    private static readonly string[] Texts =
    [
        "iss", "sub", "object", "name", "given_name", "family_name", "last_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website", "email", "gender",
        "birthdate", "zoneinfo", "phone_number", "hd", "team",
    ];

    private static readonly string[] Flags = ["email_verified", "phone_number_verified", "nonce_supported"];

    /// <param name="claims">By the names of OpenID Connect.</param>
    /// <param name="raw">As the provider said it.</param>
    public static JsonObject Of(JsonObject claims, JsonObject raw, string issuer)
    {
        var result = new JsonObject();
        foreach (var name in Texts)
            if (TextOf(claims, name) is { } text)
                result[name] = text;
        if (!result.ContainsKey("iss")) result["iss"] = issuer;
        foreach (var name in Flags)
            if (FlagOf(claims, name))
                result[name] = true;
        if (Locale(claims["locale"]) is { } locale) result["locale"] = locale;
        if (Moment(claims["updated_at"]) is { } moment) result["updated_at"] = moment;
        result["raw_claims"] = raw.DeepClone();
        return result;
    }

    public static string? TextOf(JsonObject claims, string name) => claims[name] is JsonValue v && v.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    /// <summary>A list of texts, or one text.</summary>
    public static IReadOnlyList<string> TextsOf(JsonObject claims, string name) => claims[name] switch
    {
        JsonArray list => [.. list.OfType<JsonValue>().Select(v => v.TryGetValue<string>(out var text) ? text : null).OfType<string>()],
        JsonValue v when v.TryGetValue<string>(out var text) => [text],
        _ => [],
    };

    /// <summary>Some providers spell it as a text.</summary>
    private static bool FlagOf(JsonObject claims, string name) =>
        claims[name] is JsonValue v && ((v.TryGetValue<bool>(out var flag) && flag) || (v.TryGetValue<string>(out var text) && text is "true" or "True" or "TRUE" or "1"));

    private static string? Locale(JsonNode? locale) => locale switch
    {
        JsonValue v when v.TryGetValue<string>(out var text) && text.Length > 0 => text,
        JsonObject parts when TextOf(parts, "language") is { } language => TextOf(parts, "country") is { } country ? $"{language}-{country}" : language,
        _ => null,
    };

    /// <summary>Seconds since 1970; some providers give a date instead.</summary>
    private static long? Moment(JsonNode? value)
    {
        if (value is not JsonValue v) return null;
        if (v.TryGetValue<long>(out var seconds)) return seconds == 0 ? null : seconds;
        return v.TryGetValue<string>(out var text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeSeconds() : null;
    }
}

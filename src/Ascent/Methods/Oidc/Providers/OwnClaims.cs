using System.Text.Json.Nodes;

namespace Ascent.Methods.Oidc.Providers;

/// <summary>Answers of providers that know people by names of their own, as claims of OpenID Connect.</summary>
internal static class OwnClaims
{
    /// <summary>The member that <see cref="GitHub"/> finds the addresses in, as the second of its two answers has them.</summary>
    public const string Emails = "emails";

    public static JsonObject GitHub(JsonObject raw)
    {
        var claims = new JsonObject
        {
            ["sub"] = Text(raw, "id"), ["name"] = Text(raw, "name"), ["nickname"] = Text(raw, "login"), ["preferred_username"] = Text(raw, "login"), ["website"] = Text(raw, "blog"),
            ["picture"] = Text(raw, "avatar_url"), ["profile"] = Text(raw, "html_url"),
        };
        // The address of the public profile is what its owner typed; only the list says whether it was checked.
        var known = (raw[Emails] as JsonArray)?.OfType<JsonObject>().ToList() ?? [];
        var best = known.Find(e => Flag(e, "primary") && Flag(e, "verified")) ?? known.Find(e => Flag(e, "verified")) ?? known.Find(e => Flag(e, "primary"));
        claims["email"] = best is null ? Text(raw, "email") : Text(best, "email");
        claims["email_verified"] = best is not null && Flag(best, "verified");
        return claims;
    }

    public static JsonObject Discord(JsonObject raw)
    {
        var (id, avatar, number) = (Text(raw, "id"), Text(raw, "avatar"), Text(raw, "discriminator"));
        return new JsonObject
        {
            ["sub"] = id, ["name"] = number is null or "0" ? Text(raw, "username") : $"{Text(raw, "username")}#{number}", ["nickname"] = Text(raw, "username"),
            ["preferred_username"] = Text(raw, "username"), ["locale"] = Text(raw, "locale"), ["email"] = Text(raw, "email"), ["email_verified"] = Flag(raw, "verified"),
            ["picture"] = avatar is null ? null : $"https://cdn.discordapp.com/avatars/{id}/{avatar}.{(avatar.StartsWith("a_", StringComparison.Ordinal) ? "gif" : "png")}",
        };
    }

    /// <summary>It tells only addresses that it has checked, and does not say so; the mapper has the last word.</summary>
    public static JsonObject Facebook(JsonObject raw) => new()
    {
        ["sub"] = Text(raw, "id"), ["name"] = Text(raw, "name"), ["given_name"] = Text(raw, "first_name"), ["family_name"] = Text(raw, "last_name"), ["middle_name"] = Text(raw, "middle_name"),
        ["email"] = Text(raw, "email"), ["gender"] = Text(raw, "gender"), ["birthdate"] = Birthday(Text(raw, "birthday")),
        ["picture"] = raw["picture"]?["data"] is JsonObject picture ? Text(picture, "url") : null,
    };

    /// <summary>MM/DD/YYYY, or parts of it where its owner hides the rest.</summary>
    private static string? Birthday(string? text) => text?.Split('/') switch
    {
        [var month, var day, var year] => $"{year}-{month}-{day}",
        [var month, var day] => $"0000-{month}-{day}",
        _ => text,
    };

    private static string? Text(JsonObject raw, string name) => raw[name] is JsonValue v && v.ToString() is { Length: > 0 } text ? text : null;

    private static bool Flag(JsonObject raw, string name) => raw[name] is JsonValue v && v.TryGetValue<bool>(out var flag) && flag;
}

using System.Text.Json.Nodes;
using Ascent.Flows;

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
            ["sub"] = raw.Text("id"), ["name"] = raw.Text("name"), ["nickname"] = raw.Text("login"), ["preferred_username"] = raw.Text("login"), ["website"] = raw.Text("blog"),
            ["picture"] = raw.Text("avatar_url"), ["profile"] = raw.Text("html_url"),
        };
        // The address of the public profile is what its owner typed; only the list says whether it was checked.
        var known = (raw[Emails] as JsonArray)?.OfType<JsonObject>().ToList() ?? [];
        var best = known.Find(e => Flag(e, "primary") && Flag(e, "verified")) ?? known.Find(e => Flag(e, "verified")) ?? known.Find(e => Flag(e, "primary"));
        claims["email"] = best is null ? raw.Text("email") : best.Text("email");
        claims["email_verified"] = best is not null && Flag(best, "verified");
        return claims;
    }

    public static JsonObject Discord(JsonObject raw)
    {
        var (id, avatar, number) = (raw.Text("id"), raw.Text("avatar"), raw.Text("discriminator"));
        return new JsonObject
        {
            ["sub"] = id, ["name"] = number is null or "0" ? raw.Text("username") : $"{raw.Text("username")}#{number}", ["nickname"] = raw.Text("username"),
            ["preferred_username"] = raw.Text("username"), ["locale"] = raw.Text("locale"), ["email"] = raw.Text("email"), ["email_verified"] = Flag(raw, "verified"),
            ["picture"] = avatar is null ? null : $"https://cdn.discordapp.com/avatars/{id}/{avatar}.{(avatar.StartsWith("a_", StringComparison.Ordinal) ? "gif" : "png")}",
        };
    }

    /// <summary>It tells only addresses that it has checked, and does not say so; the mapper has the last word.</summary>
    public static JsonObject Facebook(JsonObject raw) => new()
    {
        ["sub"] = raw.Text("id"), ["name"] = raw.Text("name"), ["given_name"] = raw.Text("first_name"), ["family_name"] = raw.Text("last_name"), ["middle_name"] = raw.Text("middle_name"),
        ["email"] = raw.Text("email"), ["gender"] = raw.Text("gender"), ["birthdate"] = Birthday(raw.Text("birthday")),
        ["picture"] = raw["picture"]?["data"] is JsonObject picture ? picture.Text("url") : null,
    };

    /// <summary>MM/DD/YYYY, or parts of it where its owner hides the rest.</summary>
    private static string? Birthday(string? text) => text?.Split('/') switch
    {
        [var month, var day, var year] => $"{year}-{month}-{day}",
        [var month, var day] => $"0000-{month}-{day}",
        _ => text,
    };

    private static bool Flag(JsonObject raw, string name) => raw[name] is JsonValue v && v.TryGetValue<bool>(out var flag) && flag;
}

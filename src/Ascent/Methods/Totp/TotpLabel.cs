using System.Text;
using System.Text.Json;
using Ascent.Config;
using Ascent.Identities;
using Ascent.Schemas;

namespace Ascent.Methods.Totp;

/// <summary>What an app lists an account by: our name and the account's.</summary>
internal static class TotpLabel
{
    /// <summary>What is longer fits no list, and in the end no QR code.</summary>
    private const int MostOfIssuer = 50, MostOfAccount = 100;

    public static string Issuer(AscentConfig config) =>
        Cut(config.SelfService.Methods.Totp.Config.Issuer is { Length: > 0 } issuer ? issuer : new Uri(config.Serve.Public.BaseUrl).Host, MostOfIssuer);

    /// <summary>The trait that the schema names, or the identity's id where there is none.</summary>
    public static string Account(Identity identity, IdentitySchema? schema) =>
        schema?.Validate(JsonElement.Parse(identity.Traits)).Facts.TotpAccountName is { Length: > 0 } name ? Cut(name, MostOfAccount) : identity.Id.ToString();

    private static string Cut(string text, int most)
    {
        var result = new StringBuilder();
        foreach (var rune in text.EnumerateRunes().Take(most)) result.Append(rune);
        return result.ToString();
    }
}

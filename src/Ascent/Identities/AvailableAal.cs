using System.Collections.Frozen;
using System.Text.Json;
using Ascent.Config;

namespace Ascent.Identities;

/// <summary>
/// The most that an identity's credentials can prove. A second factor alone counts as aal2, and methods count even where they
/// are switched off: the wire contract has it so, and turning a method off must not let its users in with less.
/// </summary>
internal static class AvailableAal
{
    public const string None = "aal0";
    public const string One = "aal1";
    public const string Two = "aal2";

    private delegate int Count(Credential credential, JsonElement config, AscentConfig settings);

    private static readonly FrozenDictionary<string, Count> First = new Dictionary<string, Count>(StringComparer.Ordinal)
    {
        [CredentialTypes.Password] = (c, config, s) => HasIdentifier(c) && (Text(config, "hashed_password").Length > 0 || (Flag(config, "use_password_migration_hook") && s.SelfService.Methods.Password.Config.MigrateHook.Enabled)) ? 1 : 0,
        [CredentialTypes.Oidc] = (c, config, _) => Links(c, config),
        [CredentialTypes.Saml] = (c, config, _) => Links(c, config),
        [CredentialTypes.Passkey] = (c, config, _) => HasIdentifier(c) ? Items(config, "credentials").Count() : 0,
        [CredentialTypes.WebAuthn] = (c, config, _) => HasIdentifier(c) ? Items(config, "credentials").Count(k => Flag(k, "is_passwordless")) : 0,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, Count> Second = new Dictionary<string, Count>(StringComparer.Ordinal)
    {
        [CredentialTypes.Totp] = (_, config, _) => Text(config, "totp_url").Length > 0 ? 1 : 0,
        [CredentialTypes.LookupSecret] = (_, config, _) => Items(config, "recovery_codes").Any() ? 1 : 0,
        [CredentialTypes.WebAuthn] = (_, config, _) => Items(config, "credentials").Count(k => !Flag(k, "is_passwordless")),
        [CredentialTypes.Code] = (_, config, s) => s.SelfService.Methods.Code.MfaEnabled ? CodeAddresses(config) : 0,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string Of(IEnumerable<Credential> credentials, AscentConfig config)
    {
        var all = credentials as IReadOnlyCollection<Credential> ?? [.. credentials];
        return SecondFactors(all, config) > 0 ? Two : FirstFactors(all, config) > 0 ? One : None;
    }

    /// <summary>Ways to begin a sign-in. Codes without a password need no credential, only an address to send them to.</summary>
    public static int FirstFactors(IEnumerable<Credential> credentials, AscentConfig config) =>
        Sum(First, credentials, config) + (config.SelfService.Methods.Code.PasswordlessEnabled ? 1 : 0);

    public static int SecondFactors(IEnumerable<Credential> credentials, AscentConfig config) => Sum(Second, credentials, config);

    private static int Sum(FrozenDictionary<string, Count> table, IEnumerable<Credential> credentials, AscentConfig settings)
    {
        var sum = 0;
        foreach (var credential in credentials)
            if (table.TryGetValue(credential.Type, out var count))
                sum += count(credential, JsonElement.Parse(credential.Config), settings);
        return sum;
    }

    private static int Links(Credential c, JsonElement config) => Items(config, "providers").Count(p =>
        Text(p, "organization").Length == 0 && c.Identifiers.Contains($"{Text(p, "provider")}:{Text(p, "subject")}", StringComparer.Ordinal));

    /// <summary>The first form of the config named only by which way the code goes.</summary>
    private static int CodeAddresses(JsonElement config) =>
        Text(config, "address_type").Length > 0 ? 1 : Items(config, "addresses").Count(a => Text(a, "address").Length > 0);

    private static bool HasIdentifier(Credential c) => c.Identifiers.Any(i => i.Length > 0);

    private static string Text(JsonElement o, string name) => o.ValueKind == JsonValueKind.Object && o.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.String ? v.GetString()! : "";

    private static bool Flag(JsonElement o, string name) => o.ValueKind == JsonValueKind.Object && o.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.True;

    private static IEnumerable<JsonElement> Items(JsonElement o, string name) =>
        o.ValueKind == JsonValueKind.Object && o.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.Array ? v.EnumerateArray() : Enumerable.Empty<JsonElement>();
}

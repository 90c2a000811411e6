using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ascent.Http;
using Ascent.Schemas;

namespace Ascent.Identities;

/// <summary>
/// The credentials that a draft comes to. Identifiers are no caller's choice: they follow from the traits (password, security
/// keys, codes), the config (provider links, passkeys) or the identity itself (TOTP, backup codes).
/// </summary>
internal static class CredentialPlan
{
    private const string NoConfig = "{}";

    public static IReadOnlyDictionary<string, Credential> Of(Guid id, IdentityState? before, IdentityDraft draft, DeclaredTraits? traits, DateTimeOffset now)
    {
        var wanted = draft.Credentials.ToDictionary(StringComparer.Ordinal);
        // What the schema declares an identifier for is there even before it has a secret: its identifier is taken.
        if (traits?.Facts.PasswordIdentifiers is { Count: > 0 }) wanted.TryAdd(CredentialTypes.Password, NoConfig);
        if (traits?.Facts.WebAuthnIdentifiers is { Count: > 0 }) wanted.TryAdd(CredentialTypes.WebAuthn, NoConfig);
        if (traits?.Facts.CodeAddresses is { Count: > 0 } addresses) wanted[CredentialTypes.Code] = CodeConfig(addresses);
        else if (traits?.Declared.Code is not null) wanted.Remove(CredentialTypes.Code);

        return wanted.ToDictionary(w => w.Key, w => One(id, w.Key, w.Value, before?.Credentials.GetValueOrDefault(w.Key), traits, now), StringComparer.Ordinal);
    }

    /// <summary>A passkey is found by its user handle: text as it is, other bytes in base64url behind a mark.</summary>
    public static string HandleIdentifier(ReadOnlySpan<byte> handle) =>
        Utf8.IsValid(handle) && !handle.ContainsAnyInRange((byte)0, (byte)0x1F) ? Encoding.UTF8.GetString(handle) : "base64url:" + System.Buffers.Text.Base64Url.EncodeToString(handle);

    private static Credential One(Guid id, string type, string config, Credential? known, DeclaredTraits? traits, DateTimeOffset now)
    {
        var identifiers = Identifiers(id, type, config, traits) ?? known?.Identifiers ?? [];
        if (known is not null && known.Config == config && known.Identifiers.Order(StringComparer.Ordinal).SequenceEqual(identifiers.Order(StringComparer.Ordinal), StringComparer.Ordinal)) return known;
        return new Credential
        {
            Type = type, Config = config, Version = CredentialTypes.VersionOf(type), Identifiers = identifiers,
            CreatedAt = known?.CreatedAt ?? now, UpdatedAt = now,
        };
    }

    /// <summary>Null where nothing says so: then they stay, so that an identity moved to another schema keeps what it signs in with.</summary>
    private static IReadOnlyList<string>? Identifiers(Guid id, string type, string config, DeclaredTraits? traits) => type switch
    {
        CredentialTypes.Password => traits is { Declared.PasswordIdentifier: true } ? traits.Facts.PasswordIdentifiers : null,
        CredentialTypes.WebAuthn => traits is { Declared.WebAuthnIdentifier: true } ? traits.Facts.WebAuthnIdentifiers : null,
        CredentialTypes.Code => traits is { Declared.Code: not null } ? [.. traits.Facts.CodeAddresses.Select(t => t.Value).Distinct(StringComparer.Ordinal)] : null,
        CredentialTypes.Totp or CredentialTypes.LookupSecret => [id.ToString()],
        CredentialTypes.Oidc or CredentialTypes.Saml => Links(JsonElement.Parse(config)),
        CredentialTypes.Passkey => JsonElement.Parse(config).TryGetProperty("user_handle"u8, out var handle) && handle.TryGetBytesFromBase64(out var bytes) ? [HandleIdentifier(bytes)] : [],
        _ => null,
    };

    private static List<string> Links(JsonElement config) => !config.TryGetProperty("providers"u8, out var providers) ? [] :
        [.. providers.EnumerateArray().Select(p => $"{p.GetProperty("provider"u8).GetString()}:{p.GetProperty("subject"u8).GetString()}").Distinct(StringComparer.Ordinal)];

    private static string CodeConfig(IReadOnlyList<TraitAddress> addresses) => Encoding.UTF8.GetString(JsonOut.ToBytes(addresses, static (w, list) =>
    {
        w.WriteStartObject();
        w.WriteStartArray("addresses"u8);
        foreach (var a in list)
        {
            w.WriteStartObject();
            w.WriteString("channel"u8, AddressVias.Of(a.Via));
            w.WriteString("address"u8, a.Value);
            w.WriteEndObject();
        }
        w.WriteEndArray();
        w.WriteEndObject();
    }));
}

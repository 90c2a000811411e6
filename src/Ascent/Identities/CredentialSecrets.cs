using System.Text.Json.Nodes;
using Ascent.Crypto;

namespace Ascent.Identities;

/// <summary>
/// Seals what in a credential's config would let a reader of the database sign in: the TOTP secret, the backup codes and the
/// providers' tokens. What was stored readable (taken over from another system) is still read, and sealed by its next write.
/// </summary>
internal sealed class CredentialSecrets(Ciphers ciphers)
{
    private const string Mark = "sealed:";

    public string Seal(string type, Guid identity, string config) => Map(type, identity, config, SealText);

    public string Open(string type, Guid identity, string config) =>
        config.Contains(Mark, StringComparison.Ordinal) ? Map(type, identity, config, OpenText) : config;

    /// <summary>The types that have anything sealed.</summary>
    public static IReadOnlyList<string> Types { get; } = [CredentialTypes.Totp, CredentialTypes.LookupSecret, CredentialTypes.Oidc, CredentialTypes.Saml];

    /// <summary>The stored config sealed anew where an older secret sealed a part of it or nobody did; null where nothing changes.</summary>
    /// <exception cref="InvalidOperationException">No secret opens it.</exception>
    public string? Reseal(string type, Guid identity, string config)
    {
        var changed = false;
        var resealed = Map(type, identity, config, (t, id, text) =>
        {
            if (text.Length == 0 || (text.StartsWith(Mark, StringComparison.Ordinal) && ciphers.AtRest.IsCurrent("credential/" + t, text.AsSpan(Mark.Length)))) return text;
            changed = true;
            return SealText(t, id, OpenText(t, id, text));
        });
        return changed ? resealed : null;
    }

    private string SealText(string type, Guid identity, string plain) =>
        plain.Length == 0 ? plain : Mark + ciphers.AtRest.Encrypt("credential/" + type, plain, identity.ToString("n"));

    private string OpenText(string type, Guid identity, string stored)
    {
        if (!stored.StartsWith(Mark, StringComparison.Ordinal)) return stored;
        return ciphers.AtRest.Decrypt("credential/" + type, stored.AsSpan(Mark.Length), identity.ToString("n"))
            ?? throw new InvalidOperationException($"A {type} credential of identity {identity} cannot be decrypted: the secret it was encrypted with is no longer in secrets.cipher (or secrets.default). Put it back at the end of the list.");
    }

    private static string Map(string type, Guid identity, string config, Func<string, Guid, string, string> change)
    {
        (string? List, string[] Fields) where = type switch
        {
            CredentialTypes.Totp => (null, ["totp_url"]),
            CredentialTypes.LookupSecret => ("recovery_codes", ["code"]),
            CredentialTypes.Oidc or CredentialTypes.Saml => ("providers", ["initial_id_token", "initial_access_token", "initial_refresh_token"]),
            _ => (null, []),
        };
        if (where.Fields.Length == 0 || JsonNode.Parse(config) is not JsonObject root) return config;
        var holders = where.List is null ? [root] : root[where.List] is JsonArray list ? list.OfType<JsonObject>() : [];
        foreach (var holder in holders)
            foreach (var field in where.Fields)
                if (holder[field] is JsonValue value && value.TryGetValue<string>(out var text))
                    holder[field] = change(type, identity, text);
        return root.ToJsonString();
    }
}

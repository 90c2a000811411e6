using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Http;

namespace Ascent.Identities.Admin;

/// <summary>
/// Lays a JSON Patch over an identity. The patch sees the identity as an administrator reads it, credentials with their configs;
/// what may not be changed this way is refused, never silently dropped.
/// </summary>
internal static class IdentityPatch
{
    private static readonly string[] Changeable = ["external_id", "credentials", "schema_id", "state", "traits", "verifiable_addresses", "recovery_addresses", "metadata_public", "metadata_admin", "organization_id"];
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    /// <exception cref="ApiException">The patch touches what it may not.</exception>
    public static void Check(JsonPatchDocument patch)
    {
        foreach (var path in patch.Paths)
        {
            var denied = !Changeable.Contains(path[0], StringComparer.OrdinalIgnoreCase)
                || (Is(path[0], "credentials") && (path.Length == 1 || Is(path[1], CredentialTypes.Oidc) || Is(path[1], CredentialTypes.Saml)));
            if (denied) throw Bad($"A patch may not change /{string.Join('/', path.Select(Pointer.Escape).Take(4))}.");
        }
    }

    /// <summary>What the identity becomes.</summary>
    /// <exception cref="ApiException">An operation or its outcome is not valid.</exception>
    public static IdentityDraft Apply(JsonPatchDocument patch, IdentityState state)
    {
        var document = Document(state);
        patch.Apply(document);
        var json = JsonElement.Parse(JsonText.Of(document), Deep);
        var fields = ObjectReader.Of(json);
        var draft = IdentityDraft.From(state) with
        {
            SchemaId = fields.String("schema_id") is { Length: > 0 } schema ? schema : throw fields.Invalid("schema_id", "the id of a schema"),
            State = IdentityBody.ReadState(fields) ?? throw fields.Invalid("state", "active or inactive"),
            Traits = json.TryGetProperty("traits"u8, out var traits) ? Bounded("traits", traits) : "{}",
            MetadataPublic = fields.Any("metadata_public") is { } shown ? Bounded("metadata_public", shown) : null,
            MetadataAdmin = fields.Any("metadata_admin") is { } hidden ? Bounded("metadata_admin", hidden) : null,
            ExternalId = IdentityBody.ReadExternalId(fields),
            OrganizationId = fields.Uuid("organization_id"),
            Addresses = IdentityBody.ReadAddresses(fields, strict: false),
        };
        return fields.Object("credentials") is { } credentials && json.TryGetProperty("credentials"u8, out var element)
            ? Credentials(draft, state, credentials, element)
            : throw Bad("The field /credentials must be an object.");
    }

    private static JsonObject Document(IdentityState state)
    {
        var i = state.Identity;
        return new JsonObject
        {
            ["external_id"] = i.ExternalId,
            ["credentials"] = new JsonObject(state.Credentials.Values.Select(c => KeyValuePair.Create(c.Type, (JsonNode?)new JsonObject
            {
                ["type"] = c.Type,
                ["identifiers"] = new JsonArray([.. c.Identifiers.Select(x => (JsonNode)x)]),
                ["config"] = Node(c.Config),
                ["version"] = c.Version,
            }))),
            ["schema_id"] = i.SchemaId,
            ["state"] = i.State,
            ["traits"] = Node(i.Traits),
            ["verifiable_addresses"] = Node(i.VerifiableAddressesJson),
            ["recovery_addresses"] = Node(i.RecoveryAddressesJson),
            ["metadata_public"] = i.MetadataPublic is { } shown ? Node(shown) : null,
            ["metadata_admin"] = i.MetadataAdmin is { } hidden ? Node(hidden) : null,
            ["organization_id"] = i.OrganizationId?.ToString(),
        };
    }

    private static IdentityDraft Credentials(IdentityDraft draft, IdentityState state, ObjectReader credentials, JsonElement element)
    {
        foreach (var gone in state.Credentials.Keys.Where(type => !credentials.Has(type)))
        {
            if (gone == CredentialTypes.Password && HasHash(state.Credentials[gone].Config)) throw Bad("A patch may not remove the password; delete it by DELETE …/credentials/password.");
            draft = draft.Without(gone);
        }
        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Null) continue; // gone, see above
            var known = state.Credentials.GetValueOrDefault(property.Name)?.Config;
            var one = credentials.Object(property.Name);
            if (one is not null && one.String("type") != property.Name) throw one.Invalid("type", $"{property.Name}, as the credential is called");
            var config = one?.Object("config") ?? ObjectReader.Of(JsonElement.Parse("{}"u8));
            var text = property.Value.TryGetProperty("config"u8, out var value) && value.ValueKind == JsonValueKind.Object ? Bounded($"credentials/{Pointer.Escape(property.Name)}/config", value) : "{}";
            if (known is not null && JsonText.Of(JsonElement.Parse(known)) == text) continue;
            draft = draft.With(property.Name, Checked(property.Name, known, config, text));
        }
        return draft;
    }

    /// <summary>A config that was changed must still be one that the methods can read.</summary>
    private static string Checked(string type, string? known, ObjectReader config, string text)
    {
        switch (type)
        {
            case CredentialTypes.Password:
                if (config.String("hashed_password") is { Length: > 0 } hash) PasswordForm.Check(config, hash);
                else if (known is not null && HasHash(known)) throw config.Invalid("hashed_password", "there: a patch may replace the password's hash, not remove it");
                config.Boolean("use_password_migration_hook");
                break;
            case CredentialTypes.Totp: TotpForm.Read(config); break;
            case CredentialTypes.LookupSecret: LookupForm.Read(config, "recovery_codes", strict: true); break;
            case CredentialTypes.WebAuthn or CredentialTypes.Passkey: KeyForm.Read(type, config, strict: true); break;
            default: throw Bad($"A patch may not change /credentials/{Pointer.Escape(type)}.");
        }
        config.Done();
        return text;
    }

    private static bool HasHash(string config) => JsonElement.Parse(config).TryGetProperty("hashed_password"u8, out var hash) && hash.ValueKind == JsonValueKind.String && hash.GetString()!.Length > 0;

    /// <summary>Patches add up: what a request could not bring at once must not come to be by several.</summary>
    private static string Bounded(string name, JsonElement value)
    {
        var text = JsonText.Of(value);
        if (text.Length > JsonBody.DefaultLimit) throw Bad($"The field /{name} would become longer than {JsonBody.DefaultLimit} characters.");
        if (!JsonText.IsShallow(text)) throw Bad($"The field /{name} would be nested deeper than {JsonBody.MaxDepth} levels.");
        return text;
    }

    private static JsonNode? Node(string json) => JsonNode.Parse(json, null, Deep);

    private static bool Is(string token, string name) => token.Equals(name, StringComparison.OrdinalIgnoreCase);

    private static ApiException Bad(string reason) => new(ApiError.BadRequest(reason));
}

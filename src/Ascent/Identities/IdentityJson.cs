using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Http;

namespace Ascent.Identities;

/// <summary>
/// Writes identities as clients see them. The keys stand in the wire contract's order; texts that are JSON already are taken over.
/// </summary>
internal sealed class IdentityJson(ConfigStore config)
{
    private static readonly ConcurrentDictionary<string, string> EncodedIds = new(StringComparer.Ordinal);

    /// <summary>Where the schema can be read.</summary>
    public string SchemaUrl(string schemaId) =>
        $"{config.Current.Serve.Public.BaseUrl}schemas/{EncodedIds.GetOrAdd(schemaId, static id => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(id)))}";

    /// <summary>For administrators: admin metadata, and credentials where given.</summary>
    public void WriteAdmin(Utf8JsonWriter w, Identity identity, IEnumerable<Credential>? credentials, AdminView view) =>
        Write(w, identity, new Shape(view.SchemaUrl ?? SchemaUrl(identity.SchemaId), Admin: true, Addresses: true), credentials, view);

    /// <summary>For the identity itself: in sessions, flows and hooks.</summary>
    public void WritePublic(Utf8JsonWriter w, Identity identity) =>
        Write(w, identity, new Shape(SchemaUrl(identity.SchemaId), Admin: false, Addresses: true), null, AdminView.Plain);

    /// <summary>The same as a tree: what messages to people may name.</summary>
    public JsonNode? ToPublicNode(Identity identity) => JsonNode.Parse(JsonOut.ToBytes((Json: this, identity), static (w, s) => s.Json.WritePublic(w, s.identity)));

    /// <summary>Inside the list of one's own sessions: neither addresses nor the schema's URL.</summary>
    public static void WriteInOwnSessions(Utf8JsonWriter w, Identity identity) =>
        Write(w, identity, new Shape("", Admin: false, Addresses: false), null, AdminView.Plain);

    /// <summary>Inside the list of all sessions: no addresses, and the admin metadata's name without their content.</summary>
    public void WriteInAllSessions(Utf8JsonWriter w, Identity identity) =>
        Write(w, identity with { MetadataAdmin = null }, new Shape(SchemaUrl(identity.SchemaId), Admin: true, Addresses: false), null, AdminView.Plain);

    /// <summary>Inside one session, shown to administrators.</summary>
    public void WriteInOneSession(Utf8JsonWriter w, Identity identity) =>
        Write(w, identity with { MetadataAdmin = null }, new Shape(SchemaUrl(identity.SchemaId), Admin: true, Addresses: true), null, AdminView.Plain);

    private readonly record struct Shape(string SchemaUrl, bool Admin, bool Addresses);

    private static void Write(Utf8JsonWriter w, Identity identity, Shape shape, IEnumerable<Credential>? credentials, AdminView view)
    {
        w.WriteStartObject();
        w.WriteString("id"u8, identity.Id);
        if (identity.ExternalId is not null) w.WriteString("external_id"u8, identity.ExternalId);
        if (credentials is not null) WriteCredentials(w, credentials, view);
        w.WriteString("schema_id"u8, identity.SchemaId);
        w.WriteString("schema_url"u8, shape.SchemaUrl);
        w.WriteString("state"u8, identity.State);
        w.WriteString("state_changed_at"u8, Rfc3339.Format(identity.StateChangedAt));
        Raw(w, "traits"u8, identity.Traits);
        if (shape.Addresses)
        {
            if (identity.VerifiableAddressesJson != AddressJson.Empty) Raw(w, "verifiable_addresses"u8, identity.VerifiableAddressesJson);
            if (identity.RecoveryAddressesJson != AddressJson.Empty) Raw(w, "recovery_addresses"u8, identity.RecoveryAddressesJson);
        }
        Raw(w, "metadata_public"u8, identity.MetadataPublic);
        if (shape.Admin) Raw(w, "metadata_admin"u8, identity.MetadataAdmin);
        w.WriteString("created_at"u8, Rfc3339.Format(identity.CreatedAt));
        w.WriteString("updated_at"u8, Rfc3339.Format(identity.UpdatedAt));
        if (identity.OrganizationId is { } organization) w.WriteString("organization_id"u8, organization);
        else w.WriteNull("organization_id"u8);
        w.WriteEndObject();
    }

    private static void WriteCredentials(Utf8JsonWriter w, IEnumerable<Credential> credentials, AdminView view)
    {
        w.WriteStartObject("credentials"u8);
        foreach (var c in credentials.OrderBy(c => c.Type, StringComparer.Ordinal))
        {
            w.WriteStartObject(c.Type);
            w.WriteString("type"u8, c.Type);
            w.WriteStartArray("identifiers"u8);
            foreach (var identifier in c.Identifiers) w.WriteStringValue(identifier);
            w.WriteEndArray();
            if (view.ConfigOf.Contains(c.Type, StringComparer.Ordinal)) Raw(w, "config"u8, c.Config);
            w.WriteNumber("version"u8, view.JustCreated && c.Type != CredentialTypes.Code ? 0 : c.Version);
            w.WriteString("created_at"u8, Rfc3339.Format(c.CreatedAt));
            w.WriteString("updated_at"u8, Rfc3339.Format(c.UpdatedAt));
            w.WriteEndObject();
        }
        w.WriteEndObject();
    }

    private static void Raw(Utf8JsonWriter w, ReadOnlySpan<byte> name, string? json)
    {
        w.WritePropertyName(name);
        if (json is null) w.WriteNullValue();
        else w.WriteRawValue(json, skipInputValidation: true);
    }
}

/// <summary>What an administrator's answer shows beside the identity itself.</summary>
internal sealed record AdminView
{
    public static AdminView Plain { get; } = new();

    /// <summary>The types whose config is shown, secrets included.</summary>
    public IReadOnlyList<string> ConfigOf { get; init; } = [];

    /// <summary>The answer to a creation shows credentials in their first version, though they are kept in their newest.</summary>
    public bool JustCreated { get; init; }

    /// <summary>In place of the schema's own: the answer to an update still has that of the schema before it.</summary>
    public string? SchemaUrl { get; init; }
}

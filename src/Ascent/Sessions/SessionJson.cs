using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Ascent.Config;
using Ascent.Http;

namespace Ascent.Sessions;

/// <summary>What of a session an answer shows; the wire contract differs from route to route.</summary>
internal sealed record SessionView
{
    /// <summary>Everything that its owner may see: whoami, sign-in.</summary>
    public static SessionView Owner { get; } = new();

    /// <summary>One of the owner's other sessions.</summary>
    public static SessionView Mine { get; } = new() { Addresses = false, SchemaUrl = false };

    /// <summary>An identity's session as administrators list it.</summary>
    public static SessionView OfIdentity { get; } = new() { Addresses = false, SchemaUrl = false, MetadataAdmin = true };

    /// <summary>A session that was just extended.</summary>
    public static SessionView Extended { get; } = new() { Devices = ShownDevices.None };

    /// <summary>One of all sessions, for administrators.</summary>
    public static SessionView Listed(bool identity, bool devices) => new()
    {
        Identity = identity, Addresses = false, MetadataAdmin = true, DevicesFirst = true, Devices = devices ? ShownDevices.All : ShownDevices.Null,
    };

    /// <summary>One session, for administrators.</summary>
    public static SessionView Single(bool identity, bool devices) => new()
    {
        Identity = identity, MetadataAdmin = true, DevicesFirst = true, Devices = devices ? ShownDevices.All : ShownDevices.None,
    };

    public bool Identity { get; private init; } = true;
    public bool Addresses { get; private init; } = true;
    public bool SchemaUrl { get; private init; } = true;

    /// <summary>Only the name: sessions carry no admin metadata.</summary>
    public bool MetadataAdmin { get; private init; }
    public bool DevicesFirst { get; private init; }
    public ShownDevices Devices { get; private init; }
}

internal enum ShownDevices { All, None, Null }

/// <summary>Writes sessions as clients know them. Stored JSON passes through as it is, unparsed.</summary>
internal sealed class SessionJson(ConfigStore config, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, JsonEncodedText> schemaUrls = new(StringComparer.Ordinal);
    private string? publicBase;

    public byte[] ToBytes(Session session, SessionView view) => JsonOut.ToBytes((this, session, view), static (w, s) => s.Item1.Write(w, s.session, s.view));

    public void WriteAll(Utf8JsonWriter w, IReadOnlyList<Session> sessions, SessionView view)
    {
        w.WriteStartArray();
        foreach (var session in sessions) Write(w, session, view);
        w.WriteEndArray();
    }

    public void Write(Utf8JsonWriter w, Session s, SessionView view, string? tokenized = null)
    {
        w.WriteStartObject();
        w.WriteString("id"u8, s.Id);
        w.WriteBoolean("active"u8, s.IsActive(time.GetUtcNow()));
        w.WriteString("expires_at"u8, s.ExpiresAt.UtcDateTime);
        w.WriteString("authenticated_at"u8, s.AuthenticatedAt.UtcDateTime);
        w.WriteString("authenticator_assurance_level"u8, s.Aal);
        Raw(w, "authentication_methods"u8, s.MethodsJson);
        w.WriteString("issued_at"u8, s.IssuedAt.UtcDateTime);
        if (view.DevicesFirst) WriteDevices(w, s, view);
        if (view.Identity && s.Identity is { } identity)
        {
            w.WritePropertyName("identity"u8);
            WriteIdentity(w, identity, view);
        }
        else w.WriteNull("identity"u8);
        if (!view.DevicesFirst) WriteDevices(w, s, view);
        if (tokenized is not null) w.WriteString("tokenized"u8, tokenized);
        w.WriteEndObject();
    }

    private static void WriteDevices(Utf8JsonWriter w, Session s, SessionView view)
    {
        switch (view.Devices)
        {
            case ShownDevices.All: Raw(w, "devices"u8, s.DevicesJson); break;
            case ShownDevices.None: Raw(w, "devices"u8, "[]"u8); break;
            default: w.WriteNull("devices"u8); break;
        }
    }

    private void WriteIdentity(Utf8JsonWriter w, SessionIdentity i, SessionView view)
    {
        w.WriteStartObject();
        w.WriteString("id"u8, i.Id);
        if (i.ExternalId is not null) w.WriteString("external_id"u8, i.ExternalId);
        w.WriteString("schema_id"u8, i.SchemaId);
        if (view.SchemaUrl) w.WriteString("schema_url"u8, SchemaUrl(i.SchemaId));
        else w.WriteString("schema_url"u8, ""u8);
        w.WriteString("state"u8, i.State);
        w.WriteString("state_changed_at"u8, i.StateChangedAt.UtcDateTime);
        Raw(w, "traits"u8, i.Traits);
        if (view.Addresses)
        {
            if (!IsEmptyList(i.VerifiableAddresses)) Raw(w, "verifiable_addresses"u8, i.VerifiableAddresses);
            if (!IsEmptyList(i.RecoveryAddresses)) Raw(w, "recovery_addresses"u8, i.RecoveryAddresses);
        }
        RawOrNull(w, "metadata_public"u8, i.MetadataPublic);
        if (view.MetadataAdmin) w.WriteNull("metadata_admin"u8);
        w.WriteString("created_at"u8, i.CreatedAt.UtcDateTime);
        w.WriteString("updated_at"u8, i.UpdatedAt.UtcDateTime);
        if (i.OrganizationId is { } organization) w.WriteString("organization_id"u8, organization);
        else w.WriteNull("organization_id"u8);
        w.WriteEndObject();
    }

    private JsonEncodedText SchemaUrl(string schemaId)
    {
        var current = config.Current.Serve.Public.BaseUrl;
        if (!ReferenceEquals(current, publicBase))
        {
            schemaUrls.Clear();
            publicBase = current;
        }
        if (schemaUrls.TryGetValue(schemaId, out var known)) return known;
        var url = JsonEncodedText.Encode($"{current.TrimEnd('/')}/schemas/{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(schemaId))}", JsonOut.Encoder);
        schemaUrls[schemaId] = url;
        return url;
    }

    private static bool IsEmptyList(ReadOnlyMemory<byte> json) => json.Length <= 2;

    private static void Raw(Utf8JsonWriter w, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> json) => Raw(w, name, json.Span);

    private static void RawOrNull(Utf8JsonWriter w, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty) w.WriteNull(name);
        else Raw(w, name, json.Span);
    }

    private static void Raw(Utf8JsonWriter w, ReadOnlySpan<byte> name, ReadOnlySpan<byte> json)
    {
        w.WritePropertyName(name);
        w.WriteRawValue(json, skipInputValidation: true);
    }
}

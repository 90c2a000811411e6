using System.Text.Json;
using Ascent.Http;
using Ascent.Schemas;

namespace Ascent.Identities.Admin;

/// <summary>What an administrator sends an identity for.</summary>
internal enum BodyKind
{
    /// <summary>What it does not know it refuses.</summary>
    New,

    /// <summary>What it does not know it ignores.</summary>
    Update,

    /// <summary>A new one as it was read elsewhere, with its ids and times.</summary>
    Exact,
}

/// <summary>An identity as an administrator sends it. What is null was not said.</summary>
internal sealed record IdentityBody
{
    public const int LongestExternalId = 64;

    public string? SchemaId { get; private init; }
    public string? State { get; private init; }

    /// <summary>JSON text; a null that was sent is the text null.</summary>
    public string? Traits { get; private init; }
    public string? MetadataPublic { get; private init; }
    public string? MetadataAdmin { get; private init; }
    public string? ExternalId { get; private init; }
    public Guid? OrganizationId { get; private init; }
    public IReadOnlyList<AddressMark> Addresses { get; private init; } = [];
    public IReadOnlyList<CredentialImport> Credentials { get; private init; } = [];
    public ExactFacts? Exact { get; private init; }

    /// <param name="json">The object.</param>
    /// <param name="kind">What it is sent for.</param>
    /// <param name="pointer">Where in the body the object stands.</param>
    /// <exception cref="ApiException">A field is not as it must be.</exception>
    public static IdentityBody Read(JsonElement json, BodyKind kind, string pointer = "")
    {
        var strict = kind != BodyKind.Update;
        var fields = ObjectReader.Of(json, pointer).Ignore("traits", "region");
        var body = new IdentityBody
        {
            SchemaId = NonEmpty(fields.String("schema_id")),
            State = ReadState(fields),
            Traits = json.TryGetProperty("traits"u8, out var traits) ? JsonText.Of(traits) : null,
            MetadataPublic = Text(fields.Any("metadata_public")),
            MetadataAdmin = Text(fields.Any("metadata_admin")),
            ExternalId = ReadExternalId(fields),
            OrganizationId = strict ? fields.Uuid("organization_id") : null,
            Addresses = ReadAddresses(fields, strict),
            Credentials = fields.Object("credentials") is not { } credentials ? [] : kind == BodyKind.Exact ? ExactImport.ReadCredentials(credentials) : CredentialImport.Read(credentials, strict),
            Exact = kind == BodyKind.Exact ? ExactImport.ReadFacts(fields) : null,
        };
        if (!strict) return body;
        CheckRecoveryAddresses(fields);
        fields.Done();
        return body;
    }

    public static string? ReadState(ObjectReader fields) => NonEmpty(fields.String("state")) is not { } state ? null
        : IdentityStates.IsOne(state) ? state : throw fields.Invalid("state", "active or inactive");

    public static string? ReadExternalId(ObjectReader fields) => NonEmpty(fields.String("external_id")) is not { } id ? null
        : id.Length <= LongestExternalId ? id : throw fields.Invalid("external_id", $"at most {LongestExternalId} characters long");

    /// <summary>What is known of verifiable addresses, by their normalised values.</summary>
    public static IReadOnlyList<AddressMark> ReadAddresses(ObjectReader fields, bool strict)
    {
        if (fields.Array("verifiable_addresses") is not { } items) return [];
        return [.. items.Select(i =>
        {
            var a = ObjectReader.Of(i.Item, i.Pointer).Ignore("id", "created_at", "updated_at");
            var mark = Mark(a, a.RequiredString("via"), a.RequiredString("value"));
            if (strict) a.Done();
            return mark;
        })];
    }

    private static AddressMark Mark(ObjectReader a, string via, string value)
    {
        CheckVia(a, via);
        var status = NonEmpty(a.String("status"));
        if (status is not null && !AddressStatuses.IsOne(status)) throw a.Invalid("status", "pending, sent or completed");
        var normalised = Normalised(via, value);
        return new AddressMark(via, normalised, a.Boolean("verified") ?? false, status, a.Time("verified_at"));
    }

    public static string Normalised(string via, string value) => (via == AddressVias.Sms ? Identifiers.NormalizePhone(value) : Identifiers.NormalizeEmail(value)) ?? value.Trim();

    /// <summary>A misspelt one would name no address of the identity, and nobody would be told.</summary>
    private static void CheckVia(ObjectReader a, string via)
    {
        if (!AddressVias.IsOne(via)) throw a.Invalid("via", "email or sms");
    }

    /// <summary>Recovery addresses follow from the traits alone; here only their form is looked at.</summary>
    private static void CheckRecoveryAddresses(ObjectReader fields)
    {
        foreach (var (item, pointer) in fields.Array("recovery_addresses") ?? [])
        {
            var a = ObjectReader.Of(item, pointer).Ignore("id", "created_at", "updated_at", "break_glass_for_organization");
            CheckVia(a, a.RequiredString("via"));
            a.RequiredString("value");
            a.Done();
        }
    }

    private static string? Text(JsonElement? value) => value is { } v ? JsonText.Of(v) : null;

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

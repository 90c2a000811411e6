using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Http;
using Ascent.Identities;
using Ascent.Jsonnet;
using Ascent.Methods.Oidc.Providers;
using Ascent.Schemas;
using Microsoft.Extensions.Logging;

namespace Ascent.Methods.Oidc;

/// <summary>An identity as a mapper makes it from claims.</summary>
/// <param name="Addresses">Those that the provider vouches for, normalised.</param>
internal sealed record MappedIdentity(JsonObject Traits, string? MetadataPublic, string? MetadataAdmin, IReadOnlyList<AddressMark> Addresses)
{
    public bool HasPublic { get; init; }
    public bool HasAdmin { get; init; }
}

internal abstract record MapResult
{
    private MapResult() { }

    public sealed record Mapped(MappedIdentity Identity) : MapResult;

    /// <param name="Why">For the operator alone.</param>
    public sealed record Failed(ApiError Error, string Why) : MapResult;
}

/// <summary>
/// Runs a provider's mapper over the claims: Jsonnet with <c>std.extVar('claims')</c> and <c>std.extVar('identity')</c>, or a JSON
/// template with those names. What goes wrong is the operator's affair: it is in the log, people hear only that.
/// </summary>
internal sealed partial class OidcMapper(OidcPart part, Templates templates, ILogger<OidcMapper> log)
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 256 };

    /// <param name="current">The identity as it is, for one that is known.</param>
    public async Task<MapResult> MapAsync(UpstreamUser user, Identity? current, CancellationToken ct)
    {
        var input = new TemplateInput
        {
            Variables = new Dictionary<string, ReadOnlyMemory<byte>> { ["claims"] = Bytes(user.Claims), ["identity"] = Bytes(Current(current)) },
        };
        if (part.MapperOf(user.Provider) is not { } mapper) return Fail(user, "it is no Jsonnet, as the start of the server or its configuration's check has said");
        switch (await templates.EvaluateAsync(mapper, input, ct))
        {
            case JsonnetResult.Ok ok: return Read(user, ok.Json);
            case JsonnetResult.Cancelled: return Fail(user, "it cancelled");
            case JsonnetResult.Failed failed: return Fail(user, failed.Message);
            case JsonnetResult.Overdue overdue: return Fail(user, overdue.Message);
            case JsonnetResult.Lost lost: return Fail(user, lost.Message);
            case JsonnetResult.TooLarge large: return Fail(user, large.Message);
            default: throw new System.Diagnostics.UnreachableException();
        }
    }

    private MapResult Read(UpstreamUser user, byte[] json)
    {
        var identity = (JsonNode.Parse(json, null, Deep) as JsonObject)?["identity"] as JsonObject;
        if (identity?["traits"] is not JsonObject traits) return Fail(user, "it gave no object identity.traits");
        foreach (var name in (ReadOnlySpan<string>)["metadata_public", "metadata_admin"])
            if (identity.ContainsKey(name) && identity[name] is not JsonObject)
                return Fail(user, $"it gave an identity.{name} that is no object");
        return new MapResult.Mapped(new MappedIdentity((JsonObject)traits.DeepClone(), identity["metadata_public"]?.ToJsonString(), identity["metadata_admin"]?.ToJsonString(), Addresses(identity["verified_addresses"]))
        {
            HasPublic = identity.ContainsKey("metadata_public"), HasAdmin = identity.ContainsKey("metadata_admin"),
        });
    }

    private static List<AddressMark> Addresses(JsonNode? list)
    {
        var marks = new List<AddressMark>();
        foreach (var item in (list as JsonArray)?.OfType<JsonObject>() ?? [])
            if (StandardClaims.TextOf(item, "value") is { } value && Normalized(StandardClaims.TextOf(item, "via"), value) is var (via, known))
                marks.Add(new AddressMark(via, known, Verified: true));
        return marks;
    }

    private static (string Via, string Value)? Normalized(string? via, string value) => via switch
    {
        AddressVias.Email => Identifiers.NormalizeEmail(value) is { } mail ? (AddressVias.Email, mail) : null,
        AddressVias.Sms => Identifiers.NormalizePhone(value) is { } phone ? (AddressVias.Sms, phone) : null,
        _ => null,
    };

    private static JsonObject Current(Identity? identity) => new()
    {
        ["traits"] = Node(identity?.Traits), ["metadata_public"] = Node(identity?.MetadataPublic), ["metadata_admin"] = Node(identity?.MetadataAdmin),
    };

    private static JsonNode Node(string? json) => (json is null ? null : JsonNode.Parse(json, null, Deep)) ?? new JsonObject();

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private MapResult.Failed Fail(UpstreamUser user, string why)
    {
        MapperFailed(user.Provider.Id, why);
        return new MapResult.Failed(ApiError.Internal("What the provider said could not be made into an account; the mapper of this provider failed, and the log says why.", "invalid_configuration"), why);
    }

    // The mapper's message may quote claims of the person who signed in; without it nobody could find the mistake.
    [LoggerMessage(1, LogLevel.Error, "The mapper of provider {Provider} failed: {Why}")]
    private partial void MapperFailed(string provider, string why);
}

using System.Buffers.Text;
using System.Collections.Frozen;
using System.Text;
using Ascent.Schemas.Loading;

namespace Ascent.Schemas;

/// <summary>An entry of <c>identity.schemas</c>.</summary>
internal sealed record SchemaSource(string Id, string Url, bool Selectable = true);

internal sealed record SchemaLoadOptions
{
    /// <summary><c>security.disallow_ref_in_identity_schemas</c>.</summary>
    public bool DisallowRef { get; init; }

    /// <summary>Relative <c>file://</c> addresses start here.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>Gets <c>http(s)://</c> addresses; throws HttpRequestException or IOException if it cannot.</summary>
    public required Func<string, CancellationToken, Task<byte[]>> Fetch { get; init; }
}

/// <summary>A registry, or every fault of every schema.</summary>
internal sealed record SchemaRegistryResult(SchemaRegistry? Registry, IReadOnlyList<SchemaIssue> Issues);

/// <summary>The identity schemas of the configuration, compiled. Immutable: a reload makes a new one.</summary>
internal sealed class SchemaRegistry
{
    private readonly FrozenDictionary<string, IdentitySchema> byId;

    private SchemaRegistry(IReadOnlyList<IdentitySchema> all, string defaultId)
    {
        All = all;
        byId = all.ToFrozenDictionary(s => s.Id, StringComparer.Ordinal);
        Default = byId[defaultId];
    }

    /// <summary>In the configuration's order.</summary>
    public IReadOnlyList<IdentitySchema> All { get; }

    public IdentitySchema Default { get; }

    /// <summary>By its exact id.</summary>
    public IdentitySchema? Find(string id) => byId.GetValueOrDefault(id);

    /// <summary>By its id or by the id as base64url without padding, as it stands in <c>schema_url</c>.</summary>
    public IdentitySchema? FindByPath(string id)
    {
        if (Find(id) is { } schema) return schema;
        return !id.Contains('=', StringComparison.Ordinal) && Base64Url.IsValid(id) ? Find(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(id))) : null;
    }

    public static async Task<SchemaRegistryResult> LoadAsync(
        IReadOnlyList<SchemaSource> sources, string defaultId, SchemaLoadOptions options, CancellationToken ct)
    {
        List<SchemaIssue> issues = [];
        List<IdentitySchema> schemas = [];
        HashSet<string> ids = new(StringComparer.Ordinal);
        var loader = new SchemaLoader(options);
        for (var i = 0; i < sources.Count; i++)
        {
            var path = $"identity.schemas.{i}";
            if (sources[i].Id.Length == 0) issues.Add(new SchemaIssue($"{path}.id", "must not be empty"));
            else if (!ids.Add(sources[i].Id)) continue; // The first of a name has it; the configuration's check warns of the others.
            var (schema, faults) = await loader.LoadAsync(sources[i], ct);
            if (schema is not null) schemas.Add(schema);
            issues.AddRange(faults.Select(f => new SchemaIssue($"{path}.url", f.Path.Length == 0 ? f.Message : $"{sources[i].Id} {f.Path}: {f.Message}")));
        }
        if (!ids.Contains(defaultId)) issues.Add(new SchemaIssue("identity.default_schema_id", $"\"{defaultId}\" is none of the schemas: {string.Join(", ", ids)}"));
        return issues.Count > 0 ? new SchemaRegistryResult(null, issues) : new SchemaRegistryResult(new SchemaRegistry(schemas, defaultId), []);
    }
}

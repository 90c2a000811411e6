using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Identities;

namespace Ascent.Methods.LookupSecret;

/// <summary>A backup code and when it was used.</summary>
internal sealed record LookupCode(string Code, DateTimeOffset? UsedAt)
{
    public override string ToString() => Secret.Shown;
}

/// <summary>The backup codes of a credential, in their order. Written back, the config keeps whatever else it held.</summary>
internal sealed class LookupCodes
{
    private const string List = "recovery_codes", CodeName = "code", UsedName = "used_at";
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const int Count = 12, Length = 8;

    private readonly JsonObject config;

    private LookupCodes(JsonObject config, IReadOnlyList<LookupCode> all) => (this.config, All) = (config, all);

    public IReadOnlyList<LookupCode> All { get; }

    /// <summary>Eight characters carry 41 bits, and attempts are limited.</summary>
    public static IReadOnlyList<string> New() => [.. Enumerable.Range(0, Count).Select(_ => RandomNumberGenerator.GetString(Alphabet, Length))];

    public static string Config(IEnumerable<string> codes) => new JsonObject
    {
        [List] = new JsonArray([.. codes.Select(c => (JsonNode)new JsonObject { [CodeName] = c, [UsedName] = null })]),
    }.ToJsonString();

    /// <summary>Null where there are none.</summary>
    public static LookupCodes? Of(IReadOnlyDictionary<string, Credential> credentials) =>
        credentials.TryGetValue(CredentialTypes.LookupSecret, out var credential) ? Read(credential.Config) : null;

    public static LookupCodes? Read(string config)
    {
        if (JsonNode.Parse(config) is not JsonObject root || root[List] is not JsonArray list || list.Count == 0) return null;
        return new LookupCodes(root, [.. list.Select(c => new LookupCode(Text(c, CodeName) ?? "", Time(c, UsedName)))]);
    }

    /// <summary>Where the code stands, or -1; an unused one is found first. Every code is compared, to its end.</summary>
    public int Find(string code)
    {
        var typed = Encoding.UTF8.GetBytes(code);
        var found = -1;
        for (var i = 0; i < All.Count; i++)
            if (CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(All[i].Code), typed) && (found < 0 || All[found].UsedAt is not null))
                found = i;
        return found;
    }

    /// <summary>The config with this code used.</summary>
    public string Use(int index, DateTimeOffset now)
    {
        config[List]![index]![UsedName] = Rfc3339.Format(now);
        return config.ToJsonString();
    }

    /// <summary>A time that cannot be read is one all the same: the code was used.</summary>
    private static DateTimeOffset? Time(JsonNode? holder, string name) => holder is not JsonObject o || o[name] is not { } value || Text(holder, name) is "" ? null
        : value is JsonValue v && v.TryGetValue<DateTimeOffset>(out var at) ? at : DateTimeOffset.UnixEpoch;

    private static string? Text(JsonNode? holder, string name) => holder is JsonObject o && o[name] is JsonValue v && v.TryGetValue<string>(out var text) ? text : null;
}

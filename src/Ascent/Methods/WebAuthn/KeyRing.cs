using System.Text.Json.Nodes;
using Ascent.Identities;
using Ascent.Methods.WebAuthn.Ceremony;

namespace Ascent.Methods.WebAuthn;

/// <summary>A key as it is kept, in the form of the wire contract; members that are not ours stay as they came.</summary>
internal sealed class StoredKey(JsonObject json)
{
    public byte[] Id { get; } = Bytes(json, "id");
    public byte[] PublicKey { get; } = Bytes(json, "public_key");
    public string DisplayName => Text(json, "display_name") is { Length: > 0 } name ? name : "unnamed";
    public DateTimeOffset AddedAt => json["added_at"] is JsonValue v && v.TryGetValue<DateTimeOffset>(out var at) ? at : DateTimeOffset.UnixEpoch;
    public bool IsPasswordless => Flag(json, "is_passwordless") ?? false;
    public uint SignCount => Authenticator?["sign_count"] is JsonValue v && v.TryGetValue<uint>(out var n) ? n : 0;

    /// <summary>Null for keys of a time when it was not noted.</summary>
    public bool? BackupEligible => Flag(json["flags"] as JsonObject, "backup_eligible");

    public IReadOnlyList<string> Transports => json["transport"] is JsonArray list ? [.. list.OfType<JsonValue>().Where(t => t.TryGetValue<string>(out _)).Select(t => t.GetValue<string>())] : [];

    public KnownKey ForCeremony => new(Id, PublicKey, SignCount, BackupEligible);

    private JsonObject? Authenticator => json["authenticator"] as JsonObject;

    /// <summary>Notes a use: the counter goes on, except where it did not go up, which is a warning that stays.</summary>
    public void Used(AssertionEvidence evidence)
    {
        var authenticator = Authenticator;
        if (authenticator is null) json["authenticator"] = authenticator = [];
        if (evidence.MayBeCloned) authenticator["clone_warning"] = true;
        else authenticator["sign_count"] = evidence.SignCount;
        json["flags"] = FlagsJson(evidence.Flags);
    }

    public static JsonObject New(NewKey key, string displayName, bool passwordless, IReadOnlyList<string> transports, DateTimeOffset now) => new()
    {
        ["id"] = Convert.ToBase64String(key.Id),
        ["public_key"] = Convert.ToBase64String(key.PublicKey),
        ["attestation_type"] = key.AttestationFormat,
        ["authenticator"] = new JsonObject
        {
            ["aaguid"] = Convert.ToBase64String(key.Aaguid.ToByteArray(bigEndian: true)), ["sign_count"] = key.SignCount, ["clone_warning"] = false,
        },
        ["display_name"] = displayName,
        ["added_at"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'"),
        ["is_passwordless"] = passwordless,
        ["flags"] = FlagsJson(key.Flags),
        ["transport"] = new JsonArray([.. transports.Select(t => (JsonNode)t)]),
    };

    private static JsonObject FlagsJson(AuthenticatorFlags flags) => new()
    {
        ["user_present"] = flags.HasFlag(AuthenticatorFlags.UserPresent),
        ["user_verified"] = flags.HasFlag(AuthenticatorFlags.UserVerified),
        ["backup_eligible"] = flags.HasFlag(AuthenticatorFlags.BackupEligible),
        ["backup_state"] = flags.HasFlag(AuthenticatorFlags.BackupState),
    };

    private static byte[] Bytes(JsonObject holder, string name)
    {
        var text = Text(holder, name) ?? "";
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : [];
    }

    private static string? Text(JsonObject holder, string name) => holder[name] is JsonValue v && v.TryGetValue<string>(out var text) ? text : null;

    private static bool? Flag(JsonObject? holder, string name) => holder?[name] is JsonValue v && v.TryGetValue<bool>(out var flag) ? flag : null;
}

/// <summary>The keys of one credential and the handle by which authenticators know their user. Made for one change, then thrown away.</summary>
internal sealed class KeyRing
{
    private const string List = "credentials", HandleName = "user_handle";

    private readonly JsonObject root;
    private readonly JsonArray list;

    private KeyRing(JsonObject root)
    {
        this.root = root;
        list = root[List] as JsonArray ?? [];
        All = [.. list.OfType<JsonObject>().Select(k => new StoredKey(k)).Where(k => k.Id.Length > 0)];
    }

    public IReadOnlyList<StoredKey> All { get; private set; }

    /// <summary>Null where none was ever given.</summary>
    public byte[]? Handle => root[HandleName] is JsonValue v && v.TryGetValue<string>(out var text) && Decode(text) is { Length: > 0 } bytes ? bytes : null;

    public IReadOnlyList<StoredKey> Passwordless => [.. All.Where(k => k.IsPasswordless)];

    public IReadOnlyList<StoredKey> SecondFactors => [.. All.Where(k => !k.IsPasswordless)];

    public static KeyRing Of(Credential? credential) => Read(credential?.Config ?? "{}");

    public static KeyRing Of(IdentityState? state, string type) => Of(state?.Credentials.GetValueOrDefault(type));

    public static KeyRing Read(string config) => new(JsonNode.Parse(config) as JsonObject ?? []);

    public StoredKey? Find(ReadOnlySpan<byte> id)
    {
        foreach (var key in All)
            if (id.SequenceEqual(key.Id)) return key;
        return null;
    }

    public void Add(JsonObject key, byte[] handle)
    {
        list.Add(key);
        if (Handle is null) root[HandleName] = Convert.ToBase64String(handle);
        All = [.. All, new StoredKey(key)];
    }

    public bool Remove(ReadOnlySpan<byte> id)
    {
        for (var i = 0; i < list.Count; i++)
            if (list[i] is JsonObject key && id.SequenceEqual(new StoredKey(key).Id))
            {
                list.RemoveAt(i);
                All = [.. list.OfType<JsonObject>().Select(k => new StoredKey(k))];
                return true;
            }
        return false;
    }

    /// <summary>The config to keep. Without keys the handle stays, so that keys to come are the same user's.</summary>
    public string ToConfig()
    {
        if (list.Count == 0) root.Remove(List);
        else if (list.Parent is null) root[List] = list;
        return root.ToJsonString();
    }

    private static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}

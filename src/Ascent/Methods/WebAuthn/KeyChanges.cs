using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Events;
using Ascent.Flows.Messages;
using Ascent.Flows.Settings;
using Ascent.Http;
using Ascent.Identities;

namespace Ascent.Methods.WebAuthn;

/// <summary>Adding and removing keys in the settings, alike for security keys and passkeys. The last way to sign in stays.</summary>
internal static class KeyChanges
{
    // Both methods are told at this field: the wire contract has it so.
    private const string LastAt = "#/webauthn_remove";

    public static bool IsLast(IdentityState state, StoredKey key, AscentConfig config) => key.IsPasswordless && AvailableAal.FirstFactors(state.Credentials.Values, config) < 2;

    public static SettingsResult Remove(SettingsSubmission submission, string type, string hex)
    {
        if (Id(hex) is not { } id || KeyRing.Of(submission.State, type).Find(id) is not { } key) return new SettingsResult.Refused(new FieldText("", UiMessages.Invalid(Unknown)));
        if (IsLast(submission.State, key, submission.Config)) return new SettingsResult.Refused(new FieldText(LastAt, UiMessages.Invalid(Last)));
        return new SettingsResult.Saved(state =>
        {
            var ring = KeyRing.Of(state, type);
            if (ring.Find(id) is not { } now) return new IdentityEdit.Refuse(ApiError.BadRequest(Unknown));
            if (IsLast(state, now, submission.Config)) return new IdentityEdit.Refuse(ApiError.BadRequest(Last));
            ring.Remove(id);
            return Apply(state, type, ring, "identity.credential_removed");
        });
    }

    /// <summary>The new key beside those that are there; one that is there already is refused (section 7.1, step 27).</summary>
    public static Func<IdentityState, IdentityEdit> Add(string type, byte[] id, JsonObject key, byte[] handle) => state =>
    {
        if (IsKnown(state, id)) return new IdentityEdit.Refuse(ApiError.BadRequest(Known));
        var ring = KeyRing.Of(state, type);
        ring.Add((JsonObject)key.DeepClone(), handle);
        return Apply(state, type, ring, "identity.credential_added");
    };

    /// <summary>What to say at the key's field where the account has it already; null where it may be added.</summary>
    public static FieldText? Refusal(IdentityState state, byte[] id, string field) => IsKnown(state, id) ? new FieldText("#/" + field, UiMessages.Invalid(Known)) : null;

    private static bool IsKnown(IdentityState state, byte[] id) =>
        KeyRing.Of(state, CredentialTypes.WebAuthn).Find(id) is not null || KeyRing.Of(state, CredentialTypes.Passkey).Find(id) is not null;

    private static IdentityEdit.Apply Apply(IdentityState state, string type, KeyRing ring, string what) =>
        new(Draft(IdentityDraft.From(state) with { ReadTraits = false }, type, ring))
        {
            Event = new Event(what) { Actor = "self", IdentityId = state.Identity.Id, Data = new JsonObject { ["type"] = type } },
        };

    /// <summary>Without passkeys there is no such credential: nothing is found by its handle any more. What the schema names keeps its identifier.</summary>
    private static IdentityDraft Draft(IdentityDraft draft, string type, KeyRing ring) =>
        type == CredentialTypes.Passkey && ring.All.Count == 0 ? draft.Without(type) : draft.With(type, ring.ToConfig());

    private static byte[]? Id(string hex) => hex.Length % 2 == 0 && hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : null;

    private const string Unknown = "There is no such key to remove.";
    private const string Known = "this security key or passkey is already registered with your account";
    private const string Last = "This key cannot be removed: without it you could not sign in any more.";
}

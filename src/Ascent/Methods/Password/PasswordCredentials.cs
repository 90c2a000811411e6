using System.Text.Json;
using System.Text.Json.Nodes;
using Ascent.Crypto.Hashing;
using Ascent.Flows;
using Ascent.Identities;

namespace Ascent.Methods.Password;

/// <summary>A password credential's config: a hash, or the word that another system still knows the password.</summary>
internal sealed record StoredPassword(string? Hash, bool AsksMigrationHook);

/// <summary>Compares passwords with what is stored, and brings what is stored up to date after a success.</summary>
internal sealed class PasswordCredentials(PasswordHasher hasher, IdentityWriter writer, PasswordMigration migration)
{
    public static StoredPassword? Read(Credential credential)
    {
        var config = JsonElement.Parse(credential.Config);
        var hash = config.TryGetProperty("hashed_password", out var h) && h.ValueKind == JsonValueKind.String && h.GetString() is { Length: > 0 } text ? text : null;
        var hook = config.TryGetProperty("use_password_migration_hook", out var m) && m.ValueKind == JsonValueKind.True;
        return hash is null && !hook ? null : new StoredPassword(hash, hook);
    }

    public static string? Hash(IdentityState state) => state.Credentials.TryGetValue(CredentialTypes.Password, out var credential) ? Read(credential)?.Hash : null;

    public static string Config(string hash) => new JsonObject { ["hashed_password"] = hash }.ToJsonString();

    public async Task<bool> VerifyAsync(FlowContext c, CredentialMatch match, StoredPassword stored, string identifier, string password, CancellationToken ct)
    {
        if (stored.Hash is null) return await TakeOverAsync(c, match.Identity.Id, identifier, password, ct);
        if (!await hasher.VerifyAsync(password, stored.Hash, ct, c.Hashing)) return false;
        if (hasher.NeedsRehash(stored.Hash) && hasher.CanHash(password)) await ReplaceAsync(c.Nid, match.Identity.Id, stored.Hash, await hasher.HashAsync(password, ct, c.Hashing), ct);
        return true;
    }

    /// <summary>Another system knows the password: what it agrees to is kept here from then on, and it is not asked again.</summary>
    private async Task<bool> TakeOverAsync(FlowContext c, Guid identity, string identifier, string password, CancellationToken ct)
    {
        if (!await migration.MatchesAsync(identifier, password, c.Config, ct))
        {
            await hasher.BurnAsync(password, ct, c.Hashing);
            return false;
        }
        if (hasher.CanHash(password)) await ReplaceAsync(c.Nid, identity, null, await hasher.HashAsync(password, ct, c.Hashing), ct);
        return true;
    }

    /// <summary>Puts a new hash in the place of the one that was just verified; one that was changed meanwhile stays.</summary>
    private Task ReplaceAsync(Guid nid, Guid identity, string? before, string hash, CancellationToken ct) => writer.UpdateAsync(nid, identity, state =>
        state.Credentials.ContainsKey(CredentialTypes.Password) && Hash(state) == before
            ? new IdentityEdit.Apply((IdentityDraft.From(state) with { ReadTraits = false }).With(CredentialTypes.Password, Config(hash)))
            {
                Event = new Events.Event("identity.password_rehashed") { Actor = "system", IdentityId = identity },
            }
            : new IdentityEdit.Apply(IdentityDraft.From(state) with { ReadTraits = false }), "system", ct);
}

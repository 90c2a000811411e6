using System.Text.Json.Nodes;
using Ascent.Events;
using Ascent.Storage;

namespace Ascent.Identities.Admin;

/// <summary>
/// Notes that credentials' configs are about to leave the house: hashes, keys of authenticator apps, backup codes, providers' tokens.
/// The note is kept before the answer is given; where it cannot be kept, there is no answer.
/// </summary>
internal sealed class CredentialReads(Db db, EventWriter events)
{
    /// <param name="shown">Each identity with the credentials that it has.</param>
    public async Task NoteAsync(Guid nid, IEnumerable<(Guid Identity, IEnumerable<Credential> Credentials)> shown, IReadOnlyList<string> types, string actor, CancellationToken ct)
    {
        if (types.Count == 0) return;
        var read = shown.Select(s => (s.Identity, Types: s.Credentials.Select(c => c.Type).Where(t => types.Contains(t, StringComparer.Ordinal)).Order(StringComparer.Ordinal).ToArray())).Where(s => s.Types.Length > 0).ToArray();
        if (read.Length == 0) return;
        await db.WriteAsync(async (tx, token) =>
        {
            foreach (var (identity, kinds) in read)
                await events.WriteAsync(tx, nid, new Event("identity.credentials_read") { Actor = actor, IdentityId = identity, Data = new JsonObject { ["types"] = new JsonArray([.. kinds.Select(k => (JsonNode)k)]) } }, token);
        }, ct);
    }
}

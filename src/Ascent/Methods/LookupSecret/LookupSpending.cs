using System.Text.Json.Nodes;
using Ascent.Events;
using Ascent.Identities;
using Ascent.Storage;

namespace Ascent.Methods.LookupSecret;

/// <summary>
/// Uses up a backup code in the transaction that issues the session. The first statement takes the identity's row, so that
/// nobody else spends or changes its credentials meanwhile, and moves its version, so that a change worked out before is worked
/// out anew; the last writes only over what was read.
/// </summary>
internal sealed class LookupSpending(CredentialSecrets secrets, EventWriter events, TimeProvider time)
{
    /// <summary>False where the code was used before, by whoever was faster, or is gone.</summary>
    public async Task<bool> SpendAsync(Tx tx, Guid nid, Guid identity, string code, CancellationToken ct)
    {
        var now = Instant.Truncate(time.GetUtcNow());
        if (await tx.ExecuteAsync(new Sql("update identity set version = version + 1, updated_at = @now where nid = @nid and id = @id", ("now", now), ("nid", nid), ("id", identity)), ct) == 0) return false;
        var stored = await tx.ReadOneAsync(new Sql("select config from credential where nid = @nid and identity_id = @id and type = 'lookup_secret'", ("nid", nid), ("id", identity)), r => r.Text(0), ct);
        if (stored is null || LookupCodes.Read(secrets.Open(CredentialTypes.LookupSecret, identity, stored)) is not { } codes) return false;
        var index = codes.Find(code);
        if (index < 0 || codes.All[index].UsedAt is not null) return false;
        var spent = secrets.Seal(CredentialTypes.LookupSecret, identity, codes.Use(index, now));
        if (await tx.ExecuteAsync(new Sql("""
            update credential set config = @spent, updated_at = @now
            where nid = @nid and identity_id = @id and type = 'lookup_secret' and config = @stored
            """, ("spent", spent), ("now", now), ("nid", nid), ("id", identity), ("stored", stored)), ct) == 0) return false;
        await events.WriteAsync(tx, nid, new Event("identity.backup_code_used")
        {
            Actor = "self", IdentityId = identity, Data = new JsonObject { ["left"] = codes.All.Count(c => c.UsedAt is null) - 1 },
        }, ct);
        return true;
    }
}

using Ascent.Methods.WebAuthn.Ceremony;
using Ascent.Storage;

namespace Ascent.Methods.WebAuthn;

/// <summary>
/// Notes a key's use in the transaction that issues the session: the flow, and with it the challenge, is spent there once, so
/// that an answer sent twice moves the counter once. The first statement takes the identity's row and moves its version, so that a
/// change of its keys worked out before is worked out anew.
/// </summary>
internal sealed class KeyUse(TimeProvider time)
{
    /// <summary>False where the key is gone meanwhile.</summary>
    public async Task<bool> NoteAsync(Tx tx, Guid nid, Guid identity, string type, byte[] key, AssertionEvidence evidence, CancellationToken ct)
    {
        if (await tx.ExecuteAsync(new Sql("update identity set version = version + 1 where nid = @nid and id = @id", ("nid", nid), ("id", identity)), ct) == 0) return false;
        var config = await tx.ReadOneAsync(new Sql("select config from credential where nid = @nid and identity_id = @id and type = @type",
            ("nid", nid), ("id", identity), ("type", type)), r => r.Text(0), ct);
        if (config is null) return false;
        var ring = KeyRing.Read(config);
        if (ring.Find(key) is not { } stored) return false;
        // Another answer may have come in between; what the counter says is judged on what is kept now.
        stored.Used(evidence with { MayBeCloned = (evidence.SignCount != 0 || stored.SignCount != 0) && evidence.SignCount <= stored.SignCount });
        await tx.ExecuteAsync(new Sql("update credential set config = @config, updated_at = @now where nid = @nid and identity_id = @id and type = @type",
            ("nid", nid), ("id", identity), ("type", type), ("config", ring.ToConfig()), ("now", Instant.Truncate(time.GetUtcNow()))), ct);
        return true;
    }
}

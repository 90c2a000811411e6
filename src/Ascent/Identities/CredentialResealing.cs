using Ascent.Crypto;
using Ascent.Storage;

namespace Ascent.Identities;

/// <summary>
/// Seals credentials under the first secret that an older one sealed. A row changes only while it is as it was read, so servers
/// may serve meanwhile; what is done is not done again, so it may be stopped and started.
/// </summary>
internal sealed class CredentialResealing(Db db, CredentialSecrets secrets)
{
    public async Task<ResealCount> RunAsync(Guid nid, int batch, bool dryRun, CancellationToken ct)
    {
        var (seen, older, lost, after) = (0, 0, 0, (Identity: Guid.Empty, Type: ""));
        while (true)
        {
            var rows = await db.ReadAsync(new Sql("""
                select identity_id, type, config from credential
                where nid = @nid and (identity_id > @identity or (identity_id = @identity and type > @type)) and type = any(@types)
                order by identity_id, type limit @batch
                """, ("nid", nid), ("identity", after.Identity), ("type", after.Type), ("types", CredentialSecrets.Types.ToArray()), ("batch", batch)), r => (Identity: r.Guid(0), Type: r.Text(1), Config: r.Text(2)), ct);
            if (rows.Count == 0) return new ResealCount(seen, older, lost);
            var changes = new List<Sql>();
            foreach (var (identity, type, config) in rows)
            {
                try
                {
                    if (secrets.Reseal(type, identity, config) is not { } resealed) continue;
                    changes.Add(new Sql("update credential set config = @new where nid = @nid and identity_id = @identity and type = @type and config = @old",
                        ("new", resealed), ("nid", nid), ("identity", identity), ("type", type), ("old", config)));
                }
                catch (InvalidOperationException)
                {
                    lost++;
                }
            }
            if (!dryRun && changes.Count > 0)
                await db.WriteAsync(async (tx, token) => { foreach (var change in changes) await tx.ExecuteAsync(change, token); }, ct);
            (seen, older, after) = (seen + rows.Count, older + changes.Count, (rows[^1].Identity, rows[^1].Type));
        }
    }
}

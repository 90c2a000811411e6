using Ascent.Crypto;
using Ascent.Storage;

namespace Ascent.Courier;

/// <summary>Seals what waits to be sent under the first secret, as <c>CredentialResealing</c> does with credentials.</summary>
internal sealed class MessageResealing(Db db, MessageSeal seal)
{
    public async Task<ResealCount> RunAsync(Guid nid, int batch, bool dryRun, CancellationToken ct)
    {
        var (seen, older, lost, after) = (0, 0, 0, Guid.Empty);
        while (true)
        {
            var rows = await db.ReadAsync(new Sql("select id, content from message where nid = @nid and id > @after and content is not null order by id limit @batch", ("nid", nid), ("after", after), ("batch", batch)),
                r => (Id: r.Guid(0), Content: r.Text(1)), ct);
            if (rows.Count == 0) return new ResealCount(seen, older, lost);
            var changes = new List<Sql>();
            foreach (var (id, content) in rows)
            {
                try
                {
                    if (seal.Reseal(id, content) is { } resealed)
                        changes.Add(new Sql("update message set content = @new where nid = @nid and id = @id and content = @old", ("new", resealed), ("nid", nid), ("id", id), ("old", content)));
                }
                catch (InvalidOperationException)
                {
                    lost++;
                }
            }
            if (!dryRun && changes.Count > 0)
                await db.WriteAsync(async (tx, token) => { foreach (var change in changes) await tx.ExecuteAsync(change, token); }, ct);
            (seen, older, after) = (seen + rows.Count, older + changes.Count, rows[^1].Id);
        }
    }
}

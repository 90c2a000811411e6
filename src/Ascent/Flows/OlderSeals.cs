using Ascent.Crypto;
using Ascent.Storage;

namespace Ascent.Flows;

/// <summary>Flows and what belongs to them that an older secret sealed, and when the last of them ends by itself.</summary>
internal sealed record OlderFlows(int Count, DateTimeOffset? LastEnds);

/// <summary>They are not sealed anew: they live for minutes or hours, and their forms are in use.</summary>
internal sealed class OlderSeals(Db db, Cipher cipher, TimeProvider time)
{
    private static readonly (string Table, string Column, string Purpose)[] Places =
        [("flow", "ui", FlowStore.UiPurpose), ("continuity", "payload", Continuity.PayloadPurpose), ("session_exchange", "token", SessionExchange.Purpose)];

    public async Task<OlderFlows> FindAsync(Guid nid, CancellationToken ct)
    {
        var (count, last) = (0, (DateTimeOffset?)null);
        foreach (var (table, column, purpose) in Places)
        {
            var groups = await db.ReadAsync(new Sql($"""
                select substr({column}, 1, {Cipher.KeyPrefix}), count(*), max(expires_at) from {table}
                where nid = @nid and expires_at > @now and {column} is not null group by substr({column}, 1, {Cipher.KeyPrefix})
                """, ("nid", nid), ("now", time.GetUtcNow())), r => (Head: r.Text(0), Count: r.Int(1), Ends: r.Time(2)), ct);
            foreach (var group in groups.Where(g => !cipher.IsCurrent(purpose, g.Head)))
            {
                count += group.Count;
                if (last is null || group.Ends > last) last = group.Ends;
            }
        }
        return new OlderFlows(count, last);
    }
}

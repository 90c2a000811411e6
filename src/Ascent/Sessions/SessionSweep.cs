using Ascent.Storage;

namespace Ascent.Sessions;

/// <summary>Removes what is over: sessions past their end, and replaced tokens past their grace.</summary>
internal sealed class SessionSweep(Db db, TimeProvider time)
{
    /// <summary>Deletes at most <paramref name="batch"/> sessions that ended this long ago; returns how many it were.</summary>
    public async Task<int> DeleteExpiredAsync(Guid nid, TimeSpan olderThan, int batch, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        await db.ExecuteAsync(new Sql("""
            delete from session_retired_token where nid = @nid and token_key in
                (select token_key from session_retired_token where nid = @nid and until <= @now limit @batch)
            """, ("nid", nid), ("now", now), ("batch", batch)), ct);
        return await db.ExecuteAsync(new Sql("""
            delete from session where nid = @nid and id in (select id from session where nid = @nid and expires_at <= @until order by expires_at limit @batch)
            """, ("nid", nid), ("until", now - olderThan), ("batch", batch)), ct);
    }
}

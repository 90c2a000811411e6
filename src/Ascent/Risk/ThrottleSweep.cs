using Ascent.Storage;

namespace Ascent.Risk;

/// <summary>Removes counts whose window and lock are over; they would begin anew anyway.</summary>
internal sealed class ThrottleSweep(Db db, TimeProvider time)
{
    /// <summary>Deletes at most <paramref name="batch"/> rows; returns how many it were.</summary>
    public Task<int> DeleteExpiredAsync(Guid nid, int batch, CancellationToken ct) => db.ExecuteAsync(new Sql("""
        delete from throttle where nid = @nid and coalesce(locked_until, window_ends) <= @now and subject in
            (select subject from throttle where nid = @nid and window_ends <= @now and (locked_until is null or locked_until <= @now) order by window_ends limit @batch)
        """, ("nid", nid), ("now", time.GetUtcNow()), ("batch", batch)), ct);
}

using Ascent.Storage;

namespace Ascent.Flows;

/// <summary>Removes flows and what belongs to them once they are over: nobody can use them any more.</summary>
internal sealed class FlowSweep(Db db, TimeProvider time)
{
    /// <summary>Error pages may be reloaded for this long.</summary>
    private static readonly TimeSpan ErrorsKept = TimeSpan.FromDays(7);

    public async Task<int> DeleteExpiredAsync(Guid nid, TimeSpan olderThan, int batch, CancellationToken ct)
    {
        var until = time.GetUtcNow() - olderThan;
        return await DeleteAsync("delete from flow where nid = @nid and id in (select id from flow where nid = @nid and expires_at <= @until order by expires_at limit @batch)", nid, until, batch, ct)
            + await DeleteAsync("delete from continuity where nid = @nid and id in (select id from continuity where nid = @nid and expires_at <= @until order by expires_at limit @batch)", nid, until, batch, ct)
            + await DeleteAsync("delete from session_exchange where nid = @nid and flow_id in (select flow_id from session_exchange where nid = @nid and expires_at <= @until order by expires_at limit @batch)", nid, until, batch, ct)
            + await DeleteAsync("delete from flow_error where nid = @nid and id in (select id from flow_error where nid = @nid and created_at <= @until order by created_at limit @batch)", nid, until - ErrorsKept, batch, ct);
    }

    private Task<int> DeleteAsync(string statement, Guid nid, DateTimeOffset until, int batch, CancellationToken ct) =>
        db.ExecuteAsync(new Sql(statement, ("nid", nid), ("until", until), ("batch", batch)), ct);
}

using System.Collections.Concurrent;
using Ascent.Storage;

namespace Ascent.Risk;

/// <summary>A place that an attempt wants in a subject's count.</summary>
internal sealed record Wanted(ThrottleSubject Subject, Guid Key, ThrottleLimit Limit);

/// <summary>
/// The statements around an attempt. A row is over, and begins anew with the next attempt, once <c>locked_until</c>, or
/// <c>window_ends</c> where it is not set, has passed; until then it is full when <c>locked_until</c> is set.
/// </summary>
internal static class ThrottleTable
{
    private static readonly ConcurrentDictionary<int, string> ReserveTexts = [];

    /// <summary>
    /// Takes a place in every count with one statement, and answers which were taken and how full they are now. Where one is full
    /// already nothing is taken. Where one fills up meanwhile its row is missing from the answer: the condition of the update
    /// decides under the row's lock, and no two attempts get the same place.
    /// </summary>
    public static Task<List<(Guid Key, int Failures)>> ReserveAsync(Db db, Guid nid, IReadOnlyList<Wanted> wanted, DateTimeOffset now, CancellationToken ct) =>
        db.ChangeAsync(Reservation(nid, wanted, now), Taken, ct);

    /// <summary>As above, in a transaction of the caller's.</summary>
    public static Task<List<(Guid Key, int Failures)>> ReserveAsync(Tx tx, Guid nid, IReadOnlyList<Wanted> wanted, DateTimeOffset now, CancellationToken ct) =>
        tx.ReadAsync(Reservation(nid, wanted, now), Taken, ct);

    private static (Guid Key, int Failures) Taken(Row r) => (r.Guid(0), r.Int(1));

    private static Sql Reservation(Guid nid, IReadOnlyList<Wanted> wanted, DateTimeOffset now)
    {
        var parameters = new List<(string, SqlValue)>(2 + (5 * wanted.Count)) { ("nid", nid), ("now", now) };
        for (var i = 0; i < wanted.Count; i++)
        {
            var (subject, key, limit) = wanted[i];
            parameters.AddRange([
                ($"subject{i}", key), ($"kind{i}", KindName(subject.Kind)), ($"allowed{i}", limit.MaxFailures),
                ($"ends{i}", now + limit.Window), ($"lockout{i}", (long)limit.Lockout.TotalMicroseconds)]);
        }
        return new Sql(ReserveTexts.GetOrAdd(wanted.Count, ReserveText), [.. parameters]);
    }

    /// <summary>Gives places back. The lock that the last place brought goes with it, unless it was announced.</summary>
    public static Task TakeBackAsync(Tx tx, Guid nid, IReadOnlyList<Guid> subjects, CancellationToken ct) => tx.QueueAsync(new Sql("""
        update throttle set failures = failures - 1, locked_until = case when locked_at is null then null else locked_until end
        where nid = @nid and subject = any(@subjects) and failures > 0
        """, ("nid", nid), ("subjects", SqlValue.Of(subjects))), ct);

    /// <summary>
    /// Counts from nothing again. A lock that was announced stays: others guessed meanwhile, and an auditor has read of it. The row stays
    /// until its window ends: where rows came and went with every login, PostgreSQL would have to read past all the dead ones.
    /// </summary>
    public static Task ClearAsync(Tx tx, Guid nid, IReadOnlyList<Guid> subjects, CancellationToken ct) => tx.QueueAsync(new Sql("""
        update throttle set failures = 0, locked_until = null where nid = @nid and subject = any(@subjects) and locked_at is null
        """, ("nid", nid), ("subjects", SqlValue.Of(subjects))), ct);

    /// <summary>Announces the lock that the last place brought, unless places were given back since; null then.</summary>
    public static async Task<(int Failures, DateTimeOffset Until)?> AnnounceAsync(
        Tx tx, Guid nid, Reservation reservation, Guid? identityId, string? address, DateTimeOffset now, CancellationToken ct) =>
        await tx.ReadValueAsync(new Sql("""
            update throttle set locked_at = @now, locked_until = @now + lockout, method = @method, identity_id = @identity, address = @address
            where nid = @nid and subject = @subject and locked_at is null and locked_until > @now
            returning failures, locked_until
            """,
            ("now", now), ("method", reservation.Subject.Method), ("identity", identityId), ("address", address), ("nid", nid), ("subject", reservation.Key)),
            r => (r.Int(0), r.Time(1)), ct);

    /// <summary>When all of the subjects may be tried again.</summary>
    public static async Task<DateTimeOffset?> BlockedUntilAsync(Tx tx, Guid nid, IReadOnlyList<Guid> subjects, DateTimeOffset soon, DateTimeOffset now, CancellationToken ct)
    {
        var ends = await tx.ReadAsync(new Sql("""
            select case when locked_at is null and locked_until is not null then @soon else coalesce(locked_until, window_ends) end from throttle
            where nid = @nid and subject = any(@subjects) and coalesce(locked_until, window_ends) > @now and (locked_until is not null or failures >= allowed)
            """, ("soon", soon), ("nid", nid), ("subjects", SqlValue.Of(subjects)), ("now", now)), r => r.Time(0), ct);
        return ends.Count == 0 ? null : ends.Max();
    }

    public static string KindName(ThrottleKind kind) => kind switch
    {
        ThrottleKind.Address => "address",
        ThrottleKind.Factor => "factor",
        ThrottleKind.Neighbour => "address",
        ThrottleKind.Registration => "registration",
        ThrottleKind.Recipient => "recipient",
        ThrottleKind.Sender => "sender",
        _ => "identifier",
    };

    // Addresses last and the others in the order of their keys, as everywhere, so that nobody waits for each other crosswise.
    private static string ReserveText(int count) => $"""
        insert into throttle (nid, subject, kind, failures, allowed, lockout, window_ends, locked_until)
        select @nid, w.subject, w.kind, 1, w.allowed, w.lockout, w.ends, case when w.allowed <= 1 then @now + w.lockout else null end
        from ({Each(count, " union all ", i => $"select @subject{i} as subject, @kind{i} as kind, @allowed{i} as allowed, @ends{i} as ends, @lockout{i} as lockout")}) w
        where {Each(count, " and ", i => $"""
            not exists (select 1 from throttle t where t.nid = @nid and t.subject = @subject{i}
                and coalesce(t.locked_until, t.window_ends) > @now and (t.locked_until is not null or t.failures >= @allowed{i}))
            """)}
        order by case when w.kind in ('address', 'registration', 'sender') then 1 else 0 end, w.subject
        on conflict (nid, subject) do update set
            failures = case when coalesce(throttle.locked_until, throttle.window_ends) <= @now then 1 else throttle.failures + 1 end,
            allowed = excluded.allowed,
            lockout = excluded.lockout,
            window_ends = case when coalesce(throttle.locked_until, throttle.window_ends) <= @now then excluded.window_ends else throttle.window_ends end,
            locked_until = case
                when coalesce(throttle.locked_until, throttle.window_ends) <= @now then excluded.locked_until
                when throttle.failures + 1 >= excluded.allowed then @now + excluded.lockout
                else null end,
            locked_at = null, method = null, identity_id = null, address = null
        where coalesce(throttle.locked_until, throttle.window_ends) <= @now or (throttle.locked_until is null and throttle.failures < excluded.allowed)
        returning subject, failures
        """;

    private static string Each(int count, string between, Func<int, string> text) => string.Join(between, Enumerable.Range(0, count).Select(text));
}

using System.Text.Json.Nodes;
using Ascent.Config;
using Ascent.Crypto.Hashing;
using Ascent.Events;
using Ascent.Http;
using Ascent.Storage;
using Microsoft.Extensions.Logging;

namespace Ascent.Risk;

/// <summary>
/// Limits guessing. Asked before every look at a credential and told after it: an attempt is counted as wrong before it is
/// looked at and taken back if it was right, so that attempts made at once get no more tries than attempts made in turn.
/// It gates attempts alone: sessions that exist go on.
/// </summary>
internal sealed partial class LoginThrottle(Db db, ConfigStore config, ThrottleKeys keys, EventWriter events, TimeProvider time, ILogger<LoginThrottle> log)
{
    /// <summary>What to tell who meets attempts that are still being looked at: they are over in a moment, one way or the other.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private int toldOfNeighbour;

    /// <summary>Counts the attempt for all subjects, or for none and blocks it. An attempt that meets a lock writes nothing.</summary>
    public async Task<ThrottleVerdict> AdmitAsync(Guid nid, IReadOnlyList<ThrottleSubject> subjects, CancellationToken ct)
    {
        var settings = config.Current;
        if (subjects.Any(s => s.Kind == ThrottleKind.Neighbour) && Interlocked.Exchange(ref toldOfNeighbour, 1) == 0) Forwards();
        if (!settings.Security.Throttle.Enabled || subjects.Count == 0) return ThrottleVerdict.Admitted.Uncounted;
        var wanted = subjects.Select(s => new Wanted(s, keys.Of(nid, s), ThrottleLimit.Of(settings, s))).DistinctBy(w => w.Key).ToArray();
        var now = Instant.Truncate(time.GetUtcNow());
        var taken = await ThrottleTable.ReserveAsync(db, nid, wanted, now, ct);
        if (taken.Count == wanted.Length)
            return new ThrottleVerdict.Admitted([.. wanted.Select(w => new Reservation(w.Subject, w.Key, taken.First(t => t.Key == w.Key).Failures >= w.Limit.MaxFailures))]);
        return await db.WriteAsync<ThrottleVerdict>(async (tx, token) =>
        {
            if (taken.Count > 0) await ThrottleTable.TakeBackAsync(tx, nid, [.. taken.Select(t => t.Key)], token);
            var until = await ThrottleTable.BlockedUntilAsync(tx, nid, [.. wanted.Select(w => w.Key)], now + Moment, now, token) ?? now + Moment;
            return new ThrottleVerdict.Blocked(until, until - now);
        }, taken.Count > 0 ? CancellationToken.None : ct);
    }

    /// <summary>
    /// Has an admitted attempt looked at and settles its count by how that ended; one that broke off counts as not looked at. Does not
    /// stop with the client: who hangs up must not keep the count from being right.
    /// </summary>
    public async Task<T> SettleAsync<T>(Guid nid, ThrottleVerdict.Admitted attempt, Func<Task<(T Result, AttemptEnd End)>> look)
    {
        (T Result, AttemptEnd End) looked;
        try
        {
            looked = await look();
        }
        catch (HashingOverloadedException)
        {
            // Whoever floods the hasher would otherwise flood it for nothing; the account that he names has not been guessed at.
            await SpentAsync(nid, attempt, r => r.Subject.IsShared);
            throw;
        }
        catch
        {
            await WithdrawAsync(nid, attempt);
            throw;
        }
        if (looked.End is AttemptEnd.Wrong wrong) await FailedAsync(nid, attempt, wrong);
        else if (looked.End is AttemptEnd.Used) await SpentAsync(nid, attempt, r => r.Subject.Kind == ThrottleKind.Registration);
        else if (looked.End is AttemptEnd.Nothing) await WithdrawAsync(nid, attempt);
        return looked.Result;
    }

    /// <summary>What <paramref name="stays"/> says is counted, and locked where it was the last; the rest is taken back.</summary>
    private async Task SpentAsync(Guid nid, ThrottleVerdict.Admitted attempt, Func<Reservation, bool> stays)
    {
        await WithdrawAsync(nid, new ThrottleVerdict.Admitted([.. attempt.Reservations.Where(r => !stays(r))]));
        await FailedAsync(nid, new ThrottleVerdict.Admitted([.. attempt.Reservations.Where(stays)]), new AttemptEnd.Wrong(null, null));
    }

    /// <summary>
    /// The attempt was wrong: that is told, unless too many like it were, and if it was the last one allowed the lock is announced. Does not
    /// stop with the client: who hangs up must not keep either out of the audit trail.
    /// </summary>
    private Task FailedAsync(Guid nid, ThrottleVerdict.Admitted attempt, AttemptEnd.Wrong wrong)
    {
        var story = Story(attempt, wrong);
        if (story is null && !attempt.Reservations.Any(r => r.Last)) return Task.CompletedTask;
        return db.WriteAsync(async (tx, token) =>
        {
            if (story is not null) await events.WriteAsync(tx, nid, story, token);
            foreach (var reservation in attempt.Reservations.Where(r => r.Last)) await LockAsync(tx, nid, attempt, reservation, wrong.IdentityId, token);
        }, CancellationToken.None);
    }

    /// <summary>Null where one like it is not written. By the subjects alone: whether somebody has the account makes no difference.</summary>
    private Event? Story(ThrottleVerdict.Admitted attempt, AttemptEnd.Wrong wrong)
    {
        if (wrong.Told is not { } told) return null;
        var subject = attempt.Reservations.FirstOrDefault(r => r.Subject.Kind is ThrottleKind.Identifier or ThrottleKind.Factor);
        var client = ThrottleSubject.Address(ClientAddress.Of(told.Http)).Name;
        if (events.Sampler.Take(told.EventType, client, subject?.Key.ToString()) is not { } unwritten) return null;
        return told.ToEvent(subject?.Subject.IdentityId ?? wrong.IdentityId, subject?.Key, unwritten);
    }

    /// <summary>
    /// The attempt was right: identifier and factor begin anew, the address has this one taken back. Part of the transaction that issues
    /// the session, best at its end, since many clients may share an address.
    /// </summary>
    public static Task SucceededAsync(Tx tx, Guid nid, ThrottleVerdict.Admitted attempt, CancellationToken ct) => SucceededAsync(tx, nid, attempt, static _ => true, ct);

    /// <param name="isTheirs">
    /// Whether an identifier or a factor is that of who was right; for another's only this attempt is taken back. Otherwise whoever names a
    /// victim beside a proof of their own would guess at that victim for ever.
    /// </param>
    public static async Task SucceededAsync(Tx tx, Guid nid, ThrottleVerdict.Admitted attempt, Predicate<ThrottleSubject> isTheirs, CancellationToken ct)
    {
        var own = attempt.Reservations.Where(r => r.Subject.Kind != ThrottleKind.Address).ToLookup(r => isTheirs(r.Subject), r => r.Key);
        if (own[true].Any()) await ThrottleTable.ClearAsync(tx, nid, [.. own[true]], ct);
        if (own[false].Any()) await ThrottleTable.TakeBackAsync(tx, nid, [.. own[false]], ct);
        if (Shared(attempt) is { Length: > 0 } shared) await ThrottleTable.TakeBackAsync(tx, nid, shared, ct);
    }

    /// <summary>The credential was not looked at after all, as when a service that judges it did not answer: the attempt does not count.</summary>
    private Task WithdrawAsync(Guid nid, ThrottleVerdict.Admitted attempt) => attempt.Reservations.Count == 0 ? Task.CompletedTask : db.WriteAsync(async (tx, token) =>
    {
        if (Own(attempt) is { Length: > 0 } own) await ThrottleTable.TakeBackAsync(tx, nid, own, token);
        if (Shared(attempt) is { Length: > 0 } shared) await ThrottleTable.TakeBackAsync(tx, nid, shared, token);
    }, CancellationToken.None);

    private static Guid[] Own(ThrottleVerdict.Admitted attempt) => [.. attempt.Reservations.Where(r => !r.Subject.IsShared).Select(r => r.Key)];

    private static Guid[] Shared(ThrottleVerdict.Admitted attempt) => [.. attempt.Reservations.Where(r => r.Subject.IsShared).Select(r => r.Key)];

    private async Task LockAsync(Tx tx, Guid nid, ThrottleVerdict.Admitted attempt, Reservation reservation, Guid? identityId, CancellationToken ct)
    {
        var subject = reservation.Subject;
        // An address is locked for what it did to many accounts; the last of them is not what the lock is about.
        var identity = subject.IsShared ? null : subject.IdentityId ?? identityId;
        var client = attempt.Reservations.FirstOrDefault(r => r.Subject.Client is not null)?.Subject.Client?.ToString();
        var shown = subject.IsShared ? subject.Name : client;
        if (await ThrottleTable.AnnounceAsync(tx, nid, reservation, identity, shown, Instant.Truncate(time.GetUtcNow()), ct) is not { } locked) return;
        var data = new JsonObject
        {
            ["lockout"] = reservation.Key.ToString(), ["kind"] = ThrottleTable.KindName(subject.Kind),
            ["failures"] = locked.Failures, ["until"] = locked.Until.ToString("O"),
        };
        if (subject.Method is { } method) data["method"] = method;
        await events.WriteAsync(tx, nid, new Event("lockout.created") { Actor = "system", IdentityId = identity, Address = shown, Data = data }, ct);
    }

    [LoggerMessage(1, LogLevel.Warning,
        "A peer with a private address sends X-Forwarded-For and is none of serve.public.trusted_proxies: clients behind it are counted together. If it is your proxy, name it there; if not, see why clients can reach this port.")]
    private partial void Forwards();
}

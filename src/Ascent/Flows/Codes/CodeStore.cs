using Ascent.Crypto;
using Ascent.Storage;

namespace Ascent.Flows.Codes;

/// <summary>Whom a code is sent to. <paramref name="Via"/> is <c>email</c> or <c>sms</c>.</summary>
/// <param name="IdentityId">Null where nobody has the address: nothing was sent, and nothing that is typed fits.</param>
internal sealed record CodeRecipient(string Via, string Address, Guid? IdentityId);

/// <summary>What looking up a typed code came to.</summary>
internal abstract record CodeLookup
{
    private CodeLookup() { }

    /// <summary>It fits and can be used; use it by <see cref="CodeStore.UseAsync"/> in the transaction that acts on it.</summary>
    public sealed record Good(Guid Id, CodeRecipient Recipient) : CodeLookup;

    /// <summary>It fits but was used.</summary>
    public sealed record Used : CodeLookup;

    /// <summary>It fits but its time is over; people are told the same as of a wrong one.</summary>
    public sealed record Expired(DateTimeOffset At) : CodeLookup;

    public sealed record Wrong : CodeLookup;
}

/// <summary>
/// The codes and links that flows send: kept as an HMAC bound to their flow, good once and for a while. How often somebody may
/// try is for the flow's count (<see cref="FlowStore.CountSubmissionAsync"/>) and the throttle to say.
/// </summary>
internal sealed class CodeStore(Db db, CodeHashes hashes, TimeProvider time)
{
    private const string Purpose = "flow-code";
    private const int DigitCount = 6, TokenLength = 32;

    /// <summary>Makes a code of six digits in place of those that the flow had; gives what to send.</summary>
    public Task<string> IssueDigitsAsync(Tx tx, Guid nid, Guid flow, CodeRecipient to, TimeSpan lifespan, CancellationToken ct) =>
        ReplaceAsync(tx, nid, flow, Tokens.Digits(DigitCount), to, lifespan, ct);

    /// <summary>Makes a link's token in place of those that the flow had; gives what to send.</summary>
    public Task<string> IssueTokenAsync(Tx tx, Guid nid, Guid flow, CodeRecipient to, TimeSpan lifespan, CancellationToken ct) =>
        ReplaceAsync(tx, nid, flow, Tokens.New(TokenLength), to, lifespan, ct);

    /// <summary>Makes a code of six digits beside those that the flow has: one flow may write to several addresses at once.</summary>
    public async Task<string> AddDigitsAsync(Tx tx, Guid nid, Guid flow, CodeRecipient to, TimeSpan lifespan, CancellationToken ct)
    {
        var code = Tokens.Digits(DigitCount);
        await InsertAsync(tx, nid, flow, code, to, lifespan, ct);
        return code;
    }

    /// <summary>Looks for what was typed or clicked among the flow's codes.</summary>
    public async Task<CodeLookup> FindAsync(Guid nid, Guid flow, string code, CancellationToken ct)
    {
        var found = await db.ReadAsync(new Sql("""
            select id, via, address, identity_id, expires_at, used_at from code
            where nid = @nid and flow_id = @flow and hash = any(@hashes)
            """, ("nid", nid), ("flow", flow), ("hashes", hashes.Candidates(Purpose, code, flow.ToString("N")).ToArray())),
            r => (Id: r.Guid(0), To: new CodeRecipient(r.Text(1), r.Text(2), r.GuidOrNull(3)), Expires: r.Time(4), Used: r.TimeOrNull(5)), ct);
        if (found.Count == 0) return new CodeLookup.Wrong();
        var now = time.GetUtcNow();
        foreach (var c in found.Where(c => c.Used is null && c.Expires > now)) return new CodeLookup.Good(c.Id, c.To);
        return found.Any(c => c.Used is not null) ? new CodeLookup.Used() : new CodeLookup.Expired(found.Max(c => c.Expires));
    }

    /// <summary>Uses a code up; false where somebody was faster or its time ran out meanwhile.</summary>
    public async Task<bool> UseAsync(Tx tx, Guid nid, Guid id, CancellationToken ct) => await tx.ExecuteAsync(new Sql("""
        update code set used_at = @now where nid = @nid and id = @id and used_at is null and expires_at > @now
        """, ("nid", nid), ("id", id), ("now", time.GetUtcNow())), ct) == 1;

    private async Task<string> ReplaceAsync(Tx tx, Guid nid, Guid flow, string code, CodeRecipient to, TimeSpan lifespan, CancellationToken ct)
    {
        await tx.ExecuteAsync(new Sql("delete from code where nid = @nid and flow_id = @flow", ("nid", nid), ("flow", flow)), ct);
        await InsertAsync(tx, nid, flow, code, to, lifespan, ct);
        return code;
    }

    private Task<int> InsertAsync(Tx tx, Guid nid, Guid flow, string code, CodeRecipient to, TimeSpan lifespan, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return tx.ExecuteAsync(new Sql("""
            insert into code (nid, id, flow_id, hash, via, address, identity_id, issued_at, expires_at, used_at)
            values (@nid, @id, @flow, @hash, @via, @address, @identity, @issued, @expires, @used)
            """, ("nid", nid), ("id", Guid.CreateVersion7(now)), ("flow", flow), ("hash", hashes.Hash(Purpose, code, flow.ToString("N"))), ("via", to.Via), ("address", to.Address),
            ("identity", to.IdentityId), ("issued", now), ("expires", now + lifespan), ("used", (DateTimeOffset?)null)), ct);
    }
}

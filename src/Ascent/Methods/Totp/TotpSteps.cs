using Ascent.Storage;

namespace Ascent.Methods.Totp;

/// <summary>
/// Remembers up to which time step an identity's codes are used. A code is good for one sign-in, though it is valid for a
/// minute and a half: whoever looked over a shoulder or sent it twice at once gets nothing (RFC 6238, section 5.2).
/// </summary>
internal sealed class TotpSteps(Db db)
{
    public async Task<bool> IsUsedAsync(Guid nid, Guid identity, long step, CancellationToken ct) =>
        await db.ReadValueAsync(new Sql("select step from totp_step where nid = @nid and identity_id = @identity", ("nid", nid), ("identity", identity)), r => r.Long(0), ct) >= step;

    /// <summary>Uses the step; false where it was used before, by whoever was faster, or the credential is gone.</summary>
    public static async Task<bool> UseAsync(Tx tx, Guid nid, Guid identity, long step, CancellationToken ct)
    {
        try
        {
            return await tx.ExecuteAsync(new Sql("""
                insert into totp_step (nid, identity_id, type, step) values (@nid, @identity, 'totp', @step)
                on conflict (nid, identity_id) do update set step = excluded.step where totp_step.step < excluded.step
                """, ("nid", nid), ("identity", identity), ("step", step)), ct) == 1;
        }
        catch (MissingReferenceException)
        {
            return false;
        }
    }
}

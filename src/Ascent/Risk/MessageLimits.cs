using Ascent.Config;
using Ascent.Storage;
using Microsoft.AspNetCore.Http;

namespace Ascent.Risk;

/// <summary>
/// Limits what flows send, for each recipient and each client that causes it. Counted by what was typed, whether anybody has the address
/// or not, so that a pause tells nothing; and nobody hears of one.
/// </summary>
internal sealed class MessageLimits(ConfigStore config, ThrottleKeys keys, TimeProvider time)
{
    /// <summary>Counts a message in the transaction that is to queue it; false where it must not be sent, which leaves all as it was.</summary>
    public async Task<bool> AdmitAsync(Tx tx, Guid nid, HttpContext http, string recipient, CancellationToken ct)
    {
        var settings = config.Current;
        if (!settings.Security.MessageLimits.Enabled) return true;
        List<ThrottleSubject> subjects = [ThrottleSubject.Recipient(recipient)];
        if (ThrottleClient.Of(http) is { } client) subjects.Add(ThrottleSubject.Sender(client));
        var wanted = subjects.Select(s => new Wanted(s, keys.Of(nid, s), ThrottleLimit.Of(settings, s))).ToArray();
        var taken = await ThrottleTable.ReserveAsync(tx, nid, wanted, Instant.Truncate(time.GetUtcNow()), ct);
        if (taken.Count == wanted.Length) return true;
        if (taken.Count > 0) await ThrottleTable.TakeBackAsync(tx, nid, [.. taken.Select(t => t.Key)], ct);
        return false;
    }
}

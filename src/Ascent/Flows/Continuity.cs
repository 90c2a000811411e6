using System.Globalization;
using System.Text.Json.Nodes;
using Ascent.Crypto;
using Ascent.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Ascent.Flows;

/// <summary>
/// What waits while a browser is away: a form whose sender has to sign in again, the state of a social sign-in. The browser
/// holds the ids of what is its own, sealed; the content is encrypted in the database, bound to its row, and handed out once.
/// </summary>
internal sealed class Continuity(Db db, Ciphers ciphers, TimeProvider time)
{
    public const string CookieName = "ory_kratos_continuity";

    /// <summary>What one browser may have waiting; the oldest is given up.</summary>
    private const int MostWaiting = 8;
    public const string PayloadPurpose = "continuity", CookiePurpose = "continuity-cookie";

    /// <param name="identity">Who may take it up again; null for whoever holds the cookie.</param>
    public async Task PauseAsync(FlowContext c, string name, Guid? identity, JsonObject payload, TimeSpan lifetime)
    {
        var id = Guid.NewGuid();
        var known = Ids(c.Http.Request);
        await db.WriteAsync(async (tx, ct) =>
        {
            // A later form takes the place of the one that waits under the same name.
            if (known.Count > 0)
                await tx.ExecuteAsync(new Sql("delete from continuity where nid = @nid and id = any(@ids) and name = @name", ("nid", c.Nid), ("ids", SqlValue.Of(known)), ("name", name)), ct);
            await InsertAsync(tx, c.Nid, id, name, identity, payload, lifetime, ct);
        }, c.Ct);
        SetCookie(c, [.. known.TakeLast(MostWaiting - 1), id], lifetime);
    }

    /// <summary>Keeps something that is taken up by its id; the browser holds the id too where <paramref name="inCookie"/>, and nobody else can take it up.</summary>
    public async Task KeepAsync(FlowContext c, Guid id, string name, JsonObject payload, TimeSpan lifetime, bool inCookie)
    {
        var known = inCookie ? Ids(c.Http.Request) : [];
        await db.WriteAsync(async (tx, ct) =>
        {
            if (known.Count > 0)
                await tx.ExecuteAsync(new Sql("delete from continuity where nid = @nid and id = any(@ids) and name = @name", ("nid", c.Nid), ("ids", SqlValue.Of(known)), ("name", name)), ct);
            await InsertAsync(tx, c.Nid, id, name, null, payload, lifetime, ct);
        }, c.Ct);
        if (inCookie) SetCookie(c, [.. known.TakeLast(MostWaiting - 1), id], lifetime);
    }

    /// <summary>
    /// Takes up what <see cref="KeepAsync"/> kept; null where it is not this browser's, too old or taken already. Of several
    /// requests one gets it. The cookie stays as it is: the id in it leads nowhere any more.
    /// </summary>
    public async Task<JsonObject?> TakeAsync(FlowContext c, Guid id, string name, bool inCookie)
    {
        if (inCookie && !Ids(c.Http.Request).Contains(id)) return null;
        var taken = await db.ChangeAsync(new Sql("delete from continuity where nid = @nid and id = @id and name = @name and expires_at > @now returning payload",
            ("nid", c.Nid), ("id", id), ("name", name), ("now", time.GetUtcNow())), r => r.Text(0), c.Ct);
        return taken is [var payload] && ciphers.AtRest.Decrypt(PayloadPurpose, payload, id.ToString("N")) is { } json ? JsonNode.Parse(json) as JsonObject : null;
    }

    /// <summary>
    /// What waits under the name, or null: not this browser's, not this identity's, too old or taken already. Of several requests one gets it.
    /// </summary>
    public async Task<JsonObject?> ResumeAsync(FlowContext c, string name, Guid? identity)
    {
        if (Ids(c.Http.Request) is not { Count: > 0 } ids) return null;
        var taken = await db.ChangeAsync(new Sql("""
            delete from continuity
            where nid = @nid and id = any(@ids) and name = @name and expires_at > @now and (identity_id is null or identity_id = @identity)
            returning id, payload
            """, ("nid", c.Nid), ("ids", SqlValue.Of(ids)), ("name", name), ("now", time.GetUtcNow()), ("identity", identity ?? Guid.Empty)), r => (Id: r.Guid(0), Payload: r.Text(1)), c.Ct);
        if (taken.Count == 0) return null;
        var (id, payload) = taken[^1];
        SetCookie(c, [.. ids.Where(i => i != id)], TimeSpan.FromMinutes(15));
        return ciphers.AtRest.Decrypt(PayloadPurpose, payload, id.ToString("N")) is { } json ? JsonNode.Parse(json) as JsonObject : null;
    }

    private Task<int> InsertAsync(Tx tx, Guid nid, Guid id, string name, Guid? identity, JsonObject payload, TimeSpan lifetime, CancellationToken ct) => tx.ExecuteAsync(new Sql(
        "insert into continuity (nid, id, name, identity_id, payload, expires_at) values (@nid, @id, @name, @identity, @payload, @expires)",
        ("nid", nid), ("id", id), ("name", name), ("identity", identity), ("payload", ciphers.AtRest.Encrypt(PayloadPurpose, payload.ToJsonString(), id.ToString("N"))),
        ("expires", time.GetUtcNow() + lifetime)), ct);

    private List<Guid> Ids(HttpRequest request)
    {
        if (request.Cookies[CookieName] is not { Length: > 0 and < 2000 } value || ciphers.Cookie.Decrypt(CookiePurpose, value) is not { } text) return [];
        return [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => Guid.ParseExact(id, "N"))];
    }

    private void SetCookie(FlowContext c, IReadOnlyList<Guid> ids, TimeSpan lifetime)
    {
        var cookies = c.Config.Cookies;
        var secure = cookies.Secure ?? !c.Config.Dev;
        var cookie = new SetCookieHeaderValue(CookieName, ids.Count == 0 ? "" : ciphers.Cookie.Encrypt(CookiePurpose, string.Join(' ', ids.Select(id => id.ToString("N", CultureInfo.InvariantCulture)))))
        {
            Path = cookies.Path, Domain = cookies.Domain, HttpOnly = true, Secure = secure, 
            MaxAge = ids.Count == 0 ? TimeSpan.Zero : lifetime, Expires = ids.Count == 0 ? DateTimeOffset.UnixEpoch : time.GetUtcNow() + lifetime,
            // Lax at least: the browser comes back from a page of another site.
            SameSite = secure && cookies.SameSite == Config.SameSiteMode.None ? Microsoft.Net.Http.Headers.SameSiteMode.None : Microsoft.Net.Http.Headers.SameSiteMode.Lax,
        };
        // What one request says twice, it says once: the later word.
        var headers = c.Http.Response.Headers;
        headers.SetCookie = new([.. headers.SetCookie.Where(s => s?.StartsWith(CookieName + "=", StringComparison.Ordinal) != true), cookie.ToString()]);
    }
}

using Ascent.Crypto;
using Ascent.Storage;

namespace Ascent.Flows;

/// <summary>How it ended to ask for what two codes open.</summary>
internal abstract record ExchangeResult
{
    private ExchangeResult() { }

    /// <summary>The session; its codes are used up.</summary>
    public sealed record Session(Guid Id, SessionToken Token) : ExchangeResult;

    /// <summary>The browser came back without one: the flow has something to say, or to ask.</summary>
    public sealed record GoesOn(Guid FlowId) : ExchangeResult;

    public sealed record Nothing : ExchangeResult;
}

/// <summary>
/// How a native app gets the session that a browser earned for it. The app has one code since the flow began, the browser brings
/// it the other; together they open the session, once and for minutes. Both are kept as hashes, the session's token is encrypted.
/// </summary>
internal sealed class SessionExchange(Db db, Ciphers ciphers, TimeProvider time)
{
    private const int CodeLength = 64;
    public const string Purpose = "session-exchange";

    /// <summary>How long an app may take to fetch the session once it is there.</summary>
    private static readonly TimeSpan Waits = TimeSpan.FromMinutes(5);

    /// <summary>The app's code for a flow that begins.</summary>
    public async Task<string> BeginAsync(Guid nid, Flow flow, CancellationToken ct)
    {
        var code = Tokens.New(CodeLength);
        await db.ExecuteAsync(new Sql("""
            insert into session_exchange (nid, flow_id, init_code, return_code, expires_at) values (@nid, @flow, @init, @return, @expires)
            """, ("nid", nid), ("flow", flow.Id), ("init", Tokens.Key(code)), ("return", Tokens.Key(Tokens.New(CodeLength))), ("expires", flow.ExpiresAt)), ct);
        return code;
    }

    /// <summary>The browser's code for a flow, another at every return; null where the app has asked for none.</summary>
    public async Task<AppReturn?> ReturnAsync(Guid nid, Guid flow, CancellationToken ct)
    {
        var code = Tokens.New(CodeLength);
        return await db.ExecuteAsync(new Sql("""
            update session_exchange set return_code = @return where nid = @nid and flow_id = @flow and session_id is null and expires_at > @now
            """, ("return", Tokens.Key(code)), ("nid", nid), ("flow", flow), ("now", time.GetUtcNow())), ct) == 1 ? new AppReturn(code) : null;
    }

    /// <summary>Another flow takes the place of the one that the app began.</summary>
    public Task MoveAsync(Guid nid, Guid from, Guid to, CancellationToken ct) =>
        db.ExecuteAsync(new Sql("update session_exchange set flow_id = @to where nid = @nid and flow_id = @from", ("to", to), ("nid", nid), ("from", from)), ct);

    public Task KeepAsync(Tx tx, Guid nid, Guid flow, Guid session, SessionToken token, CancellationToken ct) => tx.ExecuteAsync(new Sql("""
        update session_exchange set session_id = @session, token = @token, expires_at = @expires where nid = @nid and flow_id = @flow and session_id is null
        """, ("session", session), ("token", ciphers.AtRest.Encrypt(Purpose, token.Value, session.ToString("N"))), ("expires", time.GetUtcNow() + Waits), ("nid", nid), ("flow", flow)), ct);

    /// <summary>Of several requests with the same codes one gets the session.</summary>
    public async Task<ExchangeResult> TakeAsync(Guid nid, string initCode, string returnCode, CancellationToken ct)
    {
        (string, SqlValue)[] codes = [("nid", nid), ("init", Tokens.Key(initCode)), ("return", Tokens.Key(returnCode)), ("now", time.GetUtcNow())];
        var taken = await db.ChangeAsync(new Sql("""
            delete from session_exchange
            where nid = @nid and init_code = @init and return_code = @return and session_id is not null and expires_at > @now
            returning session_id, token
            """, codes), r => (Session: r.Guid(0), Token: r.Text(1)), ct);
        if (taken is [var (session, sealedToken)])
            return SessionToken.TryParse(ciphers.AtRest.Decrypt(Purpose, sealedToken, session.ToString("N")), out var token) ? new ExchangeResult.Session(session, token) : new ExchangeResult.Nothing();
        var flow = await db.ReadValueAsync(new Sql("""
            select flow_id from session_exchange where nid = @nid and init_code = @init and return_code = @return and session_id is null and expires_at > @now
            """, codes), r => r.Guid(0), ct);
        return flow is { } id ? new ExchangeResult.GoesOn(id) : new ExchangeResult.Nothing();
    }
}

/// <summary>A browser that acts for a native app, on its way back to it.</summary>
/// <param name="Code">The browser's half of what opens the session; the app has the other.</param>
internal sealed record AppReturn(string Code)
{
    public override string ToString() => nameof(AppReturn);
}

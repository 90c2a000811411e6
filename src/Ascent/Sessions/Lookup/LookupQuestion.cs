using System.Collections.Concurrent;
using System.Threading.Tasks.Sources;

namespace Ascent.Sessions.Lookup;

/// <summary>A token that waits to be opened. Kept for re-use: there is one for every request under way.</summary>
internal sealed class LookupQuestion : IValueTaskSource<Session?>
{
    private const int MostKept = 1024;
    private static readonly ConcurrentQueue<LookupQuestion> Kept = new();
    private ManualResetValueTaskSourceCore<Session?> core = new() { RunContinuationsAsynchronously = true };

    public Guid Nid { get; private set; }
    public Guid TokenKey { get; private set; }
    public Session? Session { get; set; }

    public ValueTask<Session?> Answer => new(this, core.Version);

    public static LookupQuestion Rent(Guid nid, Guid tokenKey)
    {
        if (!Kept.TryDequeue(out var question)) question = new LookupQuestion();
        (question.Nid, question.TokenKey) = (nid, tokenKey);
        return question;
    }

    public void Complete(Exception? failure)
    {
        if (failure is null) core.SetResult(Session);
        else core.SetException(failure);
    }

    Session? IValueTaskSource<Session?>.GetResult(short token)
    {
        try
        {
            return core.GetResult(token);
        }
        finally
        {
            Session = null;
            core.Reset();
            if (Kept.Count < MostKept) Kept.Enqueue(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<Session?>.GetStatus(short token) => core.GetStatus(token);

    void IValueTaskSource<Session?>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        core.OnCompleted(continuation, state, token, flags);
}

/// <summary>The statement behind the lookup, in an engine's own tongue. Used by one caller at a time.</summary>
internal interface ILookupStatement : IAsyncDisposable
{
    /// <summary>
    /// Sets the session of each question whose token is known; all are of one tenant. With <paramref name="retiredAt"/> it asks
    /// for tokens that a rotation replaced, for the questions that have no session yet.
    /// </summary>
    ValueTask RunAsync(List<LookupQuestion> questions, DateTimeOffset? retiredAt);

    /// <summary>The connection is gone, not the statement wrong: asking again may help. It has been dropped.</summary>
    bool IsConnectionFault(Exception e);
}

internal static class LookupText
{
    private const string Columns = $"{SessionRows.Session}, {SessionRows.Identity}";

    public const string Current = $"""
        select s.token_key, {Columns}
        from session s join identity i on i.nid = s.nid and i.id = s.identity_id
        where s.nid = @nid and s.token_key = any(@keys)
        """;

    public const string Retired = $"""
        select t.token_key, {Columns}
        from session_retired_token t join session s on s.nid = t.nid and s.id = t.session_id join identity i on i.nid = s.nid and i.id = s.identity_id
        where t.nid = @nid and t.token_key = any(@keys) and t.until > @now
        """;

    /// <summary>The few words that rows are full of, without a new string for each.</summary>
    public static string Word(ReadOnlySpan<byte> utf8)
    {
        if (utf8.SequenceEqual("aal1"u8)) return SessionAal.Aal1;
        if (utf8.SequenceEqual("aal2"u8)) return SessionAal.Aal2;
        if (utf8.SequenceEqual("active"u8)) return SessionIdentity.ActiveState;
        return utf8.SequenceEqual("default"u8) ? "default" : System.Text.Encoding.UTF8.GetString(utf8);
    }
}

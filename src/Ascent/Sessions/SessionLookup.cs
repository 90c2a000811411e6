using System.Diagnostics.Metrics;
using Ascent.Config;
using Ascent.Http;
using Ascent.Sessions.Lookup;
using Ascent.Storage;
using Ascent.Storage.Postgres;
using Ascent.Storage.Sqlite;

namespace Ascent.Sessions;

/// <summary>
/// Opens tokens: the one question that nearly every request asks. Nothing is cached, a revoked session is gone at once on every
/// node. What makes it cheap is company: questions that arrive while a statement is under way wait for the next one and share
/// it. There is no timer: a lone question goes at once. A second statement goes beside the first where half a batch waits, or
/// where the first takes so long that something must hold it up.
/// </summary>
internal sealed class SessionLookup : IAsyncDisposable
{
    public const string MeterName = "Ascent.Sessions";
    public const int MostTogether = 64;
    private const int MostUnderWay = 2;
    private const int Crowd = MostTogether / 2;
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(10);

    private readonly Lock gate = new();
    private readonly Queue<LookupQuestion> waiting = new();
    private readonly Stack<Lane> idle = new();
    private readonly Lane[] lanes;
    private readonly ConfigStore config;
    private readonly TimeProvider time;
    private readonly Meter meter = new(MeterName);
    private readonly Counter<long> statements, questions;
    private bool waking;
    private long lastTaken;

    public SessionLookup(Db db, ConfigStore config, TimeProvider time)
    {
        (this.config, this.time) = (config, time);
        statements = meter.CreateCounter<long>("ascent.session.lookup.statements", description: "Statements that opened session tokens");
        questions = meter.CreateCounter<long>("ascent.session.lookups", description: "Session tokens that were to be opened");
        var count = db is PostgresDb postgres ? postgres.OwnConnections : MostUnderWay;
        lanes = [.. Enumerable.Range(0, count).Select(_ => new Lane(this, db switch
        {
            PostgresDb p => new PostgresLookup(p),
            SqliteDb s => new SqliteLookup(s),
            _ => throw new System.Diagnostics.UnreachableException(),
        }))];
        foreach (var lane in lanes) idle.Push(lane);
    }

    /// <summary>The session of a token, as its row is: revoked and expired ones too. Null where the token is nobody's.</summary>
    /// <exception cref="SessionsUnavailableException">The database did not answer, twice.</exception>
    public ValueTask<Session?> FindAsync(Guid nid, Guid tokenKey)
    {
        var question = LookupQuestion.Rent(nid, tokenKey);
        var answer = question.Answer;
        Lane? lane = null;
        lock (gate)
        {
            waiting.Enqueue(question);
            if (!waking && (idle.Count == lanes.Length || waiting.Count >= Crowd || time.GetElapsedTime(lastTaken) > Slow) && idle.TryPop(out lane)) waking = true;
        }
        // At the end of the pool's queue: requests that are being read at this moment get aboard.
        if (lane is not null) ThreadPool.UnsafeQueueUserWorkItem(lane, preferLocal: false);
        return answer;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lane in lanes) await lane.DisposeAsync();
        meter.Dispose();
    }

    /// <summary>
    /// Questions of one tenant for the lane; false where there are none: then it is idle from here on, and as soon as the gate is open
    /// somebody else may have set it to work, so that it must not be looked at again.
    /// </summary>
    private bool Take(Lane lane, List<LookupQuestion> batch)
    {
        lock (gate)
        {
            waking = false;
            while (batch.Count < MostTogether && waiting.TryPeek(out var next) && (batch.Count == 0 || next.Nid == batch[0].Nid)) batch.Add(waiting.Dequeue());
            if (batch.Count == 0)
            {
                idle.Push(lane);
                return false;
            }
            lastTaken = time.GetTimestamp();
        }
        questions.Add(batch.Count);
        return true;
    }

    /// <summary>One of the statements that may be under way at once, with a connection of its own.</summary>
    private sealed class Lane(SessionLookup owner, ILookupStatement statement) : IThreadPoolWorkItem, IAsyncDisposable
    {
        private readonly List<LookupQuestion> batch = new(MostTogether);

        public void Execute() => _ = RunAsync();

        public ValueTask DisposeAsync() => statement.DisposeAsync();

        private async Task RunAsync()
        {
            while (owner.Take(this, batch))
            {
                Exception? failure = null;
                try
                {
                    if (!await TryAskAsync() && await AskAgainAsync() is { } e) failure = e;
                }
                catch (Exception e)
                {
                    failure = e;
                }
                var settings = owner.config.Current.Session;
                foreach (var question in batch)
                {
                    if (settings.Idle is not null && question.Session is { } session) question.Session = SessionIdle.Judged(session, settings);
                    question.Complete(failure);
                }
                batch.Clear();
            }
        }

        private async ValueTask<bool> TryAskAsync()
        {
            try
            {
                await AskAsync();
                return true;
            }
            catch (Exception e) when (statement.IsConnectionFault(e))
            {
                return false;
            }
        }

        private async ValueTask<Exception?> AskAgainAsync()
        {
            try
            {
                await AskAsync();
                return null;
            }
            catch (Exception e) when (statement.IsConnectionFault(e))
            {
                return new SessionsUnavailableException(e);
            }
        }

        private async ValueTask AskAsync()
        {
            owner.statements.Add(1);
            await statement.RunAsync(batch, null);
            if (!owner.config.Current.RotatesOnStepUp || batch.TrueForAll(q => q.Session is not null)) return;
            owner.statements.Add(1);
            var missing = batch.FindAll(q => q.Session is null);
            await statement.RunAsync(missing, owner.time.GetUtcNow());
            foreach (var question in missing)
                if (question.Session is { } session) question.Session = session with { ByRetiredToken = true };
        }
    }
}

/// <summary>Sessions cannot be looked up at the moment: the database does not answer.</summary>
internal sealed class SessionsUnavailableException(Exception inner) : Exception("Sessions cannot be read: the database does not answer.", inner), IHasApiError
{
    public ApiError ToApiError() => ApiError.Unavailable(TimeSpan.FromSeconds(1), "Sessions cannot be read at the moment.");
}

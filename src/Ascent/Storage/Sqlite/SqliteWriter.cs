using System.Diagnostics;
using System.Threading.Channels;

namespace Ascent.Storage.Sqlite;

/// <summary>
/// The one writer: a thread that takes transactions from a queue and commits many at once. Each runs in a savepoint of its own,
/// so that one that fails takes nothing with it; nobody is told "done" before the commit is on the disk.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    private const int MostTogether = 256;
    private readonly Channel<Job> queue = Channel.CreateUnbounded<Job>(new UnboundedChannelOptions { SingleReader = true });
    private readonly SqliteConnectionState state;
    private readonly Thread thread;
    private readonly SqliteTx tx;

    public SqliteWriter(SqliteConnectionState state)
    {
        this.state = state;
        tx = new SqliteTx(state);
        thread = new Thread(Run) { IsBackground = true, Name = "sqlite writer" };
        thread.Start();
    }

    /// <summary>How many transactions wait for their turn.</summary>
    public int Waiting => queue.Reader.Count;

    public async Task<T> WriteAsync<T>(Func<Tx, CancellationToken, Task<T>> work, CancellationToken ct)
    {
        var job = new Job<T>(work, ct);
        ObjectDisposedException.ThrowIf(!queue.Writer.TryWrite(job), this);
        var result = await job.Task;
        // Here, not on the writer's thread: that has the next transactions to do.
        foreach (var tell in job.Committed ?? []) tell();
        return result;
    }

    public void Dispose()
    {
        queue.Writer.TryComplete();
        thread.Join();
        state.Dispose();
    }

    private void Run()
    {
        var batch = new List<Job>(MostTogether);
        while (queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            try
            {
                state.Execute(Begin);
                while (batch.Count < MostTogether && queue.Reader.TryRead(out var job))
                {
                    batch.Add(job);
                    RunOne(job);
                }
                state.Execute(Commit);
            }
            catch (Exception e)
            {
                Abandon();
                if (batch.Count == 0 && queue.Reader.TryRead(out var waiting)) batch.Add(waiting);
                foreach (var job in batch) job.Fail(e);
                continue;
            }
            foreach (var job in batch) job.Complete();
        }
    }

    private void RunOne(Job job)
    {
        state.Execute(Savepoint);
        var good = job.Run(tx);
        var committed = tx.TakeCommitted();
        if (good)
        {
            job.Committed = committed;
            state.Execute(Release);
            return;
        }
        state.Execute(RollbackTo);
        state.Execute(Release);
    }

    private void Abandon()
    {
        try
        {
            state.Execute(Rollback);
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            // The engine had rolled back already.
        }
    }

    private static readonly Sql Begin = new("begin immediate"), Commit = new("commit"), Rollback = new("rollback"),
        Savepoint = new("savepoint job"), Release = new("release job"), RollbackTo = new("rollback to job");

    private abstract class Job
    {
        public List<Action>? Committed { get; set; }

        public abstract bool Run(Tx tx);
        public abstract void Complete();
        public abstract void Fail(Exception e);
    }

    private sealed class Job<T>(Func<Tx, CancellationToken, Task<T>> work, CancellationToken ct) : Job
    {
        private readonly TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Activity? asked = Activity.Current;
        private T? result;
        private Exception? failure;

        public Task<T> Task => done.Task;

        public override bool Run(Tx tx)
        {
            try
            {
                ct.ThrowIfCancellationRequested();
                Activity.Current = asked;
                result = work(tx, ct).GetAwaiter().GetResult();
                return true;
            }
            catch (Exception e)
            {
                failure = e;
                return false;
            }
            finally
            {
                Activity.Current = null;
            }
        }

        public override void Complete()
        {
            if (failure is OperationCanceledException) done.TrySetCanceled(ct);
            else if (failure is not null) done.TrySetException(failure);
            else done.TrySetResult(result!);
        }

        public override void Fail(Exception e) => done.TrySetException(failure ?? e);
    }

    private sealed class SqliteTx(SqliteConnectionState state) : Tx
    {
        public override Task<List<T>> ReadAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct) => Task.FromResult(state.Read(sql, map));
        public override Task<int> ExecuteAsync(Sql sql, CancellationToken ct) => Task.FromResult(state.Execute(sql));

        // There is no way to save: the engine is in the process.
        public override Task QueueAsync(Sql sql, CancellationToken ct) => ExecuteAsync(sql, ct);

        public override Task<Later<List<T>>> ReadLaterAsync<T>(Sql sql, Func<Row, T> map, CancellationToken ct)
        {
            var later = new Later<List<T>>();
            later.Set(state.Read(sql, map));
            return Task.FromResult(later);
        }
    }
}
